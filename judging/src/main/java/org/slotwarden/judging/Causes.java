package org.slotwarden.judging;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which flag explains which: of a leak of processes one need not be told that sockets, files and memory rise, too.
 * Something that rises is a sign of life, so that whoever leaks does not hang.
 */
final class Causes {

    private static final Set<FlagKind> LEAKS = EnumSet.of(
            FlagKind.PROCESS_STORM,
            FlagKind.PROCESS_LEAK,
            FlagKind.MOVER_HOARD,
            FlagKind.SOCKET_LEAK,
            FlagKind.FILE_LEAK,
            FlagKind.MEMORY_LEAK,
            FlagKind.DISK_FILL);

    private static final Map<FlagKind, Set<FlagKind>> OF = new EnumMap<>(FlagKind.class);

    static {
        Set<FlagKind> processes = EnumSet.of(FlagKind.PROCESS_STORM, FlagKind.PROCESS_LEAK);
        put(FlagKind.PROCESS_LEAK, EnumSet.of(FlagKind.PROCESS_STORM));
        put(FlagKind.SOCKET_LEAK, processes, FlagKind.MOVER_HOARD);
        put(FlagKind.FILE_LEAK, processes, FlagKind.MOVER_HOARD, FlagKind.SOCKET_LEAK);
        put(FlagKind.MEMORY_LEAK, processes);
        put(FlagKind.IO_STORM, processes, FlagKind.DISK_FILL, FlagKind.MEMORY_LEAK);
        put(FlagKind.HANG, LEAKS);
        put(FlagKind.CPU_OVERUSE, processes, FlagKind.NETWORK_FLOOD);
        put(FlagKind.MEMORY_NEAR_LIMIT, processes, FlagKind.MEMORY_LEAK);
        put(FlagKind.IDLE_CORES, LEAKS, FlagKind.HANG, FlagKind.IO_STORM, FlagKind.NETWORK_FLOOD, FlagKind.OUTLIER);
        put(FlagKind.WALLTIME_OVERRUN, EnumSet.of(FlagKind.HANG));
        put(
                FlagKind.OUTLIER,
                EnumSet.complementOf(EnumSet.of(
                        FlagKind.OUTLIER, FlagKind.WALLTIME_OVERRUN, FlagKind.IDLE_CORES, FlagKind.SITE_RULE)));
    }

    private Causes() {}

    private static void put(FlagKind symptom, Set<FlagKind> some, FlagKind... more) {
        Set<FlagKind> all = EnumSet.copyOf(some);
        all.addAll(java.util.List.of(more));
        OF.put(symptom, all);
    }

    static Set<FlagKind> of(FlagKind symptom) {
        return OF.getOrDefault(symptom, Set.of());
    }

    /** Whether a mere suspicion of the cause is reason enough to wait with the symptom. */
    static boolean waits(FlagKind symptom) {
        return symptom != FlagKind.MEMORY_NEAR_LIMIT;
    }
}
