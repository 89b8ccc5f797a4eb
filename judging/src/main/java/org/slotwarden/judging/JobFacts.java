package org.slotwarden.judging;

/**
 * What a job, or one slot of it, asked for and may use. What is not known is {@code NaN}. A limit that is not above
 * zero, or of 2^60 and more, is how batch systems write that there is none.
 *
 * @param cores asked for
 * @param memoryBytes limit
 * @param walltimeSeconds limit
 * @param diskQuotaBytes limit of what the job may store
 * @param openFiles limit of open files of a process
 * @param linkBytesPerSecond of the node's network, one way
 * @param intervalSeconds usual time between two samples
 * @param startedAt seconds, by the clock of the observations
 * @param slots how many slots the job has
 */
public record JobFacts(
        double cores,
        double memoryBytes,
        double walltimeSeconds,
        double diskQuotaBytes,
        double openFiles,
        double linkBytesPerSecond,
        double intervalSeconds,
        double startedAt,
        int slots) {

    private static final double NO_LIMIT = 0x1p60;

    /** A job of one slot of which nothing is known. */
    public static final JobFacts UNKNOWN = new JobFacts(
            Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 1);

    public JobFacts {
        cores = limit(cores);
        memoryBytes = limit(memoryBytes);
        walltimeSeconds = limit(walltimeSeconds);
        diskQuotaBytes = limit(diskQuotaBytes);
        openFiles = limit(openFiles);
        linkBytesPerSecond = limit(linkBytesPerSecond);
        intervalSeconds = limit(intervalSeconds);
        slots = Math.max(1, slots);
    }

    private static double limit(double value) {
        return value > 0 && value < NO_LIMIT ? value : Double.NaN;
    }

    public JobFacts withCores(double value) {
        return new JobFacts(
                value,
                memoryBytes,
                walltimeSeconds,
                diskQuotaBytes,
                openFiles,
                linkBytesPerSecond,
                intervalSeconds,
                startedAt,
                slots);
    }

    public JobFacts withMemory(double bytes) {
        return new JobFacts(
                cores,
                bytes,
                walltimeSeconds,
                diskQuotaBytes,
                openFiles,
                linkBytesPerSecond,
                intervalSeconds,
                startedAt,
                slots);
    }

    public JobFacts withWalltime(double seconds) {
        return new JobFacts(
                cores,
                memoryBytes,
                seconds,
                diskQuotaBytes,
                openFiles,
                linkBytesPerSecond,
                intervalSeconds,
                startedAt,
                slots);
    }

    public JobFacts withDiskQuota(double bytes) {
        return new JobFacts(
                cores,
                memoryBytes,
                walltimeSeconds,
                bytes,
                openFiles,
                linkBytesPerSecond,
                intervalSeconds,
                startedAt,
                slots);
    }

    public JobFacts withOpenFiles(double number) {
        return new JobFacts(
                cores,
                memoryBytes,
                walltimeSeconds,
                diskQuotaBytes,
                number,
                linkBytesPerSecond,
                intervalSeconds,
                startedAt,
                slots);
    }

    public JobFacts withLink(double bytesPerSecond) {
        return new JobFacts(
                cores,
                memoryBytes,
                walltimeSeconds,
                diskQuotaBytes,
                openFiles,
                bytesPerSecond,
                intervalSeconds,
                startedAt,
                slots);
    }

    public JobFacts withInterval(double seconds) {
        return new JobFacts(
                cores,
                memoryBytes,
                walltimeSeconds,
                diskQuotaBytes,
                openFiles,
                linkBytesPerSecond,
                seconds,
                startedAt,
                slots);
    }

    public JobFacts withStart(double seconds) {
        return new JobFacts(
                cores,
                memoryBytes,
                walltimeSeconds,
                diskQuotaBytes,
                openFiles,
                linkBytesPerSecond,
                intervalSeconds,
                seconds,
                slots);
    }

    public JobFacts withSlots(int number) {
        return new JobFacts(
                cores,
                memoryBytes,
                walltimeSeconds,
                diskQuotaBytes,
                openFiles,
                linkBytesPerSecond,
                intervalSeconds,
                startedAt,
                number);
    }
}
