package org.slotwarden.portal.job;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a job stands, and every legal way from one state to the next.
 *
 * <p>A job begins to exist for the portal when its first hook or report arrives. What is told late, or
 * better, may refine an end: an epilogue that arrives after the node was given up, the batch system's
 * reason after a bare exit code.
 */
public enum JobState {
    RUNNING,
    /** Started, and since then nothing was heard of it for longer than its reports may take. */
    SILENT,
    COMPLETED,
    FAILED,
    TIMEOUT,
    OUT_OF_MEMORY,
    CANCELLED,
    /** Ended to be started again by the batch system; the next run is another job row. */
    REQUEUED,
    /** Gone without an epilogue: its processes or its node vanished. */
    VANISHED;

    private static final Set<JobState> LIVE = EnumSet.of(RUNNING, SILENT);
    private static final Set<JobState> ENDS = EnumSet.complementOf(EnumSet.of(RUNNING, SILENT));

    /** Whether the job's processes may still be there. */
    public boolean live() {
        return LIVE.contains(this);
    }

    /** Ends that nobody wanted, and of which one asks what happened just before. */
    boolean failure() {
        return this == FAILED || this == TIMEOUT || this == OUT_OF_MEMORY || this == VANISHED;
    }

    /** The states that may follow this one. Staying is always legal and is no transition. */
    public Set<JobState> next() {
        return switch (this) {
            case RUNNING -> EnumSet.complementOf(EnumSet.of(RUNNING));
            case SILENT -> EnumSet.complementOf(EnumSet.of(SILENT));
            // Given up too early: reports went on, or an epilogue came late.
            case VANISHED -> EnumSet.complementOf(EnumSet.of(VANISHED, SILENT));
            // A bare exit code came first, the batch system's own reason later.
            case COMPLETED, FAILED, CANCELLED, TIMEOUT, OUT_OF_MEMORY, REQUEUED -> {
                Set<JobState> refinements = EnumSet.copyOf(ENDS);
                refinements.remove(this);
                refinements.remove(VANISHED);
                yield refinements;
            }
        };
    }

    /**
     * @return {@code to}
     * @throws IllegalTransition when {@code to} may not follow this state
     */
    public JobState to(JobState to) {
        if (to != this && !next().contains(to)) {
            throw new IllegalTransition(this, to);
        }
        return to;
    }

    /** A change that the life cycle of a job does not know. */
    public static final class IllegalTransition extends RuntimeException {
        IllegalTransition(JobState from, JobState to) {
            super("A job cannot go from " + from + " to " + to);
        }
    }
}
