package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedCourseTest {

    @TempDir
    private Path directory;

    @Test
    void replays_what_was_recorded_and_begins_anew_with_counters_that_go_on() throws IOException {
        StringBuilder archive = new StringBuilder("{");
        for (String metric : List.of("cpu_load", "mem_used", "mem_bw", "flops_any", "ipc", "clock", "rapl_power")) {
            archive.append(archive.length() == 1 ? "" : ",\n")
                    .append("\"" + metric + "\": {\"node\": {\"timestep\": 60, \"series\": [{\"hostname\": \"n1\", "
                            + "\"data\": [4.5, null, 1e1]}]}}");
        }
        Files.createDirectories(directory.resolve("a/job"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(directory.resolve("a/job/data.json.gz")))) {
            out.write(archive.append('}').toString().getBytes(StandardCharsets.UTF_8));
        }
        Course course = RecordedCourse.read(directory);

        long[] before = new long[Figure.COUNT];
        for (int i = 0; i < 10; i++) {
            long[] now = new long[Figure.COUNT];
            course.fill(5, i, now);
            double memory = i % 3 == 2 ? 10e9 : 4.5e9;
            assertThat((double) now[Figure.MEMORY_RSS_BYTES.ordinal()]).isBetween(memory - 4096, memory + 4096);
            for (int counter = Figure.GAUGES; counter < Figure.COUNT; counter++) {
                assertThat(now[counter]).isGreaterThanOrEqualTo(before[counter]);
            }
            assertThat(now[Figure.CPU_USER_SECONDS.ordinal()]).isGreaterThan(before[Figure.CPU_USER_SECONDS.ordinal()]);
            before = now;
        }
    }

    @Test
    void says_when_there_is_nothing_to_replay() {
        assertThatThrownBy(() -> RecordedCourse.read(directory)).hasMessageContaining("no recorded jobs");
    }

    @Test
    void reads_json() {
        assertThat(Json.parse(" {\"a\": [1, -2.5e3, null, true, {}, []], \"b\\\"\": \"c\"} "))
                .asString()
                .isEqualTo("{a=[1.0, -2500.0, null, true, {}, []], b\"=c}");
        assertThat(Json.parse("{}")).isEqualTo(Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1", "[1,", "{\"a\"}", "nul", "[1] 2", "\"a", "{\"a\": }"})
    void refuses_what_is_no_json(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
