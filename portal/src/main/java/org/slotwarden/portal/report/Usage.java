package org.slotwarden.portal.report;

import org.jspecify.annotations.Nullable;

/**
 * What some jobs have used within a stretch of time. A job that ran over the edge of the stretch counts with the
 * part of its wall time within; its CPU time counts in the same proportion.
 *
 * @param jobs that ran within the stretch, the live ones included
 * @param running of these, live now: they count up to now, and their outcome is open
 * @param completed and the other outcomes: jobs that ended so
 * @param wallHours from start to end, added up over jobs
 * @param coreHoursAsked wall hours times requested cores, of the jobs whose request is known
 * @param cpuHours user and system, of the jobs where it was measured
 * @param cpuEfficiency CPU hours per core hour asked, over jobs where both are known; absent when there are none
 * @param memoryUsedShare highest resident memory per memory asked for, mean over wall time; absent when no job
 *     has both
 * @param jobsWithoutMemoryShare left out of that mean: no request, or never measured
 * @param failedShare failed, timed out, out of memory or vanished, of the jobs that have ended; absent when none
 *     has. Cancelled and requeued jobs are no failures, and count as ended.
 */
public record Usage(
        long jobs,
        long running,
        long completed,
        long failed,
        long timeout,
        long outOfMemory,
        long cancelled,
        long requeued,
        long vanished,
        double wallHours,
        double coreHoursAsked,
        double cpuHours,
        @Nullable Double cpuEfficiency,
        @Nullable Double memoryUsedShare,
        long jobsWithoutMemoryShare,
        @Nullable Double failedShare) {}
