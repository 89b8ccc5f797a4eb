package org.slotwarden.storagewatch.dcache;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
 * the queues of few groups, and the movers of each pool.
 */
public final class DcacheFrontend implements Storage {

    private static final long MAX_TRANSFERS_BYTES = 128L << 20;
    private static final Duration ACCOUNT_GOOD_FOR = Duration.ofMinutes(5);

    /** dCache collects once a minute. */
    private static final Duration COLLECTOR_PATIENCE = Duration.ofMinutes(5);

    private final Frontend frontend;
    private final Duration lookLimit;
    private final HostBook hosts;
    private final MoverPages pages;
    private final MoverRound round;
    private final HostQuestions questions;
    private final Troubles troubles;
    private final Clock clock;

    private PoolList pools = new PoolList();
    private Map<String, PoolQueues.Queues> queues = Map.of();
    private Identities before = Identities.NONE;
    private String software = "";
    private long accountCheckedMs;

    /** @param memory folder in which a refused login is remembered */
    public DcacheFrontend(URI url, Access access, Path memory, HostBook hosts, Troubles troubles, Clock clock) {
        this.frontend = new Frontend(url, access, new Login(access, memory.resolve("login-refused"), clock));
        this.lookLimit = access.lookLimit();
        this.hosts = hosts;
        this.troubles = troubles;
        this.clock = clock;
        this.pages = new MoverPages(frontend, clock);
        this.round = new MoverRound(frontend, pages, this::defaultQueue, lookLimit, troubles, clock);
        this.questions = new HostQuestions(frontend, hosts, troubles, clock);
    }

    /** Who dCache says that we are. */
    Account account() throws Refusal, InterruptedException {
        return frontend.get("/api/v1/user", Frontend.MAX_LIST_BYTES, (body, headers) -> {
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
                    pages.read(pool, WireContract.MAX_MOVERS);
                }
            }
            case "doors" -> questions.readDoors();
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
            round.read(pools, transfers, movers, unread);
            questions.ask(pools, round);
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
        PoolList list = frontend.get("/api/v1/pools", Frontend.MAX_LIST_BYTES, (body, headers) -> PoolList.read(body));
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
            if (e.concernsAll()) {
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
                if (e.concernsAll()) {
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
                Frontend.MAX_LIST_BYTES,
                (body, headers) -> PoolQueues.read(body));
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
                    pages.read(meant.pool(), Integer.MAX_VALUE).movers()) {
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
