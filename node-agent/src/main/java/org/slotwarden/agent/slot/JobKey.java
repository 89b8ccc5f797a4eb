package org.slotwarden.agent.slot;

/** What tells a job on this node from others that run now; ids come again, so never what tells slots apart. */
public record JobKey(String batchSystem, String cluster, String jobId) {

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
