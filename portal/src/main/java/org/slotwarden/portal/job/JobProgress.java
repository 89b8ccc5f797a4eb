package org.slotwarden.portal.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a job says of its own progress: nobody checks it.
 *
 * @param fraction 0 to 1
 * @param text in the job's words, at most 200 characters, hostile
 * @param at when it said so, by the clock of the node
 */
public record JobProgress(
        @Nullable Double fraction,
        @Nullable String text,
        @Nullable Instant at) {}
