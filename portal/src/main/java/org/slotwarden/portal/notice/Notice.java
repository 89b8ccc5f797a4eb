package org.slotwarden.portal.notice;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody is to be told.
 *
 * @param user for whom; null: for the admins
 * @param subject one line
 * @param author the policy, or who else tells it
 */
public record Notice(
        long id,
        @Nullable String user,
        @Nullable Long jobId,
        String subject,
        String text,
        String author,
        Instant createdAt,
        NoticeState state) {}
