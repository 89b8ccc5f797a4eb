package org.slotwarden.load;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What all senders together have done. */
final class Tally {

    final LongAdder samples = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder twice = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder busy = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder factsAsked = new LongAdder();
    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
    private Latencies latencies = new Latencies();

    /** A request that was answered with 2xx. */
    void answered(int size, long nanos) {
        requests.increment();
        bytes.add(size);
        synchronized (this) {
            latencies.add(nanos);
        }
    }

    /** @param what status of an answer, or why there was none */
    void answer(String what) {
        answers.computeIfAbsent(what, key -> new LongAdder()).increment();
    }

    /** How often each answer came. */
    Map<String, LongAdder> answers() {
        return answers;
    }

    /** All so far. @param forget whether latencies begin anew */
    synchronized Counts now(boolean forget) {
        Latencies until = latencies;
        if (forget) {
            latencies = new Latencies();
        }
        return new Counts(
                System.nanoTime(),
                cpuSeconds(),
                samples.sum(),
                requests.sum(),
                bytes.sum(),
                twice.sum(),
                retries.sum(),
                busy.sum(),
                refused.sum(),
                rejected.sum(),
                factsAsked.sum(),
                until);
    }

    /** User and system time of this process. */
    private static double cpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(java.time.Duration::toNanos)
                        .orElse(0L)
                / 1e9;
    }

    /**
     * Sums since the start.
     *
     * @param samples acknowledged; what was sent twice on purpose counts once
     * @param busy answers 503 and 429
     * @param refused reports that the portal will never store
     * @param rejected batches that the portal did not want (4xx)
     * @param factsAsked batches that were sent again with the facts of the jobs
     */
    record Counts(
            long nanos,
            double cpuSeconds,
            long samples,
            long requests,
            long bytes,
            long twice,
            long retries,
            long busy,
            long refused,
            long rejected,
            long factsAsked,
            Latencies latencies) {}
}
