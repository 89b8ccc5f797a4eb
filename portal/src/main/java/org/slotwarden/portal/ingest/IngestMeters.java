package org.slotwarden.portal.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Counts what comes in: {@code slotwarden_ingest_*} in Prometheus. */
@Component
class IngestMeters {

    private final Counter samples;
    private final Counter batches;
    private final Counter bytes;
    private final Counter busy;
    private final Counter refused;
    private final Counter failed;
    private final DistributionSummary together;
    private final Timer commit;

    IngestMeters(MeterRegistry registry) {
        samples = counter(registry, "samples", "Job samples in batches that were stored");
        batches = counter(registry, "batches", "Batches that were stored");
        bytes = Counter.builder("slotwarden.ingest.bytes")
                .description("Of bodies, as they came")
                .baseUnit("bytes")
                .register(registry);
        busy = counter(registry, "busy", "Batches whose agents were asked to come back later");
        refused = counter(registry, "refused", "Batches that no agent should have sent");
        failed = counter(registry, "failed", "Batches that could not be stored for another reason");
        together = DistributionSummary.builder("slotwarden.ingest.group")
                .description("Samples stored in one transaction")
                .register(registry);
        commit = Timer.builder("slotwarden.ingest.commit")
                .description("From taking a group of batches to its commit")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("slotwarden.ingest." + name)
                .description(description)
                .register(registry);
    }

    <T> T commit(Supplier<T> store) {
        Timer.Sample begin = Timer.start();
        T stored = store.get();
        begin.stop(commit);
        return stored;
    }

    void stored(int samplesTogether, int batchesTogether) {
        samples.increment(samplesTogether);
        batches.increment(batchesTogether);
        together.record(samplesTogether);
    }

    void came(long length) {
        bytes.increment(length);
    }

    void wasBusy() {
        busy.increment();
    }

    void wasRefused() {
        refused.increment();
    }

    void hasFailed() {
        failed.increment();
    }

    /** Since the start. */
    record Totals(
            long samples,
            long batches,
            long bytes,
            long busy,
            long refused,
            long failed,
            long groups,
            double commitSeconds) {}

    Totals totals() {
        return new Totals(
                (long) samples.count(),
                (long) batches.count(),
                (long) bytes.count(),
                (long) busy.count(),
                (long) refused.count(),
                (long) failed.count(),
                commit.count(),
                commit.totalTime(TimeUnit.SECONDS));
    }
}
