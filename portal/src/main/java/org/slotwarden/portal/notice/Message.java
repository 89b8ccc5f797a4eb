package org.slotwarden.portal.notice;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is told at once.
 *
 * @param id the same in each attempt
 * @param recipient the user; empty: whom the channel names
 * @param lines the first of the notices, those that tell of acts before others
 * @param counts of all notices, by kind
 * @param testedBy null: it is no test
 */
record Message(
        String id,
        Channel channel,
        String recipient,
        Instant madeAt,
        List<Line> lines,
        Map<NoticeKind, Long> counts,
        @Nullable String testedBy) {

    /** Notices that are told one by one. */
    static final int MOST_LINES = 50;

    /** A notice. All texts are hostile. */
    record Line(
            long noticeId,
            @Nullable String user,
            @Nullable Long jobId,
            @Nullable String batchJobId,
            NoticeKind kind,
            @Nullable Long flagId,
            @Nullable String flagKind,
            String subject,
            String text,
            String author,
            Instant createdAt) {}

    static Message test(Channel channel, String by, Instant now) {
        return new Message(UUID.randomUUID().toString(), channel, "", now, List.of(), Map.of(), by);
    }

    long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
