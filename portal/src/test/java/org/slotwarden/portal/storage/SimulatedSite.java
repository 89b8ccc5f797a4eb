package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An hour of a site: hosts run 8 jobs of 3 users, and jobs open files on 200 pools. What a storage system does not say in
 * the captures of a real dCache is not said here: WebDAV and xrootd tell the user id and no port, dcap tells the process
 * id in the client's own words and neither user nor port. Agents see connections at their looks only, xrootd uses one
 * connection for many files, WebDAV some, clients die and leave their movers, and some hosts share an address.
 */
final class SimulatedSite {

    static final Duration AGENT_LOOKS = Duration.ofSeconds(30);
    static final Duration WATCH_LOOKS = Duration.ofSeconds(30);

    private static final int SLOTS = 8;
    private static final int POOLS = 200;
    private static final int USERS = 300;
    private static final int HOSTS_BEHIND_ONE_ADDRESS = 10;
    private static final double HOUR = 3600;

    /** XrdCl's DataServerTTL. */
    private static final double XROOTD_KEEPS = 300;

    private static final Instant BEGIN = Instant.parse("2026-11-23T10:00:00Z");

    enum Protocol {
        WEBDAV,
        XROOTD,
        DCAP
    }

    private final Random random;
    private final int nodes;
    private final int behindTranslation;
    private final boolean agentsTell;
    private final Map<String, Set<String>> hosts = new HashMap<>();
    private final Set<String> addresses = new HashSet<>();

    /** @param agentsTell whether agents tell of connections */
    SimulatedSite(long seed, int nodes, int behindTranslation, boolean agentsTell) {
        this.random = new Random(seed);
        this.nodes = nodes;
        this.behindTranslation = behindTranslation;
        this.agentsTell = agentsTell;
        for (int pool = 0; pool < POOLS; pool++) {
            hosts.put(pool(pool), Set.of(address(pool)));
            addresses.add(address(pool));
        }
        for (Protocol protocol : Protocol.values()) {
            hosts.put(door(protocol), Set.of("10.9.9." + (1 + protocol.ordinal())));
            addresses.add("10.9.9." + (1 + protocol.ordinal()));
        }
    }

    private static String pool(int number) {
        return "pool_" + number;
    }

    /** Two pools share a machine. */
    private static String address(int pool) {
        return "10.8.0." + (1 + pool / 2);
    }

    private static String door(Protocol protocol) {
        return "door-" + protocol;
    }

    /** Counts of one kind of movers. */
    static final class Score {
        int movers;
        int certain;
        int likely;
        int wrong;
        int wrongCertain;
        int ambiguous;
        int withoutTheRight;
        int none;

        double right() {
            return (double) (certain + likely - wrong) / movers;
        }

        double wrongShare() {
            return (double) wrong / movers;
        }

        @Override
        public String toString() {
            return "%d movers: right %.3f %%, wrong %.4f %% (%d, of them %d certain), ambiguous %.2f %% (%d without the right one), none %.3f %%, certain %.2f %%"
                    .formatted(
                            movers,
                            100 * right(),
                            100 * wrongShare(),
                            wrong,
                            wrongCertain,
                            100.0 * ambiguous / movers,
                            withoutTheRight,
                            100.0 * none / movers,
                            100.0 * certain / movers);
        }
    }

    /** By kind: what came out for movers at the last look that saw them. */
    Map<String, Score> run() {
        Map<String, Score> scores = new TreeMap<>();
        for (int first = 0; first < nodes; first += HOSTS_BEHIND_ONE_ADDRESS) {
            List<Host> group = new ArrayList<>();
            for (int i = first; i < Math.min(nodes, first + HOSTS_BEHIND_ONE_ADDRESS); i++) {
                group.add(new Host(i));
            }
            if (first < behindTranslation) {
                judge(group, "192.0.2." + (1 + first / HOSTS_BEHIND_ONE_ADDRESS), "behind translation", scores);
            } else {
                group.forEach(
                        host -> judge(List.of(host), "10.1." + host.id / 250 + "." + (1 + host.id % 250), "", scores));
            }
        }
        return scores;
    }

