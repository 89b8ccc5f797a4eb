package org.slotwarden.storagewatch.dcache;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.storage.Look;
import org.slotwarden.storagewatch.storage.Storage;
import org.slotwarden.storagewatch.storage.Troubles;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;

/**
 * dCache's frontend for administrators. One look asks, one after the other: the pools, the transfers that doors have,
 * the queues of few groups, and the movers of each pool. A pool that does not answer is unread and the look goes on;
 * the pools that were read longest ago come first, those that failed last.
 */
public final class DcacheFrontend implements Storage {

    private static final long MAX_TRANSFERS_BYTES = 128L << 20;
    private static final long MAX_LIST_BYTES = 16L << 20;
    private static final int PAGE = 1_000;
    private static final int MOST_PAGES = 60;
    private static final Duration ACCOUNT_GOOD_FOR = Duration.ofMinutes(5);
    private static final Duration HOSTS_GOOD_FOR = Duration.ofMinutes(10);
    private static final Duration POOL_HOSTS_GOOD_FOR = Duration.ofHours(12);

    /** dCache collects once a minute. */
    private static final Duration COLLECTOR_PATIENCE = Duration.ofMinutes(5);

    private final Frontend frontend;
    private final Duration lookLimit;
    private final HostBook hosts;
    private final Troubles troubles;
    private final Clock clock;

    private final QueueNames queueNames = new QueueNames();
    private final Map<String, Long> readAt = new HashMap<>();
    private final Set<String> failing = new HashSet<>();
    private PoolList pools = new PoolList();
    private Map<String, PoolQueues.Queues> queues = Map.of();
    private Identities before = Identities.NONE;
    private String software = "";
    private long accountCheckedMs;
    private long doorsReadMs;
    private long hostsAskedMs;

    /** @param memory folder in which a refused login is remembered */
    public DcacheFrontend(URI url, Access access, Path memory, HostBook hosts, Troubles troubles, Clock clock) {
        this.frontend = new Frontend(url, access, new Login(access, memory.resolve("login-refused"), clock));
        this.lookLimit = access.lookLimit();
        this.hosts = hosts;
        this.troubles = troubles;
        this.clock = clock;
        this.hostsAskedMs = clock.millis();
    }

    /** Who dCache says that we are. */
    Account account() throws Refusal, InterruptedException {
        return frontend.get("/api/v1/user", MAX_LIST_BYTES, (body, headers) -> {
            headers.server().ifPresent(name -> software = PlainText.line(name.replace('/', ' '), 100));
            return Account.read(body);
        });
    }

    void begin() {
        frontend.begin(lookLimit);
    }

    /** Asks for each resource once, for a check. */
    void reach(String what) throws Refusal, InterruptedException {
        switch (what) {
            case "pools" -> pools = readPools();
            case "transfers" -> transfers(new Transfers(WireContract.MAX_MOVERS, Identities.NONE));
            case "queues" -> {
                for (String group : pools.groupsToAsk()) {
                    readQueues(group);
                }
            }
            case "movers" -> {
                for (String pool : pools.names().stream().limit(1).toList()) {
                    readMovers(pool, WireContract.MAX_MOVERS);
                }
            }
            case "doors" -> readDoors();
            default -> throw new IllegalArgumentException(what);
        }
    }

    int poolCount() {
        return pools.names().size();
    }

    @Override
    public Look look() throws InterruptedException {
        begin();
        List<StorageMover> movers = new ArrayList<>();
        Set<String> unread = new HashSet<>();
        try {
            checkAccount();
            pools = readPools();
            if (pools.names().isEmpty()) {
                troubles.add("failed", "dCache names no pool: is its pool manager up?");
            }
            Transfers transfers = new Transfers(WireContract.MAX_MOVERS, before);
            readTransfers(transfers);
            readAllQueues();
            readAllMovers(transfers, movers, unread);
            lookForHosts();
            before = new Identities(movers);
        } catch (Refusal e) {
            accountCheckedMs = 0;
            troubles.add(Kinds.of(e), e.text());
            // Nothing is said of any pool, known as they are from before.
            movers.clear();
            unread.addAll(pools.names());
            queues = defaultNames(Map.of());
        }
        return new Look(
                StorageReport.Source.REST,
                Optional.of(software).filter(name -> !name.isEmpty()),
                // Pools tell what is now; that names may be a minute older is how dCache always is.
                OptionalLong.empty(),
                told(unread),
                movers,
                hosts.hosts(),
                frontend.leaveAlone());
    }

