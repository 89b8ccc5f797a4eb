package org.slotwarden.agent.decision;

/**
 * What the job may use on this node, where the batch system said so; NaN where not.
 *
 * @param memoryBytes of the slot, or else of the job
 * @param cores of the slot, or else of the job
 */
public record JobLimits(double memoryBytes, double cores) {

    public static final JobLimits UNKNOWN = new JobLimits(Double.NaN, Double.NaN);
}
