package org.slotwarden.judging;

import java.util.LinkedHashMap;
import java.util.Map;

/** Lives of jobs with which nothing is wrong, though much of it looks like trouble. All ask for 2 cores and 2 GB. */
final class Healthy {

    private Healthy() {}

    /** Computes with both cores, says nothing. */
    static Life computes() {
        return (t, d, r) -> {
            d.cores = 1.9 + 0.05 * r.nextGaussian();
            d.memory = Life.GB * (0.6 + 0.002 * r.nextGaussian());
        };
    }

    /** Computes, and writes a line now and then. */
    static Life talks() {
        return computes().with((t, d, r) -> {
            d.output = 40;
            d.write = 40;
            d.writeCalls = 1;
        });
    }

    /** Memory, files and sockets rise and stop, as 1 - exp(-t / scale). */
    static Life warmsUp(double scale, double bytes) {
        return talks().with((t, d, r) -> {
            double done = 1 - Math.exp(-t / scale);
            d.memory = 0.2 * Life.GB + bytes * done * (1 + 0.003 * r.nextGaussian());
            d.files = 10 + Math.floor(200 * done);
            d.sockets = 2 + Math.floor(60 * done);
        });
    }

    /** A cache that fills at an even pace, and is full. */
    static Life fillsCache(double seconds, double bytes) {
        return talks().with((t, d, r) ->
                d.memory = 0.2 * Life.GB + bytes * Math.min(1, t / seconds) + Life.MB * r.nextDouble());
    }

    /** Garbage collector: up for a period, and down to where it was. */
    static Life sawTooth(double period, double bytes) {
        return talks().with((t, d, r) -> d.memory = 0.5 * Life.GB + bytes * (t / period - Math.floor(t / period)));
    }

    /** A heap that grows in steps to its greatest size, and breathes. */
    static Life virtualMachine() {
        return talks().with((t, d, r) -> {
            double heap = Math.min(1.5, 0.25 * Math.ceil(Math.sqrt(t / 60)));
            d.memory = Life.GB * (heap - 0.02 * r.nextDouble());
            d.cores = t < 200 ? 2.6 : 1.8;
        });
    }

    /** Data come for 40 minutes, then it computes, and talks or not. */
    static Life stagesIn(Life then) {
        Life staging = (t, d, r) -> {
            d.cores = 0.08 + 0.02 * r.nextDouble();
            d.io(0, 20 * Life.MB).received = 20 * Life.MB;
            d.disk = 100 * Life.MB + 20 * Life.MB * t;
            d.blocked = r.nextDouble() < 0.4 ? 1 : 0;
        };
        return staging.until(2400, then.with((t, d, r) -> d.disk = 48 * Life.GB));
    }

    /** Waits for half an hour less a little before it begins. */
    static Life waitsFirst() {
        Life waiting = (t, d, r) -> d.cores = 0;
        return waiting.until(1700, talks());
    }

    /** Others use its cores. */
    static Life starves() {
        return (t, d, r) -> {
            d.cores = 0.2 + 0.02 * r.nextGaussian();
            d.starving = 1.7;
        };
    }

    /** Sub-jobs come and go, with their files and memory. */
    static Life runsSubJobs() {
        return talks().with((t, d, r) -> {
            int at = (int) (t / 240) % 6;
            d.processes = 3 + 4 * at;
            d.files = 12 + 20 * at;
            d.sockets = 2 + 5 * at;
            d.memory = Life.GB * (0.3 + 0.15 * at);
        });
    }

    /** Every 20 minutes it writes 2 GB for a minute. */
    static Life checkpoints() {
        return computes().with((t, d, r) -> {
            if (t % 1200 > 1140) {
                d.cores = 0.3;
                d.io(0, 35 * Life.MB);
                d.blocked = 2;
                d.output = 1;
            }
            d.disk = 2 * Life.GB * (1 + Math.min(1, Math.floor(t / 1200)));
        });
    }

    /** Bursts of I/O of all sizes. */
    static Life bursts() {
        return talks().with((t, d, r) -> {
            if (r.nextDouble() < 0.2) {
                d.io(50 * Life.MB * r.nextDouble(), 50 * Life.MB * r.nextDouble());
                d.blocked = r.nextInt(3);
            }
        });
    }

    /** A build: short processes, small reads, and a burst now and then. */
    static Life builds() {
        return (t, d, r) -> {
            d.cores = 1.8 + 0.15 * r.nextGaussian();
            d.processes = 4 + r.nextInt(t % 600 < 60 ? 40 : 6);
            d.files = 20 + r.nextInt(40);
            d.memory = Life.GB * (0.2 + 0.2 * r.nextDouble());
            d.read = 20 * Life.MB;
            d.readCalls = 4000 + r.nextInt(2000);
            d.write = 2 * Life.MB;
            d.writeCalls = 800;
            d.disk = 100 * Life.MB + 0.05 * Life.MB * (t % 3000);
            d.output = 500;
        };
    }

    /** Computes, then speaks with its peers, in turns. */
    static Life phases() {
        return (t, d, r) -> {
            boolean speaks = t % 420 > 300;
            d.cores = speaks ? 0.9 : 2.0;
            d.sent = d.received = speaks ? 30 * Life.MB : 1000;
            d.processes = 5;
            d.sockets = 8;
            d.memory = Life.GB * 1.2;
        };
    }

    /** Works for 10 minutes and waits for as long, again and again. */
    static Life pauses() {
        return talks().until(600, (t, d, r) -> d.cores = 0.0).with((t, d, r) -> {
            if (t % 1200 < 600) {
                d.cores = 1.6;
                d.output = 10;
            } else {
                d.cores = 0;
                d.output = 0;
                d.write = 0;
                d.writeCalls = 0;
            }
        });
    }

    /** As it says of its progress it will be done in time. */
    static Life progresses() {
        return talks().with((t, d, r) -> d.progress = Math.min(1, Math.floor(t / 60) * 60 / 12_000));
    }

    /** One of each, by name. */
    static Map<String, Life> all() {
        Map<String, Life> all = new LinkedHashMap<>();
        all.put("computes in silence", computes());
        all.put("talks", talks());
        all.put("warms up for 5 min", warmsUp(300, 1.2 * Life.GB));
        all.put("warms up for 12 min", warmsUp(720, 1.4 * Life.GB));
        all.put("fills a cache for 10 min", fillsCache(600, 1.4 * Life.GB));
        all.put("fills a cache for 22 min", fillsCache(1320, 1.2 * Life.GB));
        all.put("saw-tooth of 3 min", sawTooth(180, 0.8 * Life.GB));
        all.put("saw-tooth of 17 min", sawTooth(1020, 0.9 * Life.GB));
        all.put("virtual machine", virtualMachine());
        all.put("stages in", stagesIn(talks()));
        all.put("stages in, then computes in silence", stagesIn(computes()));
        all.put("waits first", waitsFirst());
        all.put("starves", starves());
        all.put("runs sub-jobs", runsSubJobs());
        all.put("checkpoints", checkpoints());
        all.put("bursts", bursts());
        all.put("builds", builds());
        all.put("phases", phases());
        all.put("pauses", pauses());
        all.put("progresses", progresses());
        return all;
    }
}