    private void checkAccount() throws Refusal, InterruptedException {
        if (clock.millis() - accountCheckedMs < ACCOUNT_GOOD_FOR.toMillis()) {
            return;
        }
        Account account = account();
        if (!account.admin()) {
            throw new Refusal(Refusal.Kind.NOT_ALLOWED, account.complaint());
        }
        accountCheckedMs = clock.millis();
    }

    private PoolList readPools() throws Refusal, InterruptedException {
        PoolList list = frontend.get("/api/v1/pools", MAX_LIST_BYTES, (body, headers) -> PoolList.read(body));
        if (list.leftOut() > 0) {
            troubles.add("too-large", list.leftOut() + " pools are left out: too many, or with names that are none");
        }
        return list;
    }

    /** What could not be read of them costs only users and clients: movers are known from the pools. */
    private void readTransfers(Transfers transfers) throws Refusal, InterruptedException {
        OptionalLong dcacheNow = OptionalLong.empty();
        try {
            dcacheNow = transfers(transfers);
            if (transfers.timeOfCreation().isEmpty()) {
                troubles.add(
                        "collector-dead",
                        "dCache does not say when its collector of transfers worked last, so it may never have:"
                                + " who holds movers is not known. If it stays, restart the frontend's domain");
            }
        } catch (Refusal e) {
            if (needless(e)) {
                throw e;
            }
            troubles.add(Kinds.of(e), e.text() + ". Movers of which it says nothing are without user, client and path");
        }
        if (transfers.tooMany()) {
            troubles.add(
                    "too-large",
                    "dCache has more than " + WireContract.MAX_MOVERS + " transfers; the others are left out");
        }
        OptionalLong created = transfers.timeOfCreation();
        if (created.isPresent()) {
            long age = dcacheNow.orElse(clock.millis()) - created.getAsLong();
            if (age > COLLECTOR_PATIENCE.toMillis()) {
                troubles.add(
                        "collector-dead",
                        "dCache's collector of transfers has not worked for " + age / 60_000
                                + " minutes: who holds new movers is not known. Restart the frontend's domain");
            }
        }
    }

    /** dCache's clock with the answer. */
    private OptionalLong transfers(Transfers transfers) throws Refusal, InterruptedException {
        return frontend.get("/api/v1/transfers", MAX_TRANSFERS_BYTES, (body, headers) -> {
            transfers.read(body);
            return headers.dateMs();
        });
    }

    private void readAllQueues() throws Refusal, InterruptedException {
        Map<String, PoolQueues.Queues> all = new HashMap<>();
        for (String group : pools.groupsToAsk()) {
            try {
                all.putAll(readQueues(group));
            } catch (Refusal e) {
                if (needless(e)) {
                    throw e;
                }
                troubles.add("queues-unread", e.text());
            }
        }
        queues = defaultNames(all);
    }

    /** These, and of other pools the names of their default queues, which stay known when the figures are not. */
    private Map<String, PoolQueues.Queues> defaultNames(Map<String, PoolQueues.Queues> read) {
        Map<String, PoolQueues.Queues> all = new HashMap<>(read);
        for (String pool : pools.names()) {
            PoolQueues.Queues known = queues.get(pool);
            if (known != null) {
                all.putIfAbsent(pool, new PoolQueues.Queues(known.defaultName(), List.of()));
            }
        }
        return all;
    }

    private Map<String, PoolQueues.Queues> readQueues(String group) throws Refusal, InterruptedException {
        return frontend.get(
                "/api/v1/poolgroups/" + Frontend.escaped(group) + "/queues",
                MAX_LIST_BYTES,
                (body, headers) -> PoolQueues.read(body));
    }

