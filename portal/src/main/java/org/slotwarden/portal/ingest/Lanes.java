package org.slotwarden.portal.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import org.slotwarden.portal.database.DatabaseServer;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.job.HeardLate;
import org.slotwarden.portal.job.JobEvents.JobFellSilent;
import org.slotwarden.portal.job.Listening;
import org.slotwarden.wire.v1.ReportAnswer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/** Leads each node's batches into one of a few lanes, always the same. They run as long as the web server does. */
@Component
class Lanes implements SmartLifecycle, RowCache, HeardLate {

    private static final Duration END = Duration.ofSeconds(20);

    private final List<Lane> lanes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CatchUp catchUp;
    private final DatabaseServer database;

    Lanes(
            Ingest ingest,
            IngestMeters meters,
            IngestSettings settings,
            CatchUp catchUp,
            ObjectProvider<RowCache> caches,
            DatabaseServer database,
            Listening listening,
            MeterRegistry registry,
            Clock clock) {
        this.catchUp = catchUp;
        this.database = database;
        var surroundings = new Lane.Surroundings() {
            @Override
            public int slots() {
                return Lanes.this.slots();
            }

            @Override
            public void databaseIsBack() {
                if (!database.isSame()) {
                    caches.forEach(RowCache::forget);
                }
            }

            @Override
            public void wasDeaf(Instant since) {
                listening.wasDeaf(since, clock.instant());
            }
        };
        for (int i = 0; i < settings.lanes(); i++) {
            lanes.add(new Lane(ingest, meters, settings, clock, surroundings));
        }
        gauge(registry, "live.slots", "Slots that report", Lanes::slots);
        gauge(registry, "waiting.seconds", "Age of the batch that has waited longest", Lanes::waitingSeconds);
        gauge(registry, "unshown.seconds", "Age of the figures that lists show next", Lanes::unshownSeconds);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Lanes> value) {
        Gauge.builder("slotwarden.ingest." + name, this, value)
                .description(description)
                .register(registry);
    }

    CompletableFuture<ReportAnswer> put(Contents contents) {
        return lanes.get((int) (contents.node().id() % lanes.size())).put(contents);
    }

    int slots() {
        return lanes.stream().mapToInt(Lane::slots).sum();
    }

    double waitingSeconds() {
        return lanes.stream().mapToDouble(Lane::waitingSeconds).max().orElse(0);
    }

    double unshownSeconds() {
        return lanes.stream().mapToDouble(Lane::unshownSeconds).max().orElse(0);
    }

    /** From its report to its being shown as heard of. */
    @Override
    public Duration late() {
        return Duration.ofMillis(Math.round(1000 * (waitingSeconds() + unshownSeconds())));
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(JobFellSilent silent) {
        lanes.forEach(lane -> lane.doubt(silent.jobId()));
    }

    @Override
    public void forget() {
        lanes.forEach(Lane::doubtAll);
    }

    @Override
    public void start() {
        catchUp.run();
        database.isSame();
        for (int i = 0; i < lanes.size(); i++) {
            threads.add(Thread.ofPlatform().name("lane-" + (i + 1)).start(lanes.get(i)));
        }
    }

    @Override
    public void stop() {
        lanes.forEach(Lane::end);
        try {
            for (Thread thread : threads) {
                if (!thread.join(END)) {
                    thread.interrupt();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return !threads.isEmpty();
    }

    /** Before the web server, and so after it at the end. */
    @Override
    public int getPhase() {
        return 0;
    }
}
