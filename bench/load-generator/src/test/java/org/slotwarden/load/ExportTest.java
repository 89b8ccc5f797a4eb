package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExportTest {

    private static final long TIME = Instant.parse("2026-09-21T14:13:20.500Z").toEpochMilli();
    private static final String JOB = "{\"type\":\"job\",\"id\":5,\"job_id\":\"7\",\"slots\":[{\"slot_id\":\"a\"}]}\n";

    private HttpServer portal;
    private Export export;
    private volatile String body = "";

    @BeforeEach
    void start() throws IOException {
        portal = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        portal.createContext("/api/v1/jobs/5/export", exchange -> {
            boolean known =
                    "Bearer swt_admin".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, known ? 0 : -1);
            if (known) {
                exchange.getResponseBody().write(bytes);
            }
            exchange.close();
        });
        portal.start();
        export = new Export(url(), "swt_admin");
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + portal.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        export.close();
        portal.stop(0);
    }

    private static String sample(String slot, String time, String figures) {
        return "{\"type\":\"sample\",\"slot_id\":\"" + slot + "\",\"node\":\"n1\",\"time\":\"" + time + "\"" + figures
                + "}\n";
    }

    @Test
    void samples_of_one_slot_are_read_with_figures_as_the_database_has_them() throws IOException {
        body = JOB
                + sample(
                        "a",
                        "2026-09-21T14:13:20.500Z",
                        ",\"reason\":\"change\",\"cpu_user_seconds\":0.3,\"read_bytes\":9007199254740991")
                + sample("b", "2026-09-21T14:13:20.500Z", ",\"read_bytes\":5")
                + sample("a", "2026-09-21T14:13:50Z", ",\"cpu_user_seconds\":30");

        Map<Long, long[]> samples = export.samplesOf(5, "a");

        assertThat(samples).containsOnlyKeys(TIME, TIME + 29_500);
        assertThat(samples.get(TIME)).isNotNull();
        long[] first = samples.getOrDefault(TIME, new long[0]);
        assertThat(first[Figure.CPU_USER_SECONDS.ordinal()]).isEqualTo(300_000);
        assertThat(first[Figure.READ_BYTES.ordinal()]).isEqualTo(9_007_199_254_740_991L);
        assertThat(first[Figure.MEMORY_RSS_BYTES.ordinal()]).as("not there").isEqualTo(-1);
    }

    @Test
    void a_sample_that_is_given_out_twice_is_an_error() {
        body = JOB + sample("a", "2026-09-21T14:13:20Z", "") + sample("a", "2026-09-21T14:13:20Z", "");

        assertThatThrownBy(() -> export.samplesOf(5, "a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void a_portal_that_does_not_answer_as_it_should_is_an_error_and_no_empty_slot() {
        assertThatThrownBy(() -> export.samplesOf(6, "a")).hasMessageContaining("404");
        try (Export stranger = new Export(url(), "swt_nobody")) {
            assertThatThrownBy(() -> stranger.samplesOf(5, "a")).hasMessageContaining("401");
        }
    }
}
