package org.slotwarden.agent.slot;

import org.jspecify.annotations.Nullable;

/** What tells a job on this node from others that run now; ids come again, so never what tells slots apart. */
public record JobKey(String batchSystem, String cluster, String jobId) {

    // Written out: the JDK puts a record's own together at run time, which costs a tenth of the agent's start.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobKey key
                && key.jobId.equals(jobId)
                && key.batchSystem.equals(batchSystem)
                && key.cluster.equals(cluster);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * batchSystem.hashCode() + cluster.hashCode()) + jobId.hashCode();
    }

    /**
     * The job that a hook speaks of.
     *
     * @throws IllegalArgumentException when it does not say
     */
    public static JobKey of(HandOver handOver) {
        var job = JobDescription.read(handOver, "");
        return new JobKey(job.getBatchSystem(), job.getCluster(), job.getJobId());
    }
}
