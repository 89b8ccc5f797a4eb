package org.slotwarden.portal.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.google.protobuf.CodedOutputStream;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSampling;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotInterval;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What is accepted, what is refused, and what is said about it, over real HTTP. */
@PortalTest
@ExtendWith(OutputCaptureExtension.class)
class IngestTest {

    private static final Viewer ADMIN = new Viewer("admin", true);

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    MeterRegistry meters;

    @Autowired
    JobSampling sampling;

    @Autowired
    SeriesQueries series;

    @LocalServerPort
    int port;

    /** Of this test only: complaints are logged once for each node. */
    String node = "n-" + UUID.randomUUID();

    TestAgent agent;

    @BeforeEach
    void agent() {
        agent = new TestAgent(port, node, tokens.issue(node));
    }

    @Test
    void aStoryIsStoredAndAcknowledged() {
        SlotStory story = slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), 30, 100)
                .sample(start.plusSeconds(60), 90, 300)
                .sample(start.plusSeconds(90), 120, 200)
                .ended(start.plusSeconds(100), 0);

        ReportAnswer answer = agent.tell(story);

        assertThat(answer.getAcknowledgedList())
                .extracting(id -> id.getSlotId() + id.getSequence())
                .containsExactly("a1", "a2", "a3", "a4", "a5");
        assertThat(answer.getRefusedList()).isEmpty();
        JobSummary job = only();
        assertThat(job.cpuSeconds()).isEqualTo(120);
        assertThat(job.coresUsed()).isEqualTo(1);
        assertThat(job.memoryRssBytes()).isEqualTo(200);
        assertThat(job.maxMemoryRssBytes()).isEqualTo(300);
        assertThat(job.lastSampleAt()).isEqualTo(start.plusSeconds(90));
        assertThat(job.endedAt()).isEqualTo(start.plusSeconds(100));
    }

    @Test
    void theSameBatchTwiceChangesNothing() {
        SlotStory story = slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100);
        ReportAnswer first = agent.tell(story);
        JobDetails once = details();

        ReportAnswer second = agent.tell(story);

        assertThat(second.getAcknowledgedList()).isEqualTo(first.getAcknowledgedList());
        assertThat(details()).isEqualTo(once);
        assertThat(series.since(once.slots().getFirst().id(), start)).hasSize(1);
    }

    @Test
    void aSlotWhoseJobIsNotKnownIsAskedFor_andNothingOfItIsLost() {
        List<SlotReport> reports = slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), 1, 1)
                .reports();

        ReportAnswer answer = agent.send(reports.subList(1, 2));
        assertThat(answer.getAcknowledgedList()).isEmpty();
        assertThat(answer.getRefusedList()).isEmpty();
        assertThat(answer.getSendJobFactsOfList()).containsExactly("a");

        assertThat(agent.send(reports.reversed()).getAcknowledgedCount()).isEqualTo(2);
        assertThat(only().lastSampleAt()).isEqualTo(start.plusSeconds(30));
    }

    @Test
    void factsOfTheNodeAreAskedForUntilTheyCome() {
        assertThat(agent.send(List.of()).getSendNodeFacts()).isTrue();
        assertThat(agent.send(batch -> batch.setNodeFacts(
                                NodeFacts.newBuilder().setKernel("6.1").setLogicalCores(8)))
                        .getSendNodeFacts())
                .isFalse();
        assertThat(agent.send(List.of()).getSendNodeFacts()).isFalse();
    }

    @Test
    void whoAsksForAnotherIntervalGetsIt_andItIsTakenBackLater() {
        SlotStory story = slot("a", "7").started(start);
        assertThat(agent.tell(story).getIntervalsList()).isEmpty();
        long job = only().id();

        assertThat(sampling.request(job, Duration.ofSeconds(1), Duration.ofMinutes(10), ADMIN))
                .isTrue();
        ReportAnswer answer = agent.tell(story);
        assertThat(answer.getIntervalsList())
                .containsExactly(
                        SlotInterval.newBuilder().setSlotId("a").setSeconds(1).build());
        assertThat(answer.getNextReportInMs()).isEqualTo(1000);

        assertThat(sampling.request(job, Duration.ofSeconds(1), Duration.ofMillis(1), ADMIN))
                .isTrue();
        await().untilAsserted(() -> {
            ReportAnswer later = agent.tell(story);
            assertThat(later.getIntervalsList())
                    .containsExactly(SlotInterval.newBuilder().setSlotId("a").build());
            assertThat(later.hasNextReportInMs()).isFalse();
        });
    }

    @Test
    void unknownFieldsAreSkipped() throws IOException {
        var bytes = new ByteArrayOutputStream();
        agent.batch()
                .addAllSlotReports(slot("a", "7").started(start).reports())
                .build()
                .writeTo(bytes);
        var out = CodedOutputStream.newInstance(bytes);
        out.writeString(9999, "of a later version");
        out.flush();

        assertThat(agent.post(bytes.toByteArray()).statusCode()).isEqualTo(200);
        assertThat(only().jobId()).isEqualTo("7");
    }

    @Test
    void gzipIsUnderstood() throws IOException {
        byte[] body = agent.batch()
                .addAllSlotReports(slot("a", "7").started(start).reports())
                .build()
                .toByteArray();

        assertThat(agent.post(gzip(out -> out.write(body)), "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(only().jobId()).isEqualTo("7");
    }

    @Test
    void markupAndOddNamesArriveIntact() {
        String name = "<script>alert('x')</script> \"q\" \\ \n\t ünï \uD83D\uDE00 ' OR 1=1; --";
        agent.tell(
                slot("a", "7").facts(job -> job.setName(name).setCommand(name)).started(start));

        assertThat(only().name()).isEqualTo(name);
        assertThat(details().command()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReportOf100MbIsRefused(boolean lengthTold) {
        var zeros = BodyPublishers.ofInputStream(() -> new Zeros(100L << 20));
        HttpResponse<byte[]> answer = agent.post(lengthTold ? BodyPublishers.fromPublisher(zeros, 100L << 20) : zeros);

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(problem(answer)).contains("larger than " + WireContract.MAX_BATCH_BYTES);
        nothingIsStoredNorBroken();
    }

    @Test
    void whoSendsWithoutEndIsCutOff() {
        var endless = new Zeros(Long.MAX_VALUE);
        try {
            assertThat(agent.post(BodyPublishers.ofInputStream(() -> endless)).statusCode())
                    .isEqualTo(413);
        } catch (UncheckedIOException e) {
            // The connection was closed before this client came to read the answer.
        }
        nothingIsStoredNorBroken();
    }

    @Test
    void aGzipBombIsRefused() throws IOException {
        byte[] bomb = gzip(out -> {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++) {
                out.write(zeros);
            }
        });
        assertThat(bomb.length).isLessThan(WireContract.MAX_BATCH_BYTES);

        HttpResponse<byte[]> answer = agent.post(bomb, "Content-Encoding", "gzip");

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(problem(answer)).contains("inflated");
        nothingIsStoredNorBroken();
    }

    @Test
    void millionsOfTinyMessagesAreRefused() throws IOException {
        for (int field : new int[] {ReportBatch.SLOT_REPORTS_FIELD_NUMBER, ReportBatch.NODE_SAMPLES_FIELD_NUMBER, 77}) {
            byte[] many = gzip(out -> {
                var message = CodedOutputStream.newInstance(out);
                for (int i = 0; i < 5_000_000; i++) {
                    message.writeByteArray(field, new byte[0]);
                }
                message.flush();
            });
            HttpResponse<byte[]> answer = agent.post(many, "Content-Encoding", "gzip");
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(problem(answer)).contains("more than");
        }
        nothingIsStoredNorBroken();
    }

    @Test
    void aReportCutOffInTheMiddleIsRefused_wherever() throws IOException {
        byte[] whole = agent.batch()
                .addAllSlotReports(
                        slot("a", "7").started(start).sample(start, 1, 1).reports())
                .build()
                .toByteArray();
        byte[] zipped = gzip(out -> out.write(whole));

        HttpResponse<byte[]> answer = agent.post(Arrays.copyOf(whole, whole.length - 3));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(problem(answer)).contains("cut off");
        for (int length = 1; length < zipped.length - 8; length += 7) {
            assertThat(agent.post(Arrays.copyOf(zipped, length), "Content-Encoding", "gzip")
                            .statusCode())
                    .as("%d of %d bytes", length, zipped.length)
                    .isEqualTo(400);
        }
        nothingIsStoredNorBroken();
    }

    @Test
    void whatIsNoBatchIsRefused() {
        assertThat(agent.post("{\"hello\": 1}".getBytes(UTF_8)).statusCode()).isEqualTo(400);
        assertThat(agent.post(new byte[0]).statusCode()).isEqualTo(400);
        assertThat(agent.post("x".getBytes(UTF_8), "Content-Type", "application/json")
                        .statusCode())
                .isEqualTo(415);
        assertThat(agent.post(agent.batch().build().toByteArray(), "Content-Encoding", "br")
                        .statusCode())
                .isEqualTo(415);
        nothingIsStoredNorBroken();
    }

    @Test
    void aReporterWithoutAValidTokenIsNamedInTheLogOnce(CapturedOutput output) throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + port + WireContract.REPORTS_PATH))
                .header("Authorization", "Bearer swn_replaced")
                .header("Content-Type", WireContract.CONTENT_TYPE)
                .header("X-Forwarded-For", "192.0.2.17")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(body(start)))
                .build();
        try (var client = java.net.http.HttpClient.newHttpClient()) {
            for (int times = 0; times < 2; times++) {
                assertThat(client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(401);
            }
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("192.0.2.17")))
                .singleElement()
                .asString()
                .contains("without the valid token");
    }

    @Test
    void aReportWithoutATokenIsAnsweredAsAProblem() throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + port + WireContract.REPORTS_PATH))
                .header("Content-Type", WireContract.CONTENT_TYPE)
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(body(start)))
                .build();
        double before = unknown();
        try (var client = java.net.http.HttpClient.newHttpClient()) {
            var answer = client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Bearer");
        }
        assertThat(unknown() - before).isEqualTo(1);
    }

    /** What {@code slotwarden_ingest_unknown_total} says. */
    private double unknown() {
        return meters.get("slotwarden.ingest.unknown").counter().count();
    }

    @Test
    void aWrongTokenAndATokenOfAnotherNodeOpenNothing(CapturedOutput output) {
        var stranger = new TestAgent(port, node, "swn_wrong");
        double before = unknown();
        assertThat(stranger.post(body(start)).statusCode()).isEqualTo(401);
        assertThat(unknown() - before).isEqualTo(1);

        String other = "other-" + node;
        var another = new TestAgent(port, node, tokens.issue(other));
        assertThat(another.post(body(start)).statusCode()).isEqualTo(403);
        assertThat(problem(another.post(body(start)))).contains("another node");
        assertThat(output.getAll().lines().filter(line -> line.contains("Node " + other)))
                .hasSize(1);
        nothingIsStoredNorBroken();
    }

    @Test
    void aLaterVersionIsRefused(CapturedOutput output) {
        byte[] later = agent.batch()
                .setContractVersion(WireContract.VERSION + 1)
                .addAllSlotReports(slot("a", "7").started(start).reports())
                .build()
                .toByteArray();

        assertThat(agent.post(later).statusCode()).isEqualTo(400);
        assertThat(problem(agent.post(later))).contains("contract_version", "older");
        assertThat(output.getAll().lines().filter(line -> line.contains(node) && line.contains("contract_version")))
                .hasSize(1);
        nothingIsStoredNorBroken();
    }

    @Test
    void aNodeWhoseClockIsAheadIsTold() {
        byte[] ahead = agent.batch()
                .setSentAtMs(Instant.now().plus(Duration.ofHours(1)).toEpochMilli())
                .addAllSlotReports(slot("a", "7").started(start).reports())
                .build()
                .toByteArray();

        assertThat(agent.post(ahead).statusCode()).isEqualTo(400);
        assertThat(problem(agent.post(ahead))).contains("clock");
        nothingIsStoredNorBroken();
    }

    @Test
    void aReportWithAbsurdTimesIsRefused_andTheOthersAreStored(CapturedOutput output) {
        Instant future = Instant.now().plus(Duration.ofMinutes(11));
        Instant past = Instant.parse("1999-12-31T23:59:59Z");
        SlotStory story = slot("a", "7")
                .started(start)
                .sample(future, 1, 1)
                .sample(past, 1, 1)
                .sample(start.plusSeconds(1), 1, 1)
                .ended(future, 0);

        ReportAnswer answer = agent.tell(story);

        assertThat(answer.getRefusedList())
                .extracting(Refusal::getSequence, Refusal::getReason)
                .containsExactly(
                        tuple(2L, "time of sample is in the future"),
                        tuple(3L, "time of sample is before the year 2000"),
                        tuple(5L, "time of end is in the future"));
        assertThat(answer.getAcknowledgedList())
                .extracting(id -> id.getSequence())
                .containsExactly(1L, 4L);
        assertThat(only().lastSampleAt()).isEqualTo(start.plusSeconds(1));
        agent.tell(story);
        assertThat(output.getAll().lines().filter(line -> line.contains(node) && line.contains("in the future")))
                .hasSize(2);
    }

    @Test
    void factsThatDoNotFitAreRefused() {
        String long8k = "x".repeat(WireContract.MAX_TEXT_BYTES + 1);
        refused("name is longer", job -> job.setName(long8k));
        refused("comment is longer", job -> job.setComment("ü".repeat(WireContract.MAX_TEXT_BYTES / 2 + 1)));
        refused("user is longer", job -> job.setUser("u".repeat(256)));
        refused("job_id is longer", job -> job.setJobId("1".repeat(257)));
        refused("job_id is missing", job -> job.clearJobId());
        refused("batch_system must be", job -> job.setBatchSystem("<b>"));
        refused("name of a node", job -> job.addNodes("a,b"));
        nothingIsStoredNorBroken();
    }

    @Test
    void slotIdsAreChecked() {
        for (String id : List.of("", "a b", "../../etc", "x".repeat(65), "ü")) {
            assertThat(agent.tell(slot(id, "7").started(start)).getRefusedList())
                    .extracting(Refusal::getReason)
                    .containsExactly("slot_id must be 1 to 64 characters of [A-Za-z0-9._-]");
        }
        nothingIsStoredNorBroken();
    }

    @Test
    void whatJustFitsIsStored() {
        String text = "x".repeat(WireContract.MAX_TEXT_BYTES);
        agent.tell(slot("x".repeat(64), "1".repeat(256))
                .facts(job -> job.setName(text)
                        .setComment(text)
                        .setCommand(text)
                        .setAccount(text)
                        .setWorkDirectory(text)
                        .setStandardOutput(text)
                        .setStandardError(text)
                        .setUser("u".repeat(255))
                        .setCluster("c".repeat(255)))
                .started(start)
                .ended(start.plusSeconds(1), end -> end.setBatchState(text)));

        assertThat(only().name()).isEqualTo(text);
        assertThat(details().batchState()).isEqualTo(text);
    }

    @Test
    void impossibleFiguresAreLeftOut_andTheSampleIsKept(CapturedOutput output) {
        agent.tell(slot("a", "7")
                .started(start)
                .sample(
                        start.plusSeconds(1),
                        sample -> sample.setCpuUserSeconds(Double.NaN)
                                .setCpuSystemSeconds(Double.POSITIVE_INFINITY)
                                .setMemoryRssBytes(-1)
                                .setReadBytes(Long.MAX_VALUE)
                                .setProcesses(-5)
                                .setOpenSockets(4)));

        JobSummary job = only();
        assertThat(job.openSockets()).isEqualTo(4);
        assertThat(job.cpuSeconds()).isNull();
        assertThat(job.memoryRssBytes()).isNull();
        assertThat(job.processes()).isNull();
        assertThat(details().readBytes()).isNull();
        assertThat(output.getAll()).contains("Node " + node + ": cpu_user_seconds is no possible figure");
    }

    @Test
    void theLargestPossibleFiguresOfManySlotsAddUp() {
        Consumer<JobSample.Builder> huge = sample -> sample.setCpuUserSeconds(3e16)
                .setCpuSystemSeconds(0)
                .setMemoryRssBytes(1L << 53)
                .setReadBytes(1L << 53)
                .setProcesses(100_000_000);
        for (int i = 0; i < 25; i++) {
            String name = node + i;
            var one = new TestAgent(port, name, tokens.issue(name));
            one.tell(slot("s" + i, "7").started(start).sample(start.plusSeconds(1), huge));
        }

        assertThat(only().memoryRssBytes()).isEqualTo(1L << 53);
        assertThat(only().processes()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void nobodyReportsForAnotherNodesSlot() {
        agent.tell(slot("a", "7").started(start));
        String name = "other-" + node;
        var other = new TestAgent(port, name, tokens.issue(name));

        ReportAnswer answer = other.tell(slot("a", "7").started(start).ended(start.plusSeconds(5), 1));

        assertThat(answer.getAcknowledgedList()).isEmpty();
        assertThat(answer.getRefusedList())
                .extracting(Refusal::getReason)
                .containsOnly("the slot belongs to another node");
        assertThat(only().endedAt()).isNull();
        assertThat(only().nodes()).containsExactly(node);
    }

    private void refused(String reason, Consumer<JobFacts.Builder> facts) {
        ReportAnswer answer = agent.tell(slot("a", "7").facts(facts).started(start));
        assertThat(answer.getAcknowledgedList()).isEmpty();
        assertThat(answer.getRefusedList())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.getReason()).contains(reason));
    }

    private void nothingIsStoredNorBroken() {
        assertThat(jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, ADMIN)
                        .total())
                .isZero();
        assertThat(agent.tell(slot("sane", "1").started(start)).getAcknowledgedCount())
                .isEqualTo(1);
    }

    private byte[] body(Instant at) {
        return agent.batch()
                .addAllSlotReports(slot("a", "7").started(at).reports())
                .build()
                .toByteArray();
    }

    private static String problem(HttpResponse<byte[]> answer) {
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        return new String(answer.body(), UTF_8);
    }

    private JobSummary only() {
        List<JobSummary> all =
                jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, ADMIN).jobs();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private JobDetails details() {
        return jobs.find(only().id()).orElseThrow();
    }

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private static byte[] gzip(Writing content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            content.to(out);
        }
        return bytes.toByteArray();
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long size) {
            left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(bytes, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }
}
