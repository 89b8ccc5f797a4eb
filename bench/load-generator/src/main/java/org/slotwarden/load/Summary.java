package org.slotwarden.load;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slotwarden.load.Tally.Counts;

/** What was done between two moments. */
record Summary(Counts from, Counts to) {

    /** @param end counts of the whole run, warm-up and end included */
    void print(Site site, Told told, Counts end, Map<String, LongAdder> answers, boolean json) {
        double seconds = (to.nanos() - from.nanos()) / 1e9;
        long samples = to.samples() - from.samples();
        long requests = to.requests() - from.requests();
        double cpu = to.cpuSeconds() - from.cpuSeconds();
        Latencies latencies = to.latencies();
        if (json) {
            System.out.printf(
                    Locale.ROOT,
                    "{\"slots\": %d, \"nodes\": %d, \"seconds\": %.3f, \"samples\": %d, \"samples_per_second\": %.1f, "
                            + "\"requests\": %d, \"body_bytes\": %d, \"cpu_seconds\": %.3f, \"latency_ms\": {\"p50\": %.2f, "
                            + "\"p90\": %.2f, \"p99\": %.2f, \"max\": %.2f}, \"retries\": %d, \"busy\": %d, "
                            + "\"total_samples\": %d, \"total_requests\": %d, \"total_retries\": %d, \"total_busy\": %d, "
                            + "\"refused\": %d, \"rejected\": %d, \"facts_asked\": %d, \"twice_samples\": %d, "
                            + "\"steps\": %d, \"answers\": {%s}}%n",
                    site.nodes() * site.slots(),
                    site.nodes(),
                    seconds,
                    samples,
                    samples / seconds,
                    requests,
                    to.bytes() - from.bytes(),
                    cpu,
                    latencies.milliseconds(0.5),
                    latencies.milliseconds(0.9),
                    latencies.milliseconds(0.99),
                    latencies.mostMilliseconds(),
                    to.retries() - from.retries(),
                    to.busy() - from.busy(),
                    end.samples(),
                    end.requests(),
                    end.retries(),
                    end.busy(),
                    end.refused(),
                    end.rejected(),
                    end.factsAsked(),
                    end.twice(),
                    told.lastStep() + 1,
                    answers.entrySet().stream()
                            .map(answer -> "\"" + answer.getKey() + "\": " + answer.getValue())
                            .collect(Collectors.joining(", ")));
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "%d nodes of %d slots; %d samples acknowledged in %.1f s: %.0f samples/s in %d requests of %.0f bytes%n",
                site.nodes(),
                site.slots(),
                samples,
                seconds,
                samples / seconds,
                requests,
                requests == 0 ? 0.0 : (double) (to.bytes() - from.bytes()) / requests);
        System.out.printf(
                Locale.ROOT,
                "latency ms: p50 %.1f, p90 %.1f, p99 %.1f, max %.1f; own processor time %.2f s, %.2f us a sample%n",
                latencies.milliseconds(0.5),
                latencies.milliseconds(0.9),
                latencies.milliseconds(0.99),
                latencies.mostMilliseconds(),
                cpu,
                samples == 0 ? 0.0 : 1e6 * cpu / samples);
        System.out.printf(
                Locale.ROOT,
                "whole run: %d steps, %d samples, %d requests, %d of its samples twice on purpose; %d retries, %d answers "
                        + "503 or 429, %d reports refused, %d batches rejected, facts of jobs asked for %d times; answers %s%n",
                told.lastStep() + 1,
                end.samples(),
                end.requests(),
                end.twice(),
                end.retries(),
                end.busy(),
                end.refused(),
                end.rejected(),
                end.factsAsked(),
                answers);
    }
}
