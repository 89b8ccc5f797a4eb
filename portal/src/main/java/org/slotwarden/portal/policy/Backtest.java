package org.slotwarden.portal.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a version would have done with the flags that were raised in a stretch of time.
 *
 * @param finishedJobs jobs that ended between {@code from} and {@code to}
 * @param jobs of which flags were raised in that time that the version is about
 * @param stages in their order
 * @param flags by kind of the flag that it would have gone by, the most kills first
 * @param acts the first ones: jobs stopped that ended well by themselves, others stopped, and then the rest, each by time
 * @param allActs how many there are
 * @param notKnown what this cannot tell, in sentences
 */
public record Backtest(
        int version,
        Instant from,
        Instant to,
        String madeBy,
        Instant madeAt,
        double tookSeconds,
        long finishedJobs,
        long jobs,
        List<OfStage> stages,
        List<OfFlag> flags,
        List<Act> acts,
        long allActs,
        List<String> notKnown) {

    /** More than these acts are not listed. */
    public static final int MOST_ACTS = 200;

    private static final Duration LEAST_THAT_SHOWS = Duration.ofDays(7);
    private static final Duration LATE_ENOUGH = Duration.ofDays(1);

    /** Whether it shows enough for a version to be switched on: a week or more, and the day before it was made. */
    boolean showsEnough() {
        return Duration.between(from, to).compareTo(LEAST_THAT_SHOWS) >= 0
                && Duration.between(to, madeAt).compareTo(LATE_ENOUGH) <= 0;
    }

    /**
     * @param reached how often
     * @param done how often it would have been done, and not only told: by caps, working hours or for want of a warning
     * @param endedWell of the jobs at which it would have been done, those that ended well by themselves: of what stops
     *     a job, it would have been wrong
     * @param stillThere of these, jobs that have not ended
     * @param coreHoursSaved of kills and cancels: from then to the real end, by the cores that were asked for, without those of jobs
     *     that ended well
     * @param coreHoursLost of kills and cancels: what jobs had worked until then that ended well
     */
    public record OfStage(
            int stage,
            StageKind kind,
            long reached,
            long done,
            long endedWell,
            long stillThere,
            @Nullable Double coreHoursSaved,
            @Nullable Double coreHoursLost) {}

    public record OfFlag(String flag, long warned, long killed, long endedWell, double coreHoursSaved) {}

    /**
     * @param done {@code notify} where more was wanted and would not have been done
     * @param beforeEndSeconds from then to the real end; null: not ended
     * @param endedWell state COMPLETED, or exit code 0
     */
    public record Act(
            long jobId,
            String batchJobId,
            @Nullable String jobName,
            @Nullable String user,
            String flag,
            int stage,
            StageKind wanted,
            StageKind done,
            @Nullable String whyNot,
            Instant at,
            @Nullable Instant endedAt,
            @Nullable Double beforeEndSeconds,
            String state,
            @Nullable Integer exitCode,
            boolean endedWell,
            @Nullable Double coreHoursSaved) {}

    /** Of the stage that stops the job; null: the version has none. */
    public @Nullable OfStage stop() {
        return stages.stream()
                .filter(stage -> stage.kind().stopsTheJob())
                .findFirst()
                .orElse(null);
    }
}
