package org.slotwarden.portal.notice;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody is to be told.
 *
 * @param user for whom; null: for the admins
 * @param flagId that it is about; it may have been deleted since
 * @param flagKind kind, or {@code rule:NAME}
 * @param subject one line
 * @param author the policy, or who else tells it
 * @param told by channel
 */
public record Notice(
        long id,
        @Nullable String user,
        @Nullable Long jobId,
        NoticeKind kind,
        @Nullable Long flagId,
        @Nullable String flagKind,
        String subject,
        String text,
        String author,
        Instant createdAt,
        NoticeState state,
        List<Telling> told) {}
