package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.http.Remote;
import org.slotwarden.storagewatch.http.Trust;
import org.slotwarden.storagewatch.storage.Look;
import org.slotwarden.storagewatch.storage.Storage;
import org.slotwarden.storagewatch.storage.Troubles;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;

/**
 * What the old httpd shows to everybody, {@code /context/transfers.json} and {@code /info/pools}: up to five minutes
 * old, without the last input or output of a mover and without its queue.
 */
public final class PublicPages implements Storage {

    private static final long MAX_BYTES = 128L << 20;

    /** So old is what the pages say at most, which is assumed where no pool said anything of any mover. */
    private static final Duration OLDEST = Duration.ofMinutes(5);

    private final Remote remote;
    private final Duration timeout;
    private final HostBook hosts;
    private final Troubles troubles;
    private final Clock clock;
    private Identities before = Identities.NONE;

    public PublicPages(URI url, Trust trust, Duration timeout, HostBook hosts, Troubles troubles, Clock clock) {
        this.remote = new Remote("dCache's httpd", url, trust);
        this.timeout = timeout;
        this.hosts = hosts;
        this.troubles = troubles;
        this.clock = clock;
    }

    @Override
    public Look look() throws InterruptedException {
        InfoPools info = new InfoPools();
        Transfers transfers = new Transfers(WireContract.MAX_MOVERS, before);
        String[] software = {""};
        try {
            remote.ask("GET", "/info/pools", Map.of(), null, timeout, MAX_BYTES, (body, headers) -> {
                info.read(body);
                software[0] = headers.server().orElse("");
                return info;
            });
        } catch (Refusal e) {
            troubles.add("away", e.text());
            return failed();
        }
        boolean whole = true;
        try {
            remote.ask("GET", "/context/transfers.json", Map.of(), null, timeout, MAX_BYTES, (body, headers) -> {
                transfers.read(body);
                return transfers;
            });
        } catch (Refusal e) {
            whole = false;
            troubles.add(Kinds.of(e), e.text());
        }
        if (transfers.tooMany()) {
            whole = false;
            troubles.add("too-large", "more than " + WireContract.MAX_MOVERS + " movers; the others are left out");
        }
        long now = clock.millis();
        long gathered = Math.min(transfers.lastWordMs().orElse(now - OLDEST.toMillis()), now);
        troubles.add(
                "old-source",
                "figures are from public pages, up to five minutes old, without the last input or output of movers");
        List<StorageMover> movers = new ArrayList<>();
        transfers.movers().forEach((key, mover) -> {
            PoolQueues.Queues queues = info.queues().get(key.pool());
            if (queues != null) {
                movers.add(asTold(mover, key, queues));
            }
        });
        List<StoragePool> pools = new ArrayList<>();
        for (Map.Entry<String, PoolQueues.Queues> pool : info.queues().entrySet()) {
            pools.add(StoragePool.newBuilder()
                    .setName(pool.getKey())
                    .setUnread(!whole)
                    .addAllQueues(pool.getValue().queues())
                    .addAllGroups(info.groups().getOrDefault(pool.getKey(), List.of()))
                    .build());
        }
        before = new Identities(movers);
        return new Look(
                StorageReport.Source.PUBLIC_PAGES,
                Optional.of(software[0]).filter(name -> !name.isEmpty()),
                OptionalLong.of(gathered),
                pools,
                movers,
                hosts.hosts(),
                Duration.ZERO);
    }

    /** The collector asked the pool: what it says of the state is true for that moment. */
    private static StorageMover asTold(StorageMover.Builder mover, MoverKey key, PoolQueues.Queues queues) {
        switch (mover.getStateText()) {
            case "RUNNING" -> mover.setState(StorageMover.State.RUNNING).clearStateText();
            case "QUEUED" -> mover.setState(StorageMover.State.QUEUED).clearStateText();
            default -> mover.setState(StorageMover.State.UNCONFIRMED);
        }
        return mover.setQueue(QueueNames.isDefault(key.id()) ? queues.defaultName() : "")
                .build();
    }

    private Look failed() {
        return new Look(
                StorageReport.Source.PUBLIC_PAGES,
                Optional.empty(),
                OptionalLong.empty(),
                List.of(),
                List.of(),
                List.<StorageHost>of(),
                Duration.ZERO);
    }

    @Override
    public ReleaseResult.Builder release(ReleaseOrder order) {
        return ReleaseResult.newBuilder()
                .setOutcome(ReleaseResult.Outcome.REFUSED)
                .setDetail("movers cannot be ended through dCache's public pages");
    }

    /** Whether they can be read, for a check. */
    void reach() throws Refusal, InterruptedException {
        remote.ask("GET", "/info/pools", Map.of(), null, timeout, MAX_BYTES, (body, headers) -> {
            InfoPools info = new InfoPools();
            info.read(body);
            if (info.queues().isEmpty()) {
                throw new IOException("it names no pool");
            }
            return info;
        });
    }
}