    private void readAllMovers(Transfers transfers, List<StorageMover> movers, Set<String> unread)
            throws Refusal, InterruptedException {
        Map<MoverKey, StorageMover.Builder> doors = transfers.movers();
        Set<String> states = new TreeSet<>();
        List<String> order = new ArrayList<>(pools.names());
        order.sort(Comparator.<String, Boolean>comparing(failing::contains)
                .thenComparing(pool -> readAt.getOrDefault(pool, 0L)));
        readAt.keySet().retainAll(pools.names());
        failing.retainAll(pools.names());
        boolean stop = false;
        int away = 0;
        int notAsked = 0;
        for (String pool : order) {
            if (stop || frontend.over()) {
                unread.add(pool);
                notAsked++;
                continue;
            }
            try {
                PoolMovers read = readMovers(pool, WireContract.MAX_MOVERS - movers.size());
                complain(pool, read);
                states.addAll(read.unknownStates());
                readAt.put(pool, clock.millis());
                failing.remove(pool);
                away = 0;
                if (read.tooMany()) {
                    unread.add(pool);
                    continue;
                }
                for (StorageMover.Builder mover : read.movers()) {
                    MoverKey key = new MoverKey(pool, mover.getMoverId(), mover.getSubmittedAtMs());
                    movers.add(joined(doors.remove(key), mover));
                }
            } catch (Refusal e) {
                if (e.kind() == Refusal.Kind.REFUSED_LOGIN || e.kind() == Refusal.Kind.NOT_ALLOWED) {
                    throw e;
                }
                unread.add(pool);
                away = e.kind() == Refusal.Kind.AWAY ? away + 1 : 0;
                if (e.kind() == Refusal.Kind.BUSY || away > 1) {
                    stop = true;
                    troubles.add(Kinds.of(e), e.text());
                } else {
                    failing.add(pool);
                    troubles.add("pool-unread", e.text(), pool);
                }
            }
        }
        if (!stop && notAsked > 0) {
            troubles.add(
                    "slow",
                    "dCache took longer than the " + lookLimit.toSeconds() + " s of a look: " + notAsked
                            + " pools were not asked and come first next time");
        }
        if (!states.isEmpty()) {
            troubles.add("unknown-state", "movers are in states that this watch does not know: " + states);
        }
        // A pool that was read has no other movers: what doors still say of them has ended.
        doors.forEach((key, mover) -> {
            if (unread.contains(key.pool()) && movers.size() < WireContract.MAX_MOVERS) {
                movers.add(mover.setState(StorageMover.State.UNCONFIRMED)
                        .setQueue(queueNames.of(key.pool(), key.id(), defaultQueue(key.pool())))
                        .build());
            }
        });
    }

    /** No other question would fare better. */
    private static boolean needless(Refusal e) {
        return switch (e.kind()) {
            case AWAY, REFUSED_LOGIN, NOT_ALLOWED -> true;
            default -> false;
        };
    }

    private void complain(String pool, PoolMovers read) {
        if (read.clockAhead() > 0) {
            troubles.add("clock-ahead", "times of movers lie in the future: is the pool's clock right?", pool);
        }
        if (read.unreadable() > 0) {
            troubles.add("mover-unread", read.unreadable() + " movers without id or time of submission", pool);
        }
        if (read.tooMany()) {
            troubles.add(
                    "too-large", "more than " + WireContract.MAX_MOVERS + " movers: this pool's are left out", pool);
        }
    }

    private PoolMovers readMovers(String pool, int most) throws Refusal, InterruptedException {
        PoolMovers movers = new PoolMovers(pool, clock.millis(), most);
        String path = "/api/v1/pools/" + Frontend.escaped(pool) + "/movers";
        long[] total = new long[1];
        int read = frontend.get(path, MAX_LIST_BYTES, (body, headers) -> {
            total[0] = headers.total().orElse(0);
            return movers.read(body);
        });
        // dCache bounds a list, and says how long it would be.
        for (int page = 0; read < total[0] && page < MOST_PAGES; page++) {
            int more = frontend.get(
                    path + "?offset=" + read + "&limit=" + PAGE, MAX_LIST_BYTES, (body, headers) -> movers.read(body));
            if (more == 0) {
                break; // some have ended meanwhile
            }
            read += more;
        }
        return movers;
    }

