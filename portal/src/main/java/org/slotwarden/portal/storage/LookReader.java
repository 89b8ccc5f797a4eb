package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageQueue;
import org.slotwarden.wire.v1.StorageReport;
import org.slotwarden.wire.v1.StorageTrouble;
import org.springframework.http.HttpStatus;

/**
 * Checks a report. What is wrong with the report itself refuses it. A mover that cannot be is left out, and a figure that
 * cannot be counts as not told: users choose the names of their files, and one of them must not blind the watch.
 */
final class LookReader {

    private static final int MOST_TROUBLES = 100;
    private static final int MOST_RESULTS = 1000;
    private static final int MOST_QUEUES = 50;
    private static final int MOST_GROUPS = 50;
    private static final int NAME = 255;
    private static final int WORD = 64;

    private final Set<String> faults = new LinkedHashSet<>();
    private final LookValues values;

    /** @param now by the clock of the portal */
    LookReader(Instant now) {
        this.values = new LookValues(now, faults);
    }

    /** What was left out, one sentence each, without anything that the watch can make up. */
    Set<String> faults() {
        return faults;
    }

    /** @throws ReportRefused when the report cannot be stored */
    Look read(StorageReport report, ReportingWatch watch) {
        if (report.getContractVersion() < 1) {
            throw refused("contract_version is missing: this is no storage report");
        }
        if (report.getContractVersion() > WireContract.VERSION) {
            throw refused(
                    "contract_version may be " + WireContract.VERSION + " at most: the portal is older than the watch");
        }
        if (!report.getStorage().equals(watch.name())) {
            throw new ReportRefused(
                    HttpStatus.FORBIDDEN, "The token belongs to another storage system than the report");
        }
        Instant lookedAt = values.time(report.getLookedAtMs());
        if (lookedAt == null || values.time(report.getSentAtMs()) == null) {
            throw refused("looked_at_ms or sent_at_ms is before the year 2000 or in the future: set the watch's clock");
        }
        if (report.getTroublesCount() > MOST_TROUBLES) {
            throw refused("There are more than " + MOST_TROUBLES + " troubles");
        }
        return new Look(
                lookedAt,
                report.hasGatheredAtMs() ? values.time(report.getGatheredAtMs()) : null,
                values.time(report.getStartedAtMs()),
                LookValues.text(report.getWatchVersion(), WORD),
                report.hasSoftware() ? LookValues.text(report.getSoftware(), 128) : null,
                switch (report.getSource()) {
                    case REST -> StorageStatus.Source.REST;
                    case PUBLIC_PAGES -> StorageStatus.Source.PUBLIC_PAGES;
                    case REPLAY -> StorageStatus.Source.REPLAY;
                    default -> StorageStatus.Source.UNKNOWN;
                },
                report.hasPollIntervalSeconds() ? values.interval(report.getPollIntervalSeconds()) : null,
                report.getMayRelease(),
                pools(report.getPoolsList()),
                movers(report.getMoversList()),
                records(report.getRecordsList()),
                report.getTroublesList().stream()
                        .map(this::trouble)
                        .filter(Objects::nonNull)
                        .toList(),
                results(report.getReleaseResultsList()),
                hosts(report.getHostsList()));
    }

    static ReportRefused refused(String why) {
        return new ReportRefused(HttpStatus.BAD_REQUEST, why);
    }

    private List<Look.Pool> pools(List<StoragePool> told) {
        Map<String, Look.Pool> pools = new LinkedHashMap<>();
        for (StoragePool pool : told) {
            String name = LookValues.text(pool.getName(), NAME);
            if (name == null) {
                faults.add("a pool without a name was left out");
                continue;
            }
            pools.putIfAbsent(name, new Look.Pool(name, pool.getUnread(), groups(pool), queues(pool)));
        }
        return List.copyOf(pools.values());
    }

