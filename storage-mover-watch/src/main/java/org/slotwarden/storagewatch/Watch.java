package org.slotwarden.storagewatch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.storagewatch.billing.Records;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.send.Portal;
import org.slotwarden.storagewatch.send.Releases;
import org.slotwarden.storagewatch.storage.Look;
import org.slotwarden.storagewatch.storage.Storage;
import org.slotwarden.storagewatch.storage.Troubles;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageReport;

/**
 * Looks, reports, carries out what the portal orders, and again. A picture that the portal did not take is not kept:
 * the next one is newer. Records of ended movers and results of orders are told until it has them.
 */
final class Watch {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** Whoever ordered something waits to see what came of it. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);

    private final WatchConfig config;
    private final String version;
    private final Storage storage;
    private final Records records;
    private final Portal portal;
    private final Releases releases;
    private final Troubles troubles;
    private final Clock clock;
    private final long startedAtMs;
    private int failures;

    Watch(
            WatchConfig config,
            String version,
            Storage storage,
            Records records,
            Portal portal,
            Releases releases,
            Troubles troubles,
            Clock clock) {
        this.config = config;
        this.version = version;
        this.storage = storage;
        this.records = records;
        this.portal = portal;
        this.releases = releases;
        this.troubles = troubles;
        this.clock = clock;
        this.startedAtMs = clock.millis();
    }

    /** Does not return but by an interrupt. */
    void run() throws InterruptedException {
        while (true) {
            long begin = System.nanoTime();
            Duration pause = config.interval();
            try {
                pause = once();
            } catch (RuntimeException e) {
                LOG.error("a look failed, which is a fault of this program", e);
            }
            long left = pause.toNanos() - (System.nanoTime() - begin);
            Thread.sleep(Math.max(0, left / 1_000_000));
        }
    }

    /**
     * One look and its report.
     *
     * @return how long after its begin the next one is due
     */
    Duration once() throws InterruptedException {
        long lookedAt = clock.millis();
        long begin = System.nanoTime();
        Look look = storage.look();
        long tookMs = (System.nanoTime() - begin) / 1_000_000;
        List<MoverRecord> ended = ended();
        List<ReleaseResult> results = releases.waiting();
        StorageReport report = report(look, lookedAt, ended, results);
        LOG.debug("{} movers of {} pools in {} ms", report.getMoversCount(), report.getPoolsCount(), tookMs);
        try {
            StorageAnswer answer = portal.post(report);
            if (failures > 0) {
                LOG.info("the portal takes reports again, after {} failed attempts", failures);
                failures = 0;
            }
            records.accepted();
            releases.told(results);
            boolean released = releases.take(answer);
            return released ? longest(SOON, look.notBefore()) : pause(look, answer);
        } catch (Refusal e) {
            if (failures++ == 0) {
                LOG.warn("no report reaches the portal: {}", e.text());
            }
            return atMost(longest(longest(config.interval(), backoff(e)), look.notBefore()), LONGEST_PAUSE);
        }
    }

    private List<MoverRecord> ended() {
        try {
            List<MoverRecord> next = records.next();
            if (!records.complaint().isEmpty()) {
                troubles.add("billing-unread", records.complaint());
            }
            return next;
        } catch (IOException | UncheckedIOException e) { // a folder may be closed to us
            troubles.add("billing-unread", "records of ended movers cannot be read: " + e);
            return List.of();
        }
    }

    private StorageReport report(Look look, long lookedAt, List<MoverRecord> ended, List<ReleaseResult> results) {
        StorageReport.Builder report = StorageReport.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setStorage(config.storage())
                .setWatchVersion(version)
                .setSentAtMs(clock.millis())
                .setStartedAtMs(startedAtMs)
                .setLookedAtMs(lookedAt)
                .setSource(config.replay() ? StorageReport.Source.REPLAY : look.source())
                .setPollIntervalSeconds(config.interval().toMillis() / 1e3)
                .addAllPools(look.pools())
                .addAllMovers(look.movers())
                .addAllRecords(ended)
                .addAllTroubles(troubles.taken())
                .addAllReleaseResults(results)
                .addAllHosts(look.hosts())
                .setMayRelease(config.mayRelease());
        look.software().ifPresent(report::setSoftware);
        look.gatheredAtMs().ifPresent(report::setGatheredAtMs);
        return report.build();
    }

    private Duration pause(Look look, StorageAnswer answer) {
        Duration wanted = answer.hasNextLookInMs()
                ? longest(SOON, Duration.ofMillis(Integer.toUnsignedLong(answer.getNextLookInMs())))
                : config.interval();
        Duration next = wanted.compareTo(config.interval()) < 0 ? wanted : config.interval();
        return atMost(longest(next, look.notBefore()), LONGEST_PAUSE);
    }

    /** As the portal said, else longer after each failure, and a random part of it. */
    private Duration backoff(Refusal refusal) {
        if (refusal.retryAfter() != null) {
            return refusal.retryAfter();
        }
        if (refusal.kind() == Refusal.Kind.AWAY) {
            return config.interval();
        }
        long full = Math.min(LONGEST_BACKOFF.toMillis(), config.interval().toMillis() << Math.min(failures - 1, 10));
        return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
    }

    private static Duration longest(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration atMost(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
