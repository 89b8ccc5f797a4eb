package org.slotwarden.portal.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeptLatestTest {

    private static final Instant BEGIN = Instant.parse("2026-11-23T08:00:00.125Z");

    private final KeptLatest kept = new KeptLatest();

    private static LatestSamples of(int second, double cores, Map<Metric, Double> levels) {
        Instant at = BEGIN.plusSeconds(second);
        return new LatestSamples(at.plusMillis(1), new JobSample(at, levels), cores);
    }

    @Test
    void saysWhatItWasTold() {
        assertThat(kept.latest()).isEqualTo(LatestSamples.NONE);
        LatestSamples some = of(0, 1.5, Map.of(Metric.CPU_USER_SECONDS, 3.0, Metric.PROCESSES, 2.0));

        kept.keep(some);

        assertThat(kept.latest()).isEqualTo(some);
        LatestSamples onlyHeldBack = new LatestSamples(BEGIN, null, null);
        kept.keep(onlyHeldBack);
        assertThat(kept.latest()).isEqualTo(onlyHeldBack);
    }

    @Test
    void whatItSaidBeforeStaysAsItWas() {
        LatestSamples first = of(0, 1.5, Map.of(Metric.CPU_USER_SECONDS, 3.0));
        kept.keep(first);
        LatestSamples said = kept.latest();

        kept.keep(of(30, 0.5, Map.of(Metric.CPU_USER_SECONDS, 4.0)));

        assertThat(said).isEqualTo(first);
        assertThat(kept.latest()).isEqualTo(of(30, 0.5, Map.of(Metric.CPU_USER_SECONDS, 4.0)));
    }
}