    /** What the pool says of a mover, and what its door says of it where that is known. */
    private StorageMover joined(StorageMover.@Nullable Builder door, StorageMover.Builder pool) {
        String queue = pool.getQueue().isEmpty() ? defaultQueue(pool.getPool()) : pool.getQueue();
        if (!queue.isEmpty()) {
            queueNames.learn(pool.getPool(), pool.getMoverId(), queue);
        }
        StorageMover own = pool.setQueue(queue).build();
        if (door == null) {
            return own;
        }
        // The pool's word is newer, and where it says nothing of these, nobody knows.
        return door.clearState()
                .clearStateText()
                .clearBytes()
                .clearStartedAtMs()
                .mergeFrom(own)
                .build();
    }

    private String defaultQueue(String pool) {
        return queues.getOrDefault(pool, PoolQueues.Queues.UNKNOWN).defaultName();
    }

    private List<StoragePool> told(Set<String> unread) {
        List<StoragePool> all = new ArrayList<>();
        for (String pool : pools.names()) {
            all.add(StoragePool.newBuilder()
                    .setName(pool)
                    .setUnread(unread.contains(pool))
                    .addAllQueues(
                            queues.getOrDefault(pool, PoolQueues.Queues.UNKNOWN).queues())
                    .addAllGroups(pools.groups(pool))
                    .build());
        }
        return all;
    }

    /** Not worth a failed look: what is not known now is asked for next time. */
    private void lookForHosts() throws InterruptedException {
        if (frontend.over()) {
            return;
        }
        try {
            if (clock.millis() - hostsAskedMs > POOL_HOSTS_GOOD_FOR.toMillis()) {
                hosts.askAgain();
                hostsAskedMs = clock.millis();
            }
            if (clock.millis() - doorsReadMs > HOSTS_GOOD_FOR.toMillis()) {
                readDoors();
                doorsReadMs = clock.millis();
            }
        } catch (Refusal e) {
            troubles.add("hosts-unread", e.text());
        }
        for (String pool : hosts.unasked(pools.names())) {
            if (frontend.over()) {
                return;
            }
            if (failing.contains(pool)) {
                continue;
            }
            try {
                frontend.get("/api/v1/pools/" + Frontend.escaped(pool) + "/usage", MAX_LIST_BYTES, (body, headers) -> {
                    hosts.readPool(pool, body);
                    return pool;
                });
            } catch (Refusal e) {
                if (needless(e) || e.kind() == Refusal.Kind.BUSY) {
                    return;
                }
                hosts.notTold(pool);
            }
        }
    }

    private void readDoors() throws Refusal, InterruptedException {
        frontend.get("/api/v1/doors", MAX_LIST_BYTES, (body, headers) -> {
            hosts.readDoors(body);
            return hosts;
        });
    }

    @Override
    public ReleaseResult.Builder release(ReleaseOrder order) throws InterruptedException {
        begin();
        MoverKey meant = new MoverKey(order.getPool(), order.getMoverId(), order.getSubmittedAtMs());
        try {
            boolean idTaken = false;
            boolean there = false;
            if (!pools.names().contains(meant.pool())) {
                pools = readPools();
            }
            if (!pools.names().contains(meant.pool())) {
                return gone("dCache has no pool of that name");
            }
            for (StorageMover.Builder mover :
                    readMovers(meant.pool(), Integer.MAX_VALUE).movers()) {
                boolean sameId = mover.getMoverId() == meant.id();
                idTaken |= sameId;
                there |= sameId && mover.getSubmittedAtMs() == meant.submittedMs();
            }
            if (!there) {
                return gone(idTaken ? "the pool has another mover with this id now" : "the pool has it no more");
            }
            frontend.delete("/api/v1/pools/" + Frontend.escaped(meant.pool()) + "/movers/" + meant.id());
            return ReleaseResult.newBuilder().setOutcome(ReleaseResult.Outcome.DONE);
        } catch (Refusal e) {
            return ReleaseResult.newBuilder()
                    .setOutcome(
                            e.kind() == Refusal.Kind.NOT_ALLOWED
                                    ? ReleaseResult.Outcome.REFUSED
                                    : ReleaseResult.Outcome.FAILED)
                    .setDetail(PlainText.cut(e.text(), WireContract.MAX_ORDER_DETAIL_BYTES));
        }
    }

    private static ReleaseResult.Builder gone(String detail) {
        return ReleaseResult.newBuilder().setOutcome(ReleaseResult.Outcome.GONE).setDetail(detail);
    }
}