    private void judge(List<Host> group, String address, String place, Map<String, Score> scores) {
        for (Host host : group) {
            for (Opened mover : host.movers) {
                double seen = lastLook(mover);
                if (seen < 0) {
                    continue;
                }
                Verdict verdict = new MoverJudge(evidence(group, address, seen), true)
                        .judge(new MoverJudge.Case(
                                pool(mover.pool),
                                door(mover.protocol),
                                at(mover.submitted),
                                seen < mover.started ? null : at(mover.started),
                                at(seen),
                                new SeenMover.Client(
                                        address,
                                        List.of(),
                                        null,
                                        mover.process,
                                        null,
                                        mover.protocol == Protocol.DCAP ? null : mover.job.uid,
                                        null,
                                        null)));
                String lasting = mover.ended - mover.started >= 60 ? "open for a minute or longer" : "shorter";
                for (String kind :
                        List.of("all", lasting, lasting + ", " + (place.isEmpty() ? mover.protocol.name() : place))) {
                    count(scores.computeIfAbsent(kind, one -> new Score()), verdict, mover);
                }
            }
        }
    }

    private static void count(Score score, Verdict verdict, Opened mover) {
        score.movers++;
        boolean right = Long.valueOf(mover.job.id).equals(verdict.jobId());
        switch (verdict.confidence()) {
            case CERTAIN -> {
                score.certain++;
                score.wrong += right ? 0 : 1;
                score.wrongCertain += right ? 0 : 1;
            }
            case LIKELY -> {
                score.likely++;
                score.wrong += right ? 0 : 1;
            }
            case AMBIGUOUS -> {
                score.ambiguous++;
                score.withoutTheRight +=
                        StorageRows.list(verdict.candidates()).contains(String.valueOf(mover.job.id)) ? 0 : 1;
            }
            case NONE -> score.none++;
        }
    }

    /** Before it had ended; below 0: no look saw it. */
    private static double lastLook(Opened mover) {
        double looks = WATCH_LOOKS.toSeconds();
        double last = Math.floor(mover.ended / looks) * looks;
        return last >= mover.submitted ? last : -1;
    }

    private static Instant at(double seconds) {
        return BEGIN.plusMillis(Math.round(1000 * seconds));
    }

    private Evidence evidence(List<Host> group, String address, double now) {
        Map<Long, List<Evidence.Slot>> slots = new HashMap<>();
        Set<Long> ids = new HashSet<>();
        for (Host host : group) {
            ids.add((long) host.id);
            slots.put((long) host.id, host.slots(now));
        }
        return new Evidence(Map.of(address, ids), slots, hosts, addresses);
    }

    private record Job(long id, long uid, double start, double end, boolean contained, List<Connection> connections) {}

    /** @param process one that holds it, as it counts itself */
    private static final class Connection {
        private final int pool;
        private final boolean toDoor;
        private final long process;
        private final double begin;
        private double end;

        Connection(int pool, boolean toDoor, long process, double begin, double end) {
            this.pool = pool;
            this.toDoor = toDoor;
            this.process = process;
            this.begin = begin;
            this.end = end;
        }
    }

    /** @param ended of the mover, which may outlive its client */
    private record Opened(
            Job job,
            Protocol protocol,
            int pool,
            double submitted,
            double started,
            double ended,
            @Nullable Long process) {}

    private final class Host {
        private final int id;
        private final double phase = random.nextDouble() * AGENT_LOOKS.toSeconds();

        /** Of the node's clock. */
        private final double clock = random.nextDouble() < 0.01 ? 3 : random.nextGaussian() * 0.2;

        private final List<Job> jobs = new ArrayList<>();
        private final List<Opened> movers = new ArrayList<>();

        Host(int id) {
            this.id = id;
            long[] users = {uid(), uid(), uid()};
            for (int slot = 0; slot < SLOTS; slot++) {
                double start = -random.nextDouble() * HOUR;
                while (start < HOUR) {
                    double end = start + 600 + random.nextDouble() * 2 * HOUR;
                    Job job = new Job(
                            id * 1000L + jobs.size() + 1,
                            users[random.nextInt(users.length)],
                            start,
                            end,
                            random.nextDouble() < 0.2,
                            new ArrayList<>());
                    jobs.add(job);
                    opens(job);
                    start = end + 2 + random.nextDouble() * 20;
                }
            }
        }

