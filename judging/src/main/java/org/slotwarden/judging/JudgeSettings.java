package org.slotwarden.judging;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;

/**
 * How jobs are judged. All durations are seconds and never numbers of samples, shares are 0 to 1.
 *
 * @param gap without a sample, after which what comes is not connected with what was; at least two and a half
 *     intervals between samples
 * @param forecast how far is looked ahead where the job's end is not known
 * @param causeLingers for how long a cause that is gone still explains its symptoms
 */
public record JudgeSettings(
        @Seconds double gap,
        @Seconds double forecast,
        @Seconds double causeLingers,
        CpuOveruse cpuOveruse,
        MemoryNearLimit memoryNearLimit,
        Hang hang,
        Spinning spinning,
        Leak leak,
        ProcessStorm processStorm,
        NetworkFlood networkFlood,
        IoStorm ioStorm,
        IdleCores idleCores,
        WalltimeOverrun walltimeOverrun,
        Outlier outlier) {

    /** Busy cores, as a multiple of the cores asked for. */
    public record CpuOveruse(
            double raiseAt,
            double clearAt,
            @Seconds double dwell,
            @Seconds double clearFor) implements Excess.Bounds {
        public CpuOveruse {
            ordered(raiseAt, clearAt);
        }
    }

    /** Memory, as a share of its limit. From {@code warnAt} on it is more than worth knowing. */
    public record MemoryNearLimit(
            double raiseAt,
            double warnAt,
            double clearAt,
            @Seconds double dwell,
            @Seconds double clearFor) implements Excess.Bounds {
        public MemoryNearLimit {
            ordered(raiseAt, clearAt);
        }
    }

    /**
     * @param busyShare of the cores asked for: up to it a job is silent
     * @param busyCores up to so many cores, too: one busy core among a hundred is work
     * @param ioBytesPerSecond up to so many it is silent, through files, pipes, sockets and the network
     * @param startUpDwell as long as it may be staging in: it has used less than {@code startUpCpu} seconds of CPU, and
     *     its output or progress moved for less
     * @param pauseFactor times its longest earlier pause
     * @param starving as many threads waiting for a core are no silence
     */
    public record Hang(
            @Share double busyShare,
            double busyCores,
            double ioBytesPerSecond,
            @Seconds double dwell,
            @Seconds double startUpDwell,
            @Seconds double startUpCpu,
            double pauseFactor,
            double starving,
            @Seconds double clearFor) {}

    /**
     * CPU busy, and nothing comes of it.
     *
     * @param ioBytesPerSecond up to so many through calls or storage are silence
     * @param netBytesPerSecond the same for the network, on which others speak, too
     * @param ownShare of its own usual traffic up to which it is silent, too
     * @param rhythm as many samples with output are needed to know that it speaks at all
     * @param rhythmFor over at least so long
     */
    public record Spinning(
            double ioBytesPerSecond,
            double netBytesPerSecond,
            @Share double ownShare,
            @Seconds double dwell,
            double gapFactor,
            int rhythm,
            @Seconds double rhythmFor,
            @Seconds double clearFor) {}

    /**
     * What rises and is not given back.
     *
     * @param block width of the blocks of which the lowest value counts
     * @param coarseBlock of a second ladder, for slow leaks
     * @param fineBlock of a third, for those that are at their limit before half an hour is over
     * @param tau of Mann-Kendall, at least
     * @param latePace pace of the last third as a share of the pace of all, at least
     * @param growthShare of the first value, at least
     * @param clearPace share of the pace it was raised with, below which it is over
     * @param steepLevel share of the limit from which a steep rise is flagged
     * @param steepForecast seconds to the limit for the same
     * @param proven seconds of an even rise of memory or disk use that are proof enough, however far the limit is
     * @param nearLimit share of the limit that is a second signal
     * @param sockets least growth, in numbers; so the next three
     * @param memoryBytes least growth; so the next
     */
    public record Leak(
            @Seconds double block,
            @Seconds double coarseBlock,
            @Seconds double fineBlock,
            @Share double tau,
            @Share double latePace,
            @Share double growthShare,
            @Share double clearPace,
            @Share double steepLevel,
            @Seconds double steepForecast,
            @Seconds double proven,
            @Share double nearLimit,
            double sockets,
            double files,
            double processes,
            double movers,
            double memoryBytes,
            double diskBytes) {}

    /**
     * @param processes at least, and {@code perCore} times the cores asked for
     * @param growth times the lowest number within the last one to two {@code window}
     */
    public record ProcessStorm(
            double processes,
            double perCore,
            double growth,
            @Seconds double window,
            @Seconds double clearFor) {}

    /**
     * @param share of the link in one direction
     * @param link bytes per second where it is not known
     * @param packetsPerSecond in one direction, whatever their size; fewer where as many full ones fill the link
     * @param stageIn until this age, what comes in and goes to disk is neither a flood nor does it fill the disk
     */
    public record NetworkFlood(
            @Share double share,
            double link,
            double packetsPerSecond,
            @Seconds double dwell,
            @Seconds double clearFor,
            @Seconds double stageIn)
            implements Excess.Bounds {}

    /**
     * Many tiny operations, by a job that does little else; or many processes that wait for storage.
     *
     * @param callsPerSecond at least
     * @param charsPerCall at most
     * @param cpuPerCall seconds at most
     * @param bytesPerSecond from and to storage, at least
     * @param blocked processes in state D, at least
     */
    public record IoStorm(
            double callsPerSecond,
            double charsPerCall,
            double cpuPerCall,
            double bytesPerSecond,
            double blocked,
            @Seconds double dwell,
            @Seconds double clearFor)
            implements Excess.Bounds {}

    /**
     * @param share of the cores asked for, smoothed over {@code smoothing}
     * @param dwell of time that counts: neither silent nor busy with I/O nor starved
     * @param ioBytesPerSecond from which on it is busy with I/O while it uses less than {@code ioCores} cores
     * @param bulkBytesPerSecond to and from storage or network, from which on it is busy with I/O in any case
     * @param spare whole cores that it could do without, at least: of one core none can be given back
     */
    public record IdleCores(
            @Share double share,
            double clearAt,
            @Seconds double smoothing,
            @Seconds double dwell,
            double ioBytesPerSecond,
            double ioCores,
            double bulkBytesPerSecond,
            double spare) {
        public IdleCores {
            ordered(clearAt, share);
        }
    }

    /**
     * @param raiseAt forecast of its end as a multiple of the wall time
     * @param least progress before there is a forecast, 0 to 1
     * @param span over which the recent pace is taken, at least
     */
    public record WalltimeOverrun(
            double raiseAt,
            double clearAt,
            @Share double least,
            @Seconds double span,
            @Seconds double dwell,
            @Seconds double clearFor)
            implements Excess.Bounds {
        public WalltimeOverrun {
            ordered(raiseAt, clearAt);
        }
    }

    /**
     * @param peers other members of the same age, at least
     * @param deviations from the median, in robust standard deviations
     * @param ratio to the median, or the median to it, at least
     * @param cores least difference from other members of an array, in busy cores; so the next three
     */
    public record Outlier(
            int peers,
            double deviations,
            double ratio,
            double cores,
            double memoryBytes,
            double ioBytesPerSecond,
            @Share double progress,
            @Seconds double dwell,
            @Seconds double clearFor) {
        public Outlier {
            if (peers < 1) {
                throw new IllegalArgumentException("peers must be 1 at least");
            }
        }
    }

    /** What suits most sites. */
    public static JudgeSettings defaults() {
        return new JudgeSettings(
                600,
                12 * 3600,
                900,
                new CpuOveruse(1.3, 1.1, 360, 300),
                new MemoryNearLimit(0.9, 0.95, 0.85, 300, 300),
                new Hang(0.05, 0.5, 20_000, 1800, 3600, 300, 2.5, 0.25, 60),
                new Spinning(1, 1000, 0.02, 2700, 6, 10, 600, 60),
                new Leak(150, 600, 60, 0.85, 0.8, 0.08, 0.25, 0.85, 900, 7200, 0.9, 12, 15, 8, 10, 0x1p24, 0x1p26),
                new ProcessStorm(100, 4, 8, 240, 300),
                new NetworkFlood(0.6, 125e6, 300_000, 300, 300, 3600),
                new IoStorm(1000, 6144, 150e-6, 262_144, 3, 600, 300),
                new IdleCores(0.2, 0.3, 600, 1800, 100_000, 0.5, 10e6, 1),
                new WalltimeOverrun(1.05, 0.98, 0.05, 600, 600, 600),
                new Outlier(3, 5, 2, 0.1, 0x1p25, 3e6, 0.05, 600, 600));
    }

    private static void ordered(double greater, double smaller) {
        if (smaller > greater) {
            throw new IllegalArgumentException("what raises and what clears must not overlap");
        }
    }

    /** A component that is a duration in seconds, and above zero. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Seconds {}

    /** A component that is above 0 and at most 1. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Share {}

    /** All durations multiplied: for a demonstration in which half an hour is to last seconds. */
    public JudgeSettings scaled(double factor) {
        return SettingValues.scaled(this, factor);
    }

    /**
     * Other values for some of the settings.
     *
     * @param values by name, as in {@code hang.busy-share} or {@code gap}; capitals and dashes make no difference.
     *     Durations as in {@code 90s}, {@code 30m}, {@code 12h}, a bare number is seconds
     * @throws IllegalArgumentException with a message for people, when there is no such setting or it cannot have
     *     that value
     */
    public JudgeSettings with(Map<String, String> values) {
        return SettingValues.with(this, values);
    }
}
