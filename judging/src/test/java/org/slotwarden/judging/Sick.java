package org.slotwarden.judging;

import java.util.LinkedHashMap;
import java.util.Map;

/** Lives of jobs that go wrong after twenty minutes of good work. */
final class Sick {

    /** Seconds of good work before. */
    static final double ONSET = 1200;

    private Sick() {}

    /**
     * A life that goes wrong.
     *
     * @param kind what it should be told of
     * @param within seconds after the onset
     */
    record Case(Life life, FlagKind kind, double within) {}

    private static Life turns(Life wrong) {
        return Healthy.talks().until(ONSET, wrong);
    }

    /** Bytes per second that are not given back. */
    static Life leaksMemory(double rate) {
        return turns(Healthy.talks().with((t, d, r) -> d.memory = Math.min(2 * Life.GB, 0.6 * Life.GB + rate * t)));
    }

    /** The same below a garbage collector's teeth. */
    static Life leaksBelowTeeth(double rate) {
        return turns(Healthy.talks()
                .with((t, d, r) -> d.memory = Math.min(
                        2 * Life.GB, 0.6 * Life.GB + rate * t + 0.15 * Life.GB * (t / 70 - Math.floor(t / 70)))));
    }

    static Life leaksSockets(double perSecond) {
        return turns(Healthy.talks().with((t, d, r) -> {
            d.sockets = 2 + Math.floor(perSecond * t);
            d.files = 12 + d.sockets;
        }));
    }

    static Life leaksFiles(double perSecond) {
        return turns(Healthy.talks().with((t, d, r) -> d.files = 12 + Math.floor(perSecond * t)));
    }

    static Life leaksProcesses(double perSecond) {
        return turns(Healthy.talks().with((t, d, r) -> {
            double more = Math.floor(perSecond * t);
            d.processes = 3 + more;
            d.files = 12 + 5 * more;
            d.sockets = 2 + 2 * more;
            d.memory = 0.3 * Life.GB + 5 * Life.MB * more;
        }));
    }

    static Life hoardsMovers() {
        return turns(Healthy.talks().with((t, d, r) -> {
            d.movers = 1 + Math.floor(t / 60);
            d.sockets = 2 + d.movers;
        }));
    }

    static Life hangs() {
        return turns((t, d, r) -> d.cores = 0.004 * r.nextDouble());
    }

    static Life spins() {
        return turns((t, d, r) -> d.cores = 1.0);
    }

    static Life overuses() {
        return turns(Healthy.talks().with((t, d, r) -> d.cores = 3.6 + 0.3 * r.nextGaussian()));
    }

    static Life idles() {
        return turns(Healthy.talks().with((t, d, r) -> d.cores = 0.25 + 0.03 * r.nextGaussian()));
    }

    static Life storms() {
        return turns(Healthy.talks().with((t, d, r) -> {
            d.processes = 3 + Math.min(400, 4 * t);
            d.cores = 6;
            d.files = 4 * d.processes;
        }));
    }

    static Life floods() {
        return turns(Healthy.talks().with((t, d, r) -> {
            d.cores = 2.9;
            d.sent = 400 * Life.MB * (0.8 + 0.4 * r.nextDouble());
        }));
    }

    static Life tinyOperations() {
        return turns((t, d, r) -> {
            d.cores = 0.3;
            d.write = 20 * Life.MB;
            d.writeCalls = 5000;
            d.blocked = r.nextInt(3);
        });
    }

    static Life fillsDisk() {
        return turns(Healthy.talks().with((t, d, r) -> {
            d.io(0, 4 * Life.MB);
            d.disk = 100 * Life.MB + 4 * Life.MB * t;
        }));
    }

    static Life staysNearLimit() {
        return turns(Healthy.talks().with((t, d, r) -> d.memory = 1.94 * Life.GB));
    }

    static Life isSlow() {
        return Healthy.talks().with((t, d, r) -> d.progress = Math.floor(t / 60) * 60 / 40_000);
    }

    /** One of each, by name. */
    static Map<String, Case> all() {
        Map<String, Case> all = new LinkedHashMap<>();
        all.put("leaks memory slowly", new Case(leaksMemory(0.12 * Life.MB), FlagKind.MEMORY_LEAK, 5000));
        all.put("leaks memory at 1 % a sample", new Case(leaksMemory(0.7 * Life.MB), FlagKind.MEMORY_LEAK, 1800));
        all.put("leaks memory steeply", new Case(leaksMemory(1.5 * Life.MB), FlagKind.MEMORY_LEAK, 900));
        all.put("leaks below teeth", new Case(leaksBelowTeeth(0.3 * Life.MB), FlagKind.MEMORY_LEAK, 2000));
        all.put("leaks sockets", new Case(leaksSockets(0.03), FlagKind.SOCKET_LEAK, 1700));
        all.put("leaks files", new Case(leaksFiles(0.05), FlagKind.FILE_LEAK, 1700));
        all.put("leaks processes", new Case(leaksProcesses(0.02), FlagKind.PROCESS_LEAK, 1700));
        all.put("hoards movers", new Case(hoardsMovers(), FlagKind.MOVER_HOARD, 2000));
        all.put("hangs", new Case(hangs(), FlagKind.HANG, 1950));
        all.put("spins", new Case(spins(), FlagKind.HANG, 2850));
        all.put("uses too many cores", new Case(overuses(), FlagKind.CPU_OVERUSE, 450));
        all.put("idles", new Case(idles(), FlagKind.IDLE_CORES, 2700));
        all.put("storms", new Case(storms(), FlagKind.PROCESS_STORM, 450));
        all.put("floods", new Case(floods(), FlagKind.NETWORK_FLOOD, 450));
        all.put("writes in tiny pieces", new Case(tinyOperations(), FlagKind.IO_STORM, 750));
        all.put("fills its disk", new Case(fillsDisk(), FlagKind.DISK_FILL, 6400));
        all.put("stays near its limit", new Case(staysNearLimit(), FlagKind.MEMORY_NEAR_LIMIT, 450));
        all.put("is slow", new Case(isSlow(), FlagKind.WALLTIME_OVERRUN, 3000));
        return all;
    }
}
