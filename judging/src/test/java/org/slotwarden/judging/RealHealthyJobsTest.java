package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two real jobs of 32 nodes and 24 hours, on which any flag is a false alarm. */
class RealHealthyJobsTest {

    private static final double DAY = 86_400;
    private static final int MINUTE = 60;

    /** Job, then node, then samples. */
    private static Map<String, Map<String, List<Observation>>> jobs() {
        Map<String, Map<String, List<Observation>>> jobs = new LinkedHashMap<>();
        InputStream data = Objects.requireNonNull(
                RealHealthyJobsTest.class.getResourceAsStream("/clustercockpit-emmy/node-series.csv.gz"));
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(data), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",", -1);
                String[] values = cells[3].split(";", -1);
                List<Observation> samples = jobs.computeIfAbsent(cells[0], job -> new LinkedHashMap<>())
                        .computeIfAbsent(cells[1], node -> new ArrayList<>());
                for (int i = 0; i < values.length; i++) {
                    if (samples.size() == i) {
                        samples.add(Observation.at(i * MINUTE));
                    }
                    double value = values[i].isEmpty() ? Double.NaN : Double.parseDouble(values[i]);
                    boolean memory = cells[2].equals("mem_used");
                    samples.get(i).with(memory ? Quantity.MEMORY_BYTES : Quantity.CORES, memory ? value * 1e9 : value);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jobs;
    }

    private static JobFacts facts(double memoryLimit) {
        return JobFacts.UNKNOWN
                .withStart(0)
                .withCores(20)
                .withMemory(memoryLimit)
                .withWalltime(DAY)
                .withInterval(MINUTE);
    }

    /** 64 GB is what the nodes have; with 40 GB they would have come to 94 % after a steep warm-up. */
    @ParameterizedTest
    @ValueSource(doubles = {64e9, 40e9})
    void no_node_by_itself_or_among_the_others_raises_anything(double memoryLimit) {
        jobs().forEach((job, nodes) -> {
            ArrayCase array = new ArrayCase();
            List<JobCase> cases = new ArrayList<>();
            nodes.forEach(
                    (node, samples) -> cases.add(new JobCase(JudgeSettings.defaults(), facts(memoryLimit), array)));
            List<Change> changes = new ArrayList<>();
            int longest = nodes.values().stream().mapToInt(List::size).max().orElseThrow();
            for (int i = 0; i < longest; i++) {
                int number = 0;
                for (List<Observation> samples : nodes.values()) {
                    JobCase one = cases.get(number++);
                    if (i < samples.size()) {
                        changes.addAll(one.feed(samples.get(i)));
                    }
                }
            }
            assertThat(nodes).hasSize(32);
            assertThat(changes).map(change -> change.finding().sentence()).isEmpty();
        });
    }

    @Test
    void neither_does_the_job_as_one_of_32_slots() {
        jobs().forEach((job, nodes) -> {
            JobFacts whole = facts(32 * 64e9).withCores(640).withSlots(32);
            JobCase one = new JobCase(JudgeSettings.defaults(), whole);
            List<Change> changes = new ArrayList<>();
            int longest = nodes.values().stream().mapToInt(List::size).max().orElseThrow();
            for (int i = 0; i < longest; i++) {
                int node = 0;
                for (List<Observation> samples : nodes.values()) {
                    if (i < samples.size()) {
                        changes.addAll(one.feed(node, facts(64e9), samples.get(i)));
                    }
                    node++;
                }
            }
            assertThat(changes).map(change -> change.finding().sentence()).isEmpty();
        });
    }
}
