package org.slotwarden.portal.web;

import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobState;
import org.springframework.stereotype.Component;

/** How things look: {@code @marks} in the templates. A colour never stands alone, a mark and a word go with it. */
@Component("marks")
class Marks {
    /** Style of a state: what went wrong is red, what is not yet clear violet. */
    public String level(JobState state) {
        return switch (state) {
            case RUNNING -> "running";
            case SILENT, VANISHED -> "quiet";
            case COMPLETED -> "good";
            case FAILED, OUT_OF_MEMORY, TIMEOUT -> "bad";
            case CANCELLED, REQUEUED -> "plain";
        };
    }

    public String mark(JobState state) {
        return switch (state) {
            case RUNNING -> "▶";
            case SILENT -> "○";
            case COMPLETED -> "✓";
            case FAILED, OUT_OF_MEMORY, TIMEOUT -> "✗";
            case CANCELLED -> "■";
            case REQUEUED -> "↻";
            case VANISHED -> "?";
        };
    }

    public @Nullable Bar bar(@Nullable Number used, @Nullable Number asked) {
        return Bar.of(used, asked);
    }
}
