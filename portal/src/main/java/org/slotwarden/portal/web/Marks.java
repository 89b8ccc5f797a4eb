package org.slotwarden.portal.web;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.Precision;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.node.NodeState;
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

    /** What a flag is called everywhere; a kind that is not known here by its own name. */
    public String title(String kind) {
        return FlagKind.named(kind).map(FlagKind::title).orElse(kind);
    }

    public String nodeLevel(NodeState state) {
        return switch (state) {
            case UP -> "good";
            case SILENT -> "quiet";
            case NEVER -> "plain";
        };
    }

    public String nodeMark(NodeState state) {
        return switch (state) {
            case UP -> "▶";
            case SILENT -> "○";
            case NEVER -> "·";
        };
    }

    public String nodeWord(NodeState state) {
        return switch (state) {
            case UP -> "reporting";
            case SILENT -> "silent";
            case NEVER -> "never reported";
        };
    }

    /** Style of a flag: loud while its cause holds. */
    public String level(Flag flag) {
        if (!flag.state().standing()) {
            return "over";
        }
        return switch (flag.severity()) {
            case INFO -> "info";
            case WARN -> "warning";
            case KILL -> "critical";
        };
    }

    /** How a job or a slot ended: the batch system's own word, exit code and signal, as far as known. */
    public String end(@Nullable String batchState, @Nullable Integer exitCode, @Nullable Integer signal) {
        String end = Stream.of(
                        batchState == null || batchState.isBlank() ? null : batchState,
                        exitCode == null ? null : "exit code " + exitCode,
                        signal == null || signal == 0 ? null : "signal " + signal)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
        return end.isEmpty() ? Format.UNKNOWN : end;
    }

    public @Nullable Bar bar(@Nullable Number used, @Nullable Number asked, boolean limit) {
        return Bar.of(used, asked, limit);
    }

    /** How often flags were right, with what so few verdicts allow to say. */
    public String precision(Precision of) {
        Double share = of.share();
        Double atLeast = of.atLeast();
        Double atMost = of.atMost();
        return share == null || atLeast == null || atMost == null
                ? "not judged yet"
                : percent(share) + " % (" + percent(atLeast) + " to " + percent(atMost) + " %)";
    }

    private static long percent(double share) {
        return Math.round(100 * share);
    }
}
