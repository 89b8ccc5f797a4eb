package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /api/v1/jobs} and what is below it, over real HTTP. */
@PortalTest
class JobRestTest {

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(3600);

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JobFlags flags;

    @Autowired
    JsonMapper json;

    @LocalServerPort
    int port;

    String admin;
    String anna;

    @BeforeEach
    void jobs() throws Exception {
        accounts.create("root", "correct horse battery", Role.ADMIN);
        accounts.create("anna", "correct horse battery", Role.USER);
        admin = apiTokens.issue("root", "test", null).token();
        anna = apiTokens.issue("anna", "test", null).token();
        var one = new TestAgent(port, "n1", nodeTokens.issue("n1"));
        var two = new TestAgent(port, "n2", nodeTokens.issue("n2"));
        one.tell(
                slot("a", "1")
                        .facts(job -> job.setRequestedCores(4).setName("<b>bold</b>"))
                        .started(start)
                        .sample(start.plusSeconds(30), 30, 100)
                        .sample(start.plusSeconds(60), 90, 200),
                slot("b", "2").started(start.plusSeconds(100)).ended(start.plusSeconds(200), 1),
                slot("c", "3")
                        .facts(job -> job.setUser("bert")
                                .setQueue("long")
                                .setArrayId("3")
                                .setArrayIndex(5))
                        .started(start.plusSeconds(300)));
        two.tell(slot("d", "4").facts(job -> job.setUser("Anna")).started(start.plusSeconds(400)));
        flags.show(id("1"), Set.of("hang", "cpu_overuse"));
    }

    @Test
    void adminsSeeAll_newestFirst() throws Exception {
        JsonNode page = get(admin, "");
        assertThat(ids(page)).containsExactly("4", "3", "2", "1");
        assertThat(page.get("total").asLong()).isEqualTo(4);
        assertThat(page.get("page").asInt()).isZero();
        assertThat(page.get("size").asInt()).isEqualTo(50);
    }

