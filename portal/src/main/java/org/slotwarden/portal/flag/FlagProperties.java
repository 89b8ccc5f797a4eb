package org.slotwarden.portal.flag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * {@code slotwarden.flags.*}: how jobs are judged. Every constant is a time or a share, none a number of samples.
 * The defaults are for production; {@code docs/flags.md} says where they come from.
 *
 * @param timeScale what all durations of judging are multiplied with; far below 1 in a demonstration
 * @param gap time without a sample after which what came before says nothing of what comes now
 * @param lateAfter age from which a sample tells of the past: it is judged, but raises and clears nothing. Not
 *     scaled: networks and spools do not hurry with the demonstration
 * @param history how far back samples are read again after a restart; not scaled
 * @param updateEvery how often the sentence of a standing flag is written anew
 * @param maxJobs jobs judged from memory; more are judged, too, but from their stored samples each time
 */
@Validated
@ConfigurationProperties("slotwarden.flags")
record FlagProperties(
        @DefaultValue("1") @DecimalMin("0.0001") @DecimalMax("100")
        double timeScale,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 1)
        Duration gap,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 1)
        Duration lateAfter,

        @DefaultValue("12h") @NotNull @DurationMin(minutes = 1) @DurationMax(days = 30)
        Duration history,

        @DefaultValue("1m") @NotNull @DurationMin(seconds = 1)
        Duration updateEvery,

        @DefaultValue("200000") @Min(1) @Max(10_000_000) int maxJobs,
        @DefaultValue @NotNull @Valid CpuOveruse cpuOveruse,
        @DefaultValue @NotNull @Valid MemoryNearLimit memoryNearLimit,
        @DefaultValue @NotNull @Valid Hang hang,
        @DefaultValue @NotNull @Valid SocketLeak socketLeak) {

    FlagProperties {
        if (cpuOveruse.clearAt > cpuOveruse.raiseAt || memoryNearLimit.clearAt > memoryNearLimit.raiseAt) {
            throw new IllegalArgumentException("clear-at must not exceed raise-at");
        }
    }

    /**
     * @param raiseAt cores used per core asked for
     * @param dwell for how long, net of the time below
     */
    record CpuOveruse(
            @DefaultValue("1.3") @DecimalMin("1.0") double raiseAt,
            @DefaultValue("1.1") @DecimalMin("0.1") double clearAt,

            @DefaultValue("5m") @NotNull @DurationMin(seconds = 1)
            Duration dwell,

            @DefaultValue("2m") @NotNull @DurationMin(seconds = 1)
            Duration clearFor) {}

    /**
     * @param raiseAt memory used per memory asked for
     * @param dwell for how long, net of the time below
     */
    record MemoryNearLimit(
            @DefaultValue("0.9") @DecimalMin("0.1") @DecimalMax("10")
            double raiseAt,

            @DefaultValue("0.85") @DecimalMin("0.05") double clearAt,

            @DefaultValue("2m") @NotNull @DurationMin(seconds = 1)
            Duration dwell,

            @DefaultValue("5m") @NotNull @DurationMin(seconds = 1)
            Duration clearFor) {}

    /**
     * @param busyShare share of the cores asked for that counts as work
     * @param ioBytesPerSecond reading and writing together, sockets and pipes included, that counts as work
     * @param startUpDwell in place of {@code dwell} until the job has used {@code startUpCpu}: it may be staging in
     * @param pauseFactor a silence must exceed the longest earlier one of the job this many times
     * @param clearFor work that takes the flag back, net of silence
     */
    record Hang(
            @DefaultValue("0.05") @DecimalMin("0.0001") @DecimalMax("1")
            double busyShare,

            @DefaultValue("20000") @DecimalMin("0") double ioBytesPerSecond,

            @DefaultValue("30m") @NotNull @DurationMin(seconds = 1)
            Duration dwell,

            @DefaultValue("60m") @NotNull @DurationMin(seconds = 1)
            Duration startUpDwell,

            @DefaultValue("5m") @NotNull @DurationMin(seconds = 0)
            Duration startUpCpu,

            @DefaultValue("2.5") @DecimalMin("1") @DecimalMax("100")
            double pauseFactor,

            @DefaultValue("1m") @NotNull @DurationMin(seconds = 1)
            Duration clearFor) {}

    /**
     * @param block stretch of which the lowest number counts; twelve of them are judged together
     * @param minGrowth growth over the twelve, in sockets
     * @param minGrowthShare growth over the twelve, as a share of the number at their begin
     * @param latePace pace of the last quarter per pace of all that is at least seen in a leak, and not in a warm-up
     * @param clearPace share of the pace with which it was raised; slower for four blocks takes the flag back
     */
    record SocketLeak(
            @DefaultValue("150s") @NotNull @DurationMin(seconds = 1)
            Duration block,

            @DefaultValue("20") @Min(1) long minGrowth,
            @DefaultValue("0.08") @DecimalMin("0") double minGrowthShare,

            @DefaultValue("0.5") @DecimalMin("0") @DecimalMax("1")
            double latePace,

            @DefaultValue("0.25") @DecimalMin("0") @DecimalMax("1")
            double clearPace) {}

    /** With all durations of judging as they are in effect. */
    FlagProperties scaled() {
        return new FlagProperties(
                timeScale,
                scaled(gap),
                lateAfter,
                history,
                scaled(updateEvery),
                maxJobs,
                new CpuOveruse(
                        cpuOveruse.raiseAt, cpuOveruse.clearAt, scaled(cpuOveruse.dwell), scaled(cpuOveruse.clearFor)),
                new MemoryNearLimit(
                        memoryNearLimit.raiseAt,
                        memoryNearLimit.clearAt,
                        scaled(memoryNearLimit.dwell),
                        scaled(memoryNearLimit.clearFor)),
                new Hang(
                        hang.busyShare,
                        hang.ioBytesPerSecond,
                        scaled(hang.dwell),
                        scaled(hang.startUpDwell),
                        scaled(hang.startUpCpu),
                        hang.pauseFactor,
                        scaled(hang.clearFor)),
                new SocketLeak(
                        scaled(socketLeak.block),
                        socketLeak.minGrowth,
                        socketLeak.minGrowthShare,
                        socketLeak.latePace,
                        socketLeak.clearPace));
    }

    private Duration scaled(Duration duration) {
        return Duration.ofMillis(Math.max(1, Math.round(duration.toMillis() * timeScale)));
    }
}
