package org.slotwarden.portal.job;

import java.time.Instant;

/** What happened to jobs, published inside the transaction that stored it: listen after the commit. */
public final class JobEvents {

    /** All slots of a job have ended, or the job was given up. May come again when the end is refined. */
    public record JobEnded(long jobId, JobState state, Instant at) {}

    /**
     * Nothing is heard of a job any more, it was given up, or deleted: the next report of it has to be told to the
     * register.
     */
    public record JobFellSilent(long jobId) {}

    private JobEvents() {}
}
