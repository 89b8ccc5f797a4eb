package org.slotwarden.portal.notice;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Messages as webhooks get them. */
@Component
class WebhookBody {

    /** Mattermost cuts at 16,383 characters. */
    private static final int MOST_CHAT = 12_000;

    private final JsonMapper json;
    private final MessageText text;

    WebhookBody(JsonMapper json, MessageText text) {
        this.json = json;
        this.text = text;
    }

    String of(Message message) {
        boolean chat = Objects.requireNonNull(message.channel().terms().webhook())
                .form()
                .equals("chat");
        return json.writeValueAsString(chat ? Map.of("text", chat(message)) : whole(message));
    }

    /**
     * The generic form.
     *
     * @param id the same in each attempt: who has seen it can leave it
     * @param count of notices, of which the first 50 are in the list
     */
    private record Whole(
            String id,
            String channel,
            boolean test,
            Instant madeAt,
            String summary,
            long count,
            Map<String, Long> counts,
            List<Part> notices) {}

    private record Part(
            long id,
            NoticeKind kind,
            @Nullable String user,
            @Nullable Long jobId,
            @Nullable String batchJobId,
            @Nullable String flag,
            String subject,
            String text,
            String author,
            Instant createdAt,
            @Nullable String jobUrl,
            @Nullable String evidenceUrl) {}

    private Whole whole(Message message) {
        Map<String, Long> counts = new LinkedHashMap<>();
        message.counts().forEach((kind, count) -> counts.put(kind.kindName(), count));
        return new Whole(
                message.id(),
                message.channel().name(),
                message.testedBy() != null,
                message.madeAt(),
                text.subject(message),
                message.count(),
                counts,
                message.lines().stream().map(this::part).toList());
    }

    private Part part(Message.Line line) {
        return new Part(
                line.noticeId(),
                line.kind(),
                line.user(),
                line.jobId(),
                line.batchJobId(),
                line.flagKind(),
                line.subject(),
                line.text(),
                line.author(),
                line.createdAt(),
                text.jobLink(line).orElse(null),
                text.evidenceLink(line).orElse(null));
    }

    private String chat(Message message) {
        StringBuilder chat = new StringBuilder();
        chat.append("**Slotwarden** ").append(code(text.subject(message)));
        if (message.testedBy() != null) {
            return chat.append(" by ").append(code(message.testedBy())).toString();
        }
        long shown = 0;
        for (Message.Line line : message.lines()) {
            StringBuilder one = new StringBuilder("\n• ");
            if (message.count() > 1) {
                one.append(code(line.subject())).append(" ");
            }
            one.append(code(line.text()));
            text.jobLink(line).ifPresent(link -> one.append(" ").append(link));
            if (chat.length() + one.length() > MOST_CHAT) {
                break;
            }
            chat.append(one);
            shown++;
        }
        long more = message.count() - shown;
        return (more > 0 ? chat.append("\nand ").append(more).append(" more") : chat).toString();
    }

    /**
     * In a code span neither Mattermost nor Slack makes a link or a mention of what a user called a job; Slack reads
     * angle brackets even there.
     */
    private static String code(String hostile) {
        String safe = MessageText.line(hostile)
                .replace('`', '\'')
                .replace('<', '‹')
                .replace('>', '›')
                .replace("&", "＆");
        return "`" + (safe.isEmpty() ? " " : safe) + "`";
    }
}