    @Test
    void usersSeeTheirOwn_andCaseCounts() throws Exception {
        assertThat(ids(get(anna, ""))).containsExactly("2", "1");
        assertThat(ids(get(anna, "?user=bert"))).isEmpty();
        assertThat(call(anna, "GET", "/" + id("3"), null).statusCode()).isEqualTo(404);
        assertThat(call(anna, "GET", "/" + id("3") + "/series", null).statusCode())
                .isEqualTo(404);
        assertThat(call(anna, "POST", "/" + id("3") + "/sampling", "{\"interval_seconds\":1,\"for_seconds\":60}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call(anna, "GET", "/" + id("1"), null).statusCode()).isEqualTo(200);
        assertThat(call("swt_wrong", "GET", "", null).statusCode()).isEqualTo(401);
    }

    @Test
    void everyFilterFilters() throws Exception {
        Map<String, String[]> expected = Map.ofEntries(
                Map.entry("?state=live", new String[] {"4", "3", "1"}),
                Map.entry("?state=failed", new String[] {"2"}),
                Map.entry("?state=FAILED,RUNNING&sort=id", new String[] {"1", "2", "3", "4"}),
                Map.entry("?state=failed&state=timeout", new String[] {"2"}),
                Map.entry("?user=anna", new String[] {"2", "1"}),
                Map.entry("?node=n2", new String[] {"4"}),
                Map.entry("?node=n%25", new String[] {}),
                Map.entry("?queue=long", new String[] {"3"}),
                Map.entry("?flag=hang", new String[] {"1"}),
                Map.entry("?flag=any", new String[] {"1"}),
                Map.entry("?flag=cpu", new String[] {}),
                Map.entry("?job_id=3", new String[] {"3"}),
                Map.entry("?array_id=3", new String[] {"3"}),
                Map.entry("?from=" + start.plusSeconds(201) + "&sort=started", new String[] {"1", "3", "4"}),
                Map.entry("?to=" + start.plusSeconds(300), new String[] {"2", "1"}),
                Map.entry("?sort=-max_memory_rss_bytes&size=1", new String[] {"1"}),
                Map.entry("?sort=cores_used&size=1", new String[] {"1"}),
                Map.entry("?size=2&page=1", new String[] {"2", "1"}),
                Map.entry("?page=99", new String[] {}),
                Map.entry("?user=x'%20OR%20'1'='1", new String[] {}));
        for (var filter : expected.entrySet()) {
            assertThat(ids(get(admin, filter.getKey()))).as(filter.getKey()).containsExactly(filter.getValue());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?state=gone",
                "?sort=name",
                "?size=0",
                "?size=501",
                "?size=x",
                "?page=-1",
                "?page=99999999999",
                "?from=yesterday",
                "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
                "/x"
            })
    void whatMeansNothingIsRefusedByName(String query) throws Exception {
        HttpResponse<String> answer = call(admin, "GET", query, null);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        String parameter = query.startsWith("?") ? query.substring(1).split("=")[0] : "id";
        assertThat(json.readTree(answer.body()).get("detail").asString()).contains(parameter);
    }

    @Test
    void oneJob() throws Exception {
        JsonNode job = get(admin, "/" + id("1"));
        assertThat(job.get("job_id").asString()).isEqualTo("1");
        assertThat(job.get("name").asString()).isEqualTo("<b>bold</b>");
        assertThat(job.get("state").asString()).isEqualTo("RUNNING");
        assertThat(job.get("requested_cores").asInt()).isEqualTo(4);
        assertThat(job.get("cores_used").asDouble()).isEqualTo(2);
        assertThat(job.get("started_at").asString()).isEqualTo(start.toString());
        assertThat(job.get("slots").get(0).get("node").asString()).isEqualTo("n1");
        assertThat(job.get("sample_interval_seconds").asDouble()).isEqualTo(30);
        assertThat(job.has("ended_at")).isFalse();
        assertThat(StreamSupport.stream(job.get("open_flags").spliterator(), false)
                        .map(JsonNode::asString))
                .containsExactly("cpu_overuse", "hang");
        assertThat(call(admin, "GET", "/999999", null).statusCode()).isEqualTo(404);
    }

    @Test
    void theSeriesOfAJob() throws Exception {
        JsonNode series = get(admin, "/" + id("1") + "/series?metric=cores_used,memory_rss_bytes");
        assertThat(series.get("from").asString()).isEqualTo(start.toString());
        JsonNode cores = series.get("series").get(0);
        assertThat(cores.get("metric").asString()).isEqualTo("cores_used");
        assertThat(cores.get("unit").asString()).isEqualTo("1");
        assertThat(cores.get("points").toString())
                .isEqualTo("[[\"" + start.plusSeconds(30) + "\",null],[\"" + start.plusSeconds(60) + "\",2]]");
        assertThat(cores.has("min")).isFalse();

        JsonNode fewer = get(admin, "/" + id("1") + "/series?metric=memory_rss_bytes&points=1");
        assertThat(fewer.get("series").get(0).get("max").toString()).isEqualTo("[200]");
        assertThat(get(admin, "/" + id("1") + "/series").get("series")).hasSize(Metric.values().length);
        assertThat(get(admin, "/" + id("2") + "/series").get("series").get(0).get("points"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"metric=heat", "points=0", "points=2001", "from=2999-01-01T00:00:00Z", "to=x"})
    void aSeriesOfNothingIsRefusedByName(String query) throws Exception {
        HttpResponse<String> answer = call(admin, "GET", "/" + id("1") + "/series?" + query, null);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(query.split("=")[0]);
    }

    @Test
    void theOwnerMayHaveItsJobSampledFaster() throws Exception {
        String path = "/" + id("1") + "/sampling";
        assertThat(call(anna, "POST", path, "{\"interval_seconds\":1,\"for_seconds\":600}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(get(anna, "/" + id("1")).get("sample_interval_seconds").asDouble())
                .isEqualTo(1);

        for (String bad : new String[] {
            "{\"interval_seconds\":0.5,\"for_seconds\":600}",
            "{\"interval_seconds\":601,\"for_seconds\":600}",
            "{\"interval_seconds\":1e300,\"for_seconds\":600}",
            "{\"interval_seconds\":\"NaN\",\"for_seconds\":600}",
            "{\"interval_seconds\":1,\"for_seconds\":0}",
            "{\"interval_seconds\":1,\"for_seconds\":3601}",
            "{\"interval_seconds\":1,\"for_seconds\":9223372036854775807}",
            "{\"interval_seconds\":1}",
            "{}",
            "[]",
            "nonsense"
        }) {
            assertThat(call(anna, "POST", path, bad).statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(call(anna, "POST", "/" + id("2") + "/sampling", "{\"interval_seconds\":1,\"for_seconds\":600}")
                        .statusCode())
                .as("of a job that has ended")
                .isEqualTo(404);
    }

    private long id(String jobId) throws Exception {
        return get(admin, "?job_id=" + jobId).get("items").get(0).get("id").asLong();
    }

    private static Iterable<String> ids(JsonNode page) {
        return StreamSupport.stream(page.get("items").spliterator(), false)
                .map(job -> job.get("job_id").asString())
                .toList();
    }

    private JsonNode get(String token, String query) throws Exception {
        HttpResponse<String> answer = call(token, "GET", query, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json.readTree(answer.body());
    }

    private HttpResponse<String> call(String token, String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/v1/jobs" + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
