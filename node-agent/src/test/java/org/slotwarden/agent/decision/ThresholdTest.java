package org.slotwarden.agent.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.wire.v1.JobSample;

class ThresholdTest {

    private static double level(String threshold, JobSample.Builder sample, JobLimits limits) {
        JobSample now = sample.setTimeMs(10_000).build();
        JobSample before = JobSample.newBuilder()
                .setTimeMs(9_000)
                .setCpuUserSeconds(0)
                .setCpuSystemSeconds(0)
                .build();
        return Threshold.parse(threshold).getFirst().level(now, Figures.of(before, now), limits);
    }

    @Test
    void readsAList() {
        assertThat(Threshold.parse("memory_rss_bytes > 90%, processes>1000"))
                .containsExactly(
                        new Threshold(Threshold.Metric.MEMORY_RSS_BYTES, 0.9, true),
                        new Threshold(Threshold.Metric.PROCESSES, 1000, false));
        assertThat(Threshold.parse(" ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "memory_rss_bytes<90%",
                "memory_rss_bytes>",
                "rss>1",
                "processes>90%",
                "processes>-1",
                "processes>1e99",
                "processes>1; threads>1"
            })
    void refusesWhatItDoesNotUnderstand(String text) {
        assertThatThrownBy(() -> Threshold.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void measuresAgainstTheLimitOfTheJob() {
        JobLimits limits = new JobLimits(1000, 2);
        assertThat(level("memory_rss_bytes>90%", JobSample.newBuilder().setMemoryRssBytes(450), limits))
                .isEqualTo(0.5);
        assertThat(level(
                        "cores_used>150%",
                        JobSample.newBuilder().setCpuUserSeconds(3).setCpuSystemSeconds(0), limits))
                .isEqualTo(1);
        assertThat(level(
                        "open_files>50%",
                        JobSample.newBuilder().setFullestOpenFiles(500).setFullestOpenFilesLimit(1000), limits))
                .isEqualTo(1);
        assertThat(level("threads>100", JobSample.newBuilder().setThreads(200), limits))
                .isEqualTo(2);
    }

    @Test
    void isNeverCrossedByWhatIsNotKnown() {
        assertThat(level("memory_rss_bytes>90%", JobSample.newBuilder().setMemoryRssBytes(450), JobLimits.UNKNOWN))
                .isNaN();
        assertThat(level("memory_rss_bytes>10", JobSample.newBuilder(), JobLimits.UNKNOWN))
                .isNaN();
        assertThat(level("open_files>50%", JobSample.newBuilder(), JobLimits.UNKNOWN))
                .isNaN();
    }
}
