package org.slotwarden.portal.notice;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Messages in words. Names of jobs and users are hostile: each text becomes one line without control characters, so that
 * none can add a header to a mail, or a line that looks like one of ours.
 */
@Component
class MessageText {

    private static final int MOST_SUBJECT = 150;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private final NoticeSettings settings;

    MessageText(NoticeSettings settings) {
        this.settings = settings;
    }

    /** On one line: whatever breaks lines, or turns the direction of what follows, becomes a blank. */
    static String line(String hostile) {
        return hostile.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Co}\\p{Cn}]+", " ")
                .strip();
    }

    String subject(Message message) {
        if (message.testedBy() != null) {
            return "Test of channel " + line(message.channel().name());
        }
        if (message.count() == 1) {
            return Notices.cut(line(message.lines().getFirst().subject()), MOST_SUBJECT);
        }
        return message.count() + " notices: "
                + message.counts().entrySet().stream()
                        .map(one -> one.getKey().counted(one.getValue()))
                        .collect(Collectors.joining(", "));
    }

    String body(Message message) {
        StringBuilder body = new StringBuilder();
        if (message.testedBy() != null) {
            body.append("This is a test, sent by ")
                    .append(line(message.testedBy()))
                    .append(". Channel ")
                    .append(line(message.channel().name()))
                    .append(" works.\n");
        } else if (message.count() == 1) {
            single(message.lines().getFirst(), body);
        } else {
            many(message, body);
        }
        body.append("\n-- \nSlotwarden")
                .append(settings.link("/").map(link -> ", " + link).orElse(""));
        return body.append("\n").toString();
    }

    private void single(Message.Line line, StringBuilder body) {
        body.append(line(line.text())).append("\n\n");
        body.append("When:      ").append(time(line.createdAt())).append("\n");
        body.append("Told by:   ").append(line(line.author())).append("\n");
        jobLink(line).ifPresent(link -> body.append("Job:       ").append(link).append("\n"));
        evidenceLink(line)
                .ifPresent(link -> body.append("Evidence:  ").append(link).append("\n"));
        orderLink(line)
                .ifPresent(link -> body.append("Orders:    ").append(link).append("\n"));
        if (line.user() != null) {
            body.append("\n").append(todo(line.kind())).append("\n");
        }
    }

    private void many(Message message, StringBuilder body) {
        body.append(subject(message)).append(".\n");
        for (Message.Line line : message.lines()) {
            body.append("\n* ")
                    .append(time(line.createdAt()))
                    .append("  ")
                    .append(line(line.subject()))
                    .append("\n  ")
                    .append(line(line.text()))
                    .append("\n");
            jobLink(line).ifPresent(link -> body.append("  ").append(link).append("\n"));
        }
        long more = message.count() - message.lines().size();
        if (more > 0) {
            body.append("\nand ").append(more).append(" more, which stand on the pages of their jobs.\n");
        }
        if (!message.recipient().isEmpty() && !message.lines().isEmpty()) {
            body.append("\n").append(todo(message.lines().getFirst().kind())).append("\n");
        }
    }

    /** What the owner of a job can do about it. */
    private static String todo(NoticeKind kind) {
        return switch (kind) {
            case KILL, CANCEL, HOLD, REQUEUE ->
                "What to do: look at what the job was doing, which is kept with the order. Mend the"
                        + " job before you submit it again, or ask the admins of the site.";
            default ->
                "What to do: look at the job's page. If the job does what it should not, stop it there and mend it. If"
                        + " it is meant to do that, tell the admins of the site before the time is over.";
        };
    }

    Optional<String> jobLink(Message.Line line) {
        return line.jobId() == null ? Optional.empty() : settings.link("/jobs/" + line.jobId());
    }

    Optional<String> evidenceLink(Message.Line line) {
        return line.flagId() == null ? Optional.empty() : settings.link("/flags/" + line.flagId() + "/evidence");
    }

    Optional<String> orderLink(Message.Line line) {
        return !line.kind().stopsTheJob() || line.jobId() == null
                ? Optional.empty()
                : settings.link("/jobs/" + line.jobId() + "/orders");
    }

    private static String time(Instant at) {
        return TIME.format(at);
    }
}
