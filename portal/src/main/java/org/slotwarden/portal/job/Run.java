package org.slotwarden.portal.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stored run of a job, as far as telling runs apart and the life cycle need it. */
record Run(
        long id,
        BatchId batchId,
        int number,
        @Nullable Integer restartCount,
        @Nullable Long requeuedAs,
        @Nullable Long uid,
        @Nullable String user,
        @Nullable String name,
        Set<String> nodes,
        JobState state,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Instant lastSampleAt,
        Instant lastReportAt) {

    /** Clocks of nodes differ, and a job cancelled at once may end on one node before it starts on the next. */
    private static final Duration LATE_SLOT = Duration.ofSeconds(5);

    /** A node's first report may come this much before the start that another node told: it had been cut off. */
    private static final Duration EARLY_SLOT = Duration.ofDays(1);

    /**
     * Whether a slot may be part of this run, going by all but the slots that it has already. See
     * docs/decisions/0006-job-identity.md.
     *
     * @param restarts restart count told by the slot's prologue
     * @param moment when the slot existed
     */
    boolean fits(JobFacts facts, @Nullable Integer restarts, String node, Instant moment) {
        return agree(restartCount, restarts)
                && agree(uid, facts.uid())
                && agree(user, facts.user())
                && (nodes.isEmpty() || nodes.contains(node))
                && !moment.isAfter(latestMoment())
                && (startedAt == null || !moment.isBefore(startedAt.minus(EARLY_SLOT)));
    }

    private Instant latestMoment() {
        return state.live() || state == JobState.VANISHED || endedAt == null ? Instant.MAX : endedAt.plus(LATE_SLOT);
    }

    /** Whether more can be said about what belongs to this run when this is stored with it. */
    boolean learnsFrom(JobFacts facts, @Nullable Integer restarts, @Nullable Instant start) {
        return (restartCount == null && restarts != null)
                || (uid == null && facts.uid() != null)
                || (user == null && facts.user() != null)
                || (nodes.isEmpty() && !facts.nodes().isEmpty())
                || (startedAt == null && start != null);
    }

    /** Whether it goes on for certain with so many slots, be they all ended: others of its nodes have not told yet. */
    boolean waitsForMoreThan(int slots) {
        return state.live() && requeuedAs == null && slots < nodes.size();
    }

    /** Whether both are runs of one submitted job, which the batch system started again in between. */
    boolean requeueOf(JobFacts facts) {
        return restartCount != null && agree(uid, facts.uid()) && agree(name, facts.name());
    }

    /** When it was last heard of, by the clocks of its nodes where they told any time. */
    Instant lastHeardAt() {
        if (lastSampleAt != null && (startedAt == null || lastSampleAt.isAfter(startedAt))) {
            return lastSampleAt;
        }
        return startedAt != null ? startedAt : lastReportAt;
    }

    Duration distance(Instant moment) {
        return startedAt == null
                ? Duration.ZERO
                : Duration.between(startedAt, moment).abs();
    }

    private static boolean agree(@Nullable Object mine, @Nullable Object theirs) {
        return mine == null || theirs == null || mine.equals(theirs);
    }
}