    private String groups(StoragePool pool) {
        return pool.getGroupsList().stream()
                .limit(MOST_GROUPS)
                .map(group -> LookValues.text(group.replace(',', ' '), NAME))
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining(","));
    }

    private List<Look.Queue> queues(StoragePool pool) {
        Map<String, Look.Queue> queues = new LinkedHashMap<>();
        for (StorageQueue queue : pool.getQueuesList()) {
            String name = LookValues.text(queue.getName(), WORD);
            if (name == null || queues.size() >= MOST_QUEUES) {
                faults.add("a queue without a name, or more than " + MOST_QUEUES + " of a pool, were left out");
                continue;
            }
            queues.putIfAbsent(
                    name,
                    new Look.Queue(
                            name,
                            queue.getDefaultQueue(),
                            queue.hasActive() ? values.count(queue.getActive()) : null,
                            queue.hasMaxActive() ? values.count(queue.getMaxActive()) : null,
                            queue.hasQueued() ? values.count(queue.getQueued()) : null));
        }
        return List.copyOf(queues.values());
    }

    private List<SeenMover> movers(List<StorageMover> told) {
        Map<SeenMover.Identity, SeenMover> movers = new LinkedHashMap<>();
        for (StorageMover mover : told) {
            String pool = LookValues.text(mover.getPool(), NAME);
            Instant submittedAt = values.time(mover.getSubmittedAtMs());
            if (pool == null || submittedAt == null) {
                faults.add("a mover without a pool, or submitted before the year 2000 or in the future, was left out");
                continue;
            }
            SeenMover seen = mover(mover, pool, submittedAt);
            movers.putIfAbsent(seen.identity(), seen);
        }
        return List.copyOf(movers.values());
    }

    private SeenMover mover(StorageMover mover, String pool, Instant submittedAt) {
        Mover.State state = switch (mover.getState()) {
            case QUEUED -> Mover.State.QUEUED;
            case RUNNING -> Mover.State.RUNNING;
            case UNCONFIRMED -> Mover.State.UNCONFIRMED;
            default -> Mover.State.UNKNOWN;
        };
        return new SeenMover(
                pool,
                mover.getMoverId(),
                submittedAt,
                Objects.requireNonNullElse(LookValues.text(mover.getQueue(), WORD), ""),
                state,
                mover.hasStateText() ? LookValues.text(mover.getStateText(), WORD) : null,
                mover.hasStartedAtMs() ? values.time(mover.getStartedAtMs()) : null,
                mover.hasLastIoAtMs() ? values.time(mover.getLastIoAtMs()) : null,
                mover.hasBytes() ? values.bytes(mover.getBytes()) : null,
                direction(mover.getDirection()),
                mover.hasProtocol() ? LookValues.text(mover.getProtocol(), WORD) : null,
                mover.hasDoor() ? LookValues.text(mover.getDoor(), NAME) : null,
                mover.hasSessionStatus() ? LookValues.text(mover.getSessionStatus(), NAME) : null,
                mover.hasPath() ? LookValues.text(mover.getPath(), 4096) : null,
                mover.hasFileId() ? LookValues.text(mover.getFileId(), WORD) : null,
                new SeenMover.Client(
                        mover.hasClientAddress() ? values.address(mover.getClientAddress()) : null,
                        values.chain(mover.getClientChainList()),
                        mover.hasClientPort() ? values.port(mover.getClientPort()) : null,
                        mover.hasClientProcess() ? values.number(mover.getClientProcess()) : null,
                        mover.hasUser() ? LookValues.text(mover.getUser(), NAME) : null,
                        mover.hasUid() ? values.number(mover.getUid()) : null,
                        mover.hasGid() ? values.number(mover.getGid()) : null,
                        mover.hasStorageEndpoint() ? LookValues.text(mover.getStorageEndpoint(), WORD) : null));
    }

    private List<Look.EndedMover> records(List<MoverRecord> told) {
        Map<String, Look.EndedMover> records = new LinkedHashMap<>();
        for (MoverRecord record : told) {
            String pool = LookValues.text(record.getPool(), NAME);
            Instant endedAt = values.time(record.getEndedAtMs());
            String session = LookValues.text(record.getSession(), 128);
            if (pool == null || endedAt == null || session == null) {
                faults.add("a record without a pool or session, or ended before the year 2000 or in the future,"
                        + " was left out");
                continue;
            }
            records.putIfAbsent(session, record(record, pool, endedAt, session));
        }
        return List.copyOf(records.values());
    }

    private Look.EndedMover record(MoverRecord record, String pool, Instant endedAt, String session) {
        return new Look.EndedMover(
                pool,
                endedAt,
                session,
                record.hasHeldSeconds() ? values.seconds(record.getHeldSeconds()) : null,
                record.hasQueuedSeconds() ? values.seconds(record.getQueuedSeconds()) : null,
                record.hasBytes() ? values.bytes(record.getBytes()) : null,
                direction(record.getDirection()),
                record.hasProtocol() ? LookValues.text(record.getProtocol(), WORD) : null,
                record.hasPath() ? LookValues.text(record.getPath(), 4096) : null,
                record.hasFileId() ? LookValues.text(record.getFileId(), WORD) : null,
                record.hasStatus() ? (Integer) record.getStatus() : null,
                record.hasStatusText() ? LookValues.text(record.getStatusText(), NAME) : null,
                new SeenMover.Client(
                        record.hasClientAddress() ? values.address(record.getClientAddress()) : null,
                        List.of(),
                        record.hasClientPort() ? values.port(record.getClientPort()) : null,
                        null,
                        record.hasUser() ? LookValues.text(record.getUser(), NAME) : null,
                        record.hasUid() ? values.number(record.getUid()) : null,
                        record.hasGid() ? values.number(record.getGid()) : null,
                        record.hasStorageEndpoint() ? LookValues.text(record.getStorageEndpoint(), WORD) : null));
    }

    private Look.@Nullable Trouble trouble(StorageTrouble trouble) {
        String kind = LookValues.text(trouble.getKind(), 32);
        if (kind == null) {
            faults.add("a trouble without a kind was left out");
            return null;
        }
        String text = LookValues.text(trouble.getText(), 500);
        return new Look.Trouble(
                kind,
                text == null ? kind : text,
                trouble.hasSinceMs() ? values.time(trouble.getSinceMs()) : null,
                trouble.hasPool() ? LookValues.text(trouble.getPool(), NAME) : null);
    }

    private List<Look.Result> results(List<ReleaseResult> told) {
        List<Look.Result> results = new ArrayList<>();
        for (ReleaseResult result : told.subList(0, Math.min(told.size(), MOST_RESULTS))) {
            MoverRelease.State state = switch (result.getOutcome()) {
                case DONE -> MoverRelease.State.DONE;
                case GONE -> MoverRelease.State.GONE;
                case REFUSED -> MoverRelease.State.REFUSED;
                default -> MoverRelease.State.FAILED;
            };
            Instant doneAt = values.time(result.getDoneAtMs());
            results.add(new Look.Result(
                    result.getOrderId(),
                    state,
                    result.hasDetail() ? LookValues.text(result.getDetail(), 300) : null,
                    doneAt == null ? values.now() : doneAt));
        }
        return results;
    }

    private List<Look.Host> hosts(List<StorageHost> told) {
        Set<Look.Host> hosts = new TreeSet<>((one, other) -> {
            int by = one.address().compareTo(other.address());
            by = by != 0 ? by : Integer.compare(one.port(), other.port());
            by = by != 0 ? by : one.role().compareTo(other.role());
            return by != 0 ? by : one.name().compareTo(other.name());
        });
        for (StorageHost host : told) {
            String address = values.address(host.getAddress());
            String name = LookValues.text(host.getName(), NAME);
            Integer port = host.hasPort() ? values.port(host.getPort()) : (Integer) 0;
            if (address != null && port != null) {
                String role = switch (host.getRole()) {
                    case DOOR -> "DOOR";
                    case POOL -> "POOL";
                    default -> "OTHER";
                };
                hosts.add(new Look.Host(address, port, role, name == null ? "" : name));
            }
        }
        return List.copyOf(hosts);
    }

    private static @Nullable String direction(StorageMover.Direction direction) {
        return switch (direction) {
            case READ -> "READ";
            case WRITE -> "WRITE";
            default -> null;
        };
    }
}
