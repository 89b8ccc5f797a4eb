package org.slotwarden.judging;

import java.util.Arrays;
import java.util.List;

/** How each kind is judged, in words for pages. */
public final class FlagRules {

    /**
     * How one kind is judged.
     *
     * @param threshold what must be seen ("at least 1.3 times the cores asked for")
     * @param dwell for how long before the flag is raised, in seconds
     * @param clears what takes the flag back ("below 1.1 times for 2 min")
     */
    public record Rule(FlagKind kind, String threshold, double dwell, String clears) {}

    private FlagRules() {}

    /** One rule for each kind that comes with the program, in their order. */
    public static List<Rule> of(JudgeSettings settings) {
        return Arrays.stream(FlagKind.values())
                .filter(kind -> kind != FlagKind.SITE_RULE)
                .map(kind -> of(kind, settings))
                .toList();
    }

    private static Rule of(FlagKind kind, JudgeSettings settings) {
        return switch (kind) {
            case PROCESS_LEAK ->
                leak(kind, settings, "processes", Wording.number(settings.leak().processes()));
            case MOVER_HOARD ->
                leak(
                        kind,
                        settings,
                        "storage movers",
                        Wording.number(settings.leak().movers()));
            case SOCKET_LEAK ->
                leak(
                        kind,
                        settings,
                        "open sockets",
                        Wording.number(settings.leak().sockets()));
            case FILE_LEAK ->
                leak(
                        kind,
                        settings,
                        "open files",
                        Wording.number(settings.leak().files()));
            case MEMORY_LEAK ->
                leak(kind, settings, "memory", Wording.memory(settings.leak().memoryBytes()));
            case DISK_FILL ->
                leak(kind, settings, "disk use", Wording.memory(settings.leak().diskBytes()));
            case PROCESS_STORM -> storm(settings.processStorm());
            case NETWORK_FLOOD -> flood(settings.networkFlood());
            case IO_STORM -> io(settings.ioStorm());
            case HANG -> hang(settings.hang(), settings.spinning());
            case CPU_OVERUSE -> cpu(settings.cpuOveruse());
            case MEMORY_NEAR_LIMIT -> memory(settings.memoryNearLimit());
            case IDLE_CORES -> idle(settings.idleCores());
            case WALLTIME_OVERRUN -> walltime(settings.walltimeOverrun());
            case OUTLIER -> outlier(settings.outlier());
            case SITE_RULE -> throw new IllegalArgumentException("rules of a site are not among the settings");
        };
    }

    private static Rule leak(FlagKind kind, JudgeSettings settings, String what, String least) {
        boolean forecast = kind == FlagKind.MEMORY_LEAK || kind == FlagKind.DISK_FILL;
        return new Rule(
                kind,
                "%s: rises block by block, by at least %s and %s, and does not slow down%s"
                        .formatted(
                                what,
                                least,
                                Wording.percent(settings.leak().growthShare()),
                                forecast
                                        ? "; two fifths of the way to its limit are behind it, the rest will be before the"
                                                + " job's time is over. Steep rises near the limit sooner"
                                        : ""),
                BlockMinima.BLOCKS * settings.leak().block(),
                "it rises at less than %s of that pace for %s"
                        .formatted(
                                Wording.percent(settings.leak().clearPace()),
                                Wording.duration(4 * settings.leak().block())));
    }

    private static Rule storm(JudgeSettings.ProcessStorm storm) {
        return new Rule(
                FlagKind.PROCESS_STORM,
                "at least %s processes, %s for each core asked for, and %s times as many as within the last %s"
                        .formatted(
                                Wording.number(storm.processes()),
                                Wording.number(storm.perCore()),
                                Wording.number(storm.growth()),
                                Wording.duration(2 * storm.window())),
                0,
                "below half of that for " + Wording.duration(storm.clearFor()));
    }

    private static Rule flood(JudgeSettings.NetworkFlood flood) {
        return new Rule(
                FlagKind.NETWORK_FLOOD,
                "at least %s of the node's link (%s/s where it is not known), or as many packets as fill it"
                        .formatted(Wording.percent(flood.share()), Wording.bytes(flood.link())),
                flood.dwell(),
                "below 70 % of that for " + Wording.duration(flood.clearFor()));
    }