        private long uid() {
            return 1000 + random.nextInt(USERS);
        }

        private void opens(Job job) {
            Protocol protocol = Protocol.values()[random.nextInt(3)];
            boolean hoards = random.nextDouble() < 0.01;
            double pause = hoards ? 15 : 150;
            for (double time = job.start + 5 + exponential(pause);
                    time < Math.min(job.end, HOUR);
                    time += exponential(pause)) {
                double held = hoards ? HOUR : random.nextDouble() < 0.3 ? exponential(20) : exponential(600);
                open(job, protocol, time, held);
            }
        }

        private double exponential(double mean) {
            return -mean * Math.log(1 - random.nextDouble());
        }

        private void open(Job job, Protocol protocol, double submitted, double held) {
            int pool = random.nextInt(POOLS);
            double started = submitted + (random.nextDouble() < 0.05 ? 10 + exponential(60) : 0.1);
            double closed = Math.min(started + held, job.end);
            boolean dies = closed == job.end || random.nextDouble() < 0.02;
            double ended = dies ? closed + random.nextDouble() * 300 : closed;
            long process = job.contained ? 2 + random.nextInt(40) : 1000 + random.nextInt(4_000_000);
            long told = random.nextDouble() < 0.9 ? process : process + 1;
            connect(job, protocol, pool, told, started, closed);
            if (ended > 0) {
                movers.add(new Opened(
                        job, protocol, pool, submitted, started, ended, protocol == Protocol.DCAP ? process : null));
            }
        }

        private void connect(Job job, Protocol protocol, int pool, long process, double begin, double end) {
            boolean again = protocol == Protocol.XROOTD || (protocol == Protocol.WEBDAV && random.nextDouble() < 0.3);
            double until = protocol == Protocol.XROOTD ? Math.min(job.end, end + XROOTD_KEEPS) : end;
            for (Connection connection : job.connections) {
                if (again && !connection.toDoor && connection.pool / 2 == pool / 2 && connection.end >= begin) {
                    connection.end = Math.max(connection.end, until);
                    return;
                }
            }
            job.connections.add(new Connection(pool, false, process, begin, until));
            if (protocol != Protocol.WEBDAV && random.nextDouble() < 0.3) {
                job.connections.add(new Connection(pool, true, process, begin - 0.1, until));
            }
        }

        /** What the portal knows at a time. */
        private List<Evidence.Slot> slots(double now) {
            List<Evidence.Slot> slots = new ArrayList<>();
            for (Job job : jobs) {
                if (job.start <= now && job.end > now - HOUR) {
                    List<Evidence.Connection> connections = new ArrayList<>();
                    if (agentsTell) {
                        job.connections.forEach(connection -> add(connections, job, connection, now));
                    }
                    slots.add(new Evidence.Slot(
                            job.id,
                            job.id,
                            id,
                            "n" + id,
                            job.uid,
                            at(job.start + clock),
                            job.end <= now ? at(job.end + clock) : null,
                            at(lookBefore(Math.min(now, job.end)) + clock),
                            AGENT_LOOKS,
                            agentsTell && look(job.start) <= now,
                            0,
                            null,
                            connections));
                }
            }
            return slots;
        }

        /** The agent's first look after that. */
        private double look(double time) {
            double looks = AGENT_LOOKS.toSeconds();
            return Math.ceil((time - phase) / looks) * looks + phase;
        }

        /** The agent's last look until then. */
        private double lookBefore(double time) {
            double looks = AGENT_LOOKS.toSeconds();
            return Math.floor((time - phase) / looks) * looks + phase;
        }

        private void add(List<Evidence.Connection> told, Job job, Connection connection, double now) {
            double first = look(connection.begin);
            if (first > now || first > connection.end || first > job.end) {
                return;
            }
            double gone = look(connection.end);
            told.add(new Evidence.Connection(
                    connection.toDoor ? "10.9.9.2" : address(connection.pool),
                    20000,
                    30000 + (int) (connection.process % 30000),
                    connection.process,
                    at(first - AGENT_LOOKS.toSeconds() + clock),
                    at(first + clock),
                    gone <= now && gone <= job.end ? at(gone + clock) : null));
        }
    }
}