    private static Rule io(JudgeSettings.IoStorm storm) {
        return new Rule(
                FlagKind.IO_STORM,
                "at least %s operations/s of %s at most and little else, or %s processes waiting for storage"
                        .formatted(
                                Wording.number(storm.callsPerSecond()),
                                Wording.bytes(storm.charsPerCall()),
                                Wording.number(storm.blocked())),
                storm.dwell(),
                "below 70 % of that for " + Wording.duration(storm.clearFor()));
    }

    private static Rule hang(JudgeSettings.Hang hang, JudgeSettings.Spinning spinning) {
        return new Rule(
                FlagKind.HANG,
                ("at most %s of the cores asked for and %s/s read and written, and longer than %s times its longest"
                                + " earlier pause; %s until it has computed or spoken for %s. Or busy, and no output nor I/O for %s"
                                + " and %s times its longest earlier quiet")
                        .formatted(
                                Wording.percent(hang.busyShare()),
                                Wording.bytes(hang.ioBytesPerSecond()),
                                Wording.number(hang.pauseFactor()),
                                Wording.duration(hang.startUpDwell()),
                                Wording.duration(hang.startUpCpu()),
                                Wording.duration(spinning.dwell()),
                                Wording.number(spinning.gapFactor())),
                hang.dwell(),
                Wording.duration(hang.clearFor()) + " of work");
    }

    private static Rule cpu(JudgeSettings.CpuOveruse cpu) {
        return new Rule(
                FlagKind.CPU_OVERUSE,
                "at least %s times the cores asked for".formatted(Wording.number(cpu.raiseAt())),
                cpu.dwell(),
                "below %s times the cores asked for, for %s"
                        .formatted(Wording.number(cpu.clearAt()), Wording.duration(cpu.clearFor())));
    }

    private static Rule memory(JudgeSettings.MemoryNearLimit memory) {
        return new Rule(
                FlagKind.MEMORY_NEAR_LIMIT,
                "at least %s of the memory asked for".formatted(Wording.percent(memory.raiseAt())),
                memory.dwell(),
                "below %s for %s".formatted(Wording.percent(memory.clearAt()), Wording.duration(memory.clearFor())));
    }

    private static Rule idle(JudgeSettings.IdleCores idle) {
        return new Rule(
                FlagKind.IDLE_CORES,
                ("less than %s of the cores asked for, of which at least %s could be given back, counting only time that"
                                + " is neither silent, nor busy with I/O, nor spent waiting for a core")
                        .formatted(Wording.percent(idle.share()), Wording.number(idle.spare())),
                idle.dwell(),
                "above " + Wording.percent(idle.clearAt()));
    }

    private static Rule walltime(JudgeSettings.WalltimeOverrun overrun) {
        return new Rule(
                FlagKind.WALLTIME_OVERRUN,
                "by its own progress it ends after %s of its wall time, from %s progress on"
                        .formatted(Wording.percent(overrun.raiseAt()), Wording.percent(overrun.least())),
                overrun.dwell(),
                "forecast below %s for %s"
                        .formatted(Wording.percent(overrun.clearAt()), Wording.duration(overrun.clearFor())));
    }

    private static Rule outlier(JudgeSettings.Outlier outlier) {
        return new Rule(
                FlagKind.OUTLIER,
                ("more than %s robust deviations from %s or more members of its array at the same age, and %s times more"
                                + " or less, by %s cores, %s of memory, %s/s or %s of progress at least; or as far from the"
                                + " user's earlier jobs of this name")
                        .formatted(
                                Wording.number(outlier.deviations()),
                                Wording.number(outlier.peers()),
                                Wording.number(outlier.ratio()),
                                Wording.number(outlier.cores()),
                                Wording.memory(outlier.memoryBytes()),
                                Wording.bytes(outlier.ioBytesPerSecond()),
                                Wording.percent(outlier.progress())),
                outlier.dwell(),
                "alike for " + Wording.duration(outlier.clearFor()));
    }
}
