package org.slotwarden.portal.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.greedy;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.FileEvidence;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.OutputEvidence;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A flag asks, an agent answers: how often, what is stored of it, and who sees it. */
@PortalTest
class EvidenceTest {

    private static final Viewer ADMIN = new Viewer("admin", true);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    NodeTokens tokens;

    @Autowired
    FlagQueries flags;

    @Autowired
    EvidenceRequests requests;

    @Autowired
    EvidenceQueries queries;

    @Autowired
    EvidenceForm form;

    @Autowired
    EvidenceSettings settings;

    @Autowired
    List<RowCache> caches;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    PlatformTransactionManager transactions;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    TestAgent agent;

    @BeforeEach
    void agent() {
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
    }

    @Test
    void aFlagAsksTheSlotOnce_andWhatComesIsStoredOnceAndShownToTheOwner() {
        agent.tell(greedy("a", "7", now, 1200, 0));
        long flag = awaitFlag();

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(ofFlag(flag)).singleElement().satisfies(asked -> {
                    assertThat(asked.state()).isEqualTo(FlagEvidence.State.ASKED);
                    assertThat(asked.reason()).isEqualTo("cpu_overuse");
                    assertThat(asked.forKill()).isFalse();
                }));
        ReportAnswer answer = agent.send(List.of());
        EvidenceRequest request = answer.getSendEvidenceOf(0);
        assertThat(answer.getSendEvidenceOfCount()).isEqualTo(1);
        assertThat(request.getSlotId()).isEqualTo("a");
        assertThat(request.getReason()).isEqualTo("cpu_overuse");
        assertThat(request.getValidForSeconds()).isBetween(600, 900);

        agent.send(List.of(report("a", 900, evidence(request.getRequestId()))));
        agent.send(List.of(report(
                "a",
                901,
                evidence(request.getRequestId()).toBuilder()
                        .setProcessesFound(99)
                        .build())));
        assertThat(agent.send(List.of()).getSendEvidenceOfList()).isEmpty();

        FlagEvidence stored = ofFlag(flag).getFirst();
        assertThat(stored.state()).isEqualTo(FlagEvidence.State.STORED);
        assertThat(stored.node()).isEqualTo("n1");
        assertThat(stored.answeredIn()).isBetween(Duration.ZERO, Duration.ofMinutes(5));
        SlotEvidence found = Objects.requireNonNull(stored.evidence());
        assertThat(found.processesFound()).as("the first answer counts").isEqualTo(2);
        assertThat(found.processes())
                .extracting(SlotEvidence.Member::name, SlotEvidence.Member::pid, SlotEvidence.Member::coresUsed)
                .containsExactly(tuple("fit", 301, 2.5), tuple("sh", 300, null));
        assertThat(found.files()).extracting(SlotEvidence.OpenFile::sizeBytes).containsExactly(4096L);
        assertThat(found.hosts())
                .containsExactly(new SlotEvidence.Host("tcp", "10.0.0.2", 443, "close wait", false, 880));
        assertThat(Objects.requireNonNull(found.standardOutput()).lines()).containsExactly("step 1", "step 2");

        HttpVisitor anna = visitor("anna");
        String path = "/api/v1/flags/" + flag + "/evidence";
        assertThat(anna.get(path).body())
                .contains("\"state\":\"stored\"", "\"cores_used\":2.5", "\"lines\":[\"step 1\",\"step 2\"]");
        assertThat(visitor("bert").get(path).statusCode()).isEqualTo(404);
        assertThat(anna.get("/api/v1/flags/9999/evidence").statusCode()).isEqualTo(404);
        long job = jdbc.sql("SELECT job_id FROM flag").query(Long.class).single();
        assertThat(anna.get("/api/v1/jobs/" + job + "/export").body()).contains("{\"type\":\"evidence\"", "step 2");
    }

    @Test
    void flagsThatComeTogetherShareWhatWasTaken_untilOneBecomesWorthAKill() {
        agent.tell(running("a", "7"));
        long first = flag("a", "hang");
        long second = flag("a", "socket_leak");
        ask("a", first, "hang", false);
        ask("a", second, "socket_leak", false);

        assertThat(rows()).isEqualTo(1);
        assertThat(ofFlag(second))
                .singleElement()
                .satisfies(shared -> assertThat(shared.isAskedBy("hang")).isTrue());
        jdbc.sql("UPDATE evidence SET asked_at = asked_at - INTERVAL 3 MINUTE").update();
        ask("a", second, "socket_leak", true);
        assertThat(rows()).as("not as before").isEqualTo(2);
        assertThat(ofFlag(second)).extracting(FlagEvidence::forKill).containsExactly(false, true);
        assertThat(ofFlag(first)).hasSize(1);
    }

    @Test
    void aFlagOfOneSlotDoesNotShareWhatWasTakenOnAnother_andOneOfTheWholeJobSharesAll() {
        TestAgent other = new TestAgent(port, "n2", tokens.issue("n2"));
        agent.tell(ofTwoNodes("a"));
        other.tell(ofTwoNodes("b"));
        long onA = flag("a", "hang");
        long onB = flag("b", "socket_leak");
        long onBoth = flag("a", "memory_leak");

        ask("a", onA, "hang", false);
        ask("b", onB, "socket_leak", false);
        requests.ask(job("a"), null, onBoth, "memory_leak", false);

        assertThat(ofFlag(onA)).extracting(FlagEvidence::node).containsExactly("n1");
        assertThat(ofFlag(onB))
                .extracting(FlagEvidence::node, FlagEvidence::reason)
                .containsExactly(tuple("n2", "socket_leak"));
        assertThat(ofFlag(onBoth)).extracting(FlagEvidence::node).containsExactly("n1", "n2");
        assertThat(rows()).isEqualTo(2);
    }

    private SlotStory ofTwoNodes(String slot) {
        return slot(slot, "7")
                .facts(job -> job.addAllNodes(List.of("n1", "n2")))
                .started(now.minusSeconds(300))
                .sample(now.minusSeconds(30), 100, 1000);
    }

    @Test
    void aFlagThatIsRaisedAfterTheEndSharesWhatWasTakenBefore() {
        agent.tell(running("a", "7"));
        ask("a", flag("a", "hang"), "hang", false);
        agent.tell(running("a", "7").ended(now, 1));
        long late = flag("a", "memory_leak");

        ask("a", late, "memory_leak", false);

        assertThat(ofFlag(late)).extracting(FlagEvidence::reason).containsExactly("hang");
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void ofAJobOfManySlotsThoseAreAskedThatWeighMost() {
        List<String> all = List.of("s1", "s2", "s3", "s4", "s5");
        List<TestAgent> agents = all.stream()
                .map(slot -> new TestAgent(port, "n-" + slot, tokens.issue("n-" + slot)))
                .toList();
        for (int i = 0; i < 5; i++) {
            agents.get(i)
                    .tell(slot(all.get(i), "7")
                            .facts(job -> job.addAllNodes(
                                    all.stream().map(one -> "n-" + one).toList()))
                            .started(now.minusSeconds(300)));
        }
        jdbc.sql("UPDATE slot SET cores_used = id, memory_rss_bytes = 1000 - id")
                .update();
        requests.ask(job("s1"), null, flag("s1", "memory_near_limit"), "memory_near_limit", false);

        assertThat(agents.stream().flatMap(one -> asked(one.send(List.of())).stream()))
                .containsExactly("s1", "s2", "s3");
    }

    @Test
    void aSiteThatIsFlaggedAllOverIsAskedAboutSomeOnly() {
        RequestBudget budget = new RequestBudget(3);

        for (int i = 0; i < 3; i++) {
            assertThat(budget.take(now)).isTrue();
        }
        assertThat(budget.take(now.plusSeconds(59))).isFalse();
        assertThat(budget.take(now.plusSeconds(61))).isTrue();
        assertThat(settings.mostPerMinute()).isEqualTo(60);
        var few = new EvidenceRequests(
                jdbc,
                form,
                new EvidenceSettings(settings.pause(), settings.pauseBeforeKill(), settings.validFor(), 3, 4),
                Clock.systemUTC());
        for (int i = 1; i <= 7; i++) {
            agent.tell(running("s" + i, "j" + i));
            String slot = "s" + i;
            new TransactionTemplate(transactions)
                    .executeWithoutResult(
                            status -> few.ask(job(slot), slotId(slot), flag(slot, "hang"), "hang", false));
        }
        assertThat(rows()).isEqualTo(4);
    }

    @Test
    void anAgentIsToldAgainAfterAWhile_butNotForEver_andThenItCountsAsUnanswered() {
        agent.tell(running("a", "7"));
        long flag = flag("a", "hang");
        ask("a", flag, "hang", false);
        for (int told = 1; told <= 5; told++) {
            assertThat(asked(agent.send(List.of()))).as("answer %d", told).containsExactly("a");
            assertThat(asked(agent.send(List.of()))).as("at once again").isEmpty();
            jdbc.sql("UPDATE evidence SET told_at = told_at - INTERVAL 30 SECOND")
                    .update();
        }
        assertThat(asked(agent.send(List.of()))).as("an old agent").isEmpty();
        jdbc.sql("UPDATE evidence SET expires_at = asked_at - INTERVAL 1 SECOND")
                .update();
        assertThat(ofFlag(flag)).extracting(FlagEvidence::state).containsExactly(FlagEvidence.State.UNANSWERED);
    }

    @Test
    void aRequestOutlivesThePortalsProcess() {
        agent.tell(running("a", "7"));
        ask("a", flag("a", "hang"), "hang", false);
        requests.forget();

        assertThat(asked(agent.send(List.of()))).containsExactly("a");
    }

    @Test
    void aProcessOfOneSlotIsNotAskedForTheSlotsOfOthers() {
        agent.tell(running("a", "7"), running("b", "8"));
        ask("a", flag("a", "hang"), "hang", false);

        assertThat(asked(agent.tellAsOwnProcess(running("b", "8")))).isEmpty();
        assertThat(asked(agent.tellAsOwnProcess(running("a", "7")))).containsExactly("a");
    }

    @Test
    void whatNobodyAskedThisSlotForIsNotStored() {
        agent.tell(running("a", "7"), running("b", "8"));
        long flag = flag("a", "hang");
        ask("a", flag, "hang", false);
        long request = agent.send(List.of()).getSendEvidenceOf(0).getRequestId();

        ReportAnswer answer =
                agent.send(List.of(report("b", 900, evidence(request)), report("a", 900, evidence(request + 77))));
        assertThat(answer.getAcknowledgedCount()).as("the agent forgets them").isEqualTo(2);
        assertThat(ofFlag(flag)).extracting(FlagEvidence::state).containsExactly(FlagEvidence.State.ASKED);
        TestAgent stranger = new TestAgent(port, "n2", tokens.issue("n2"));
        assertThat(stranger.send(List.of(report("a", 901, evidence(request)))).getRefusedCount())
                .isEqualTo(1);
        assertThat(ofFlag(flag)).extracting(FlagEvidence::state).containsExactly(FlagEvidence.State.ASKED);
    }

    @Test
    void whatUsersWroteSteersNoTerminalAndTurnsNothingRound() {
        Evidence.Builder hostile = Evidence.newBuilder()
                .addProcesses(ProcessEvidence.newBuilder()
                        .setPid(-1)
                        .setName("\u001b]0;title\u0007a\u202Eb\nc")
                        .setState("RR")
                        .setCoresUsed(Double.NaN)
                        .setMemoryRssBytes(-5)
                        .setStartedAtMs(Long.MAX_VALUE)
                        .setCommandLine("\u001b[31mred\u001b[0m <script>alert(1)</script>"))
                .addHosts(HostEvidence.newBuilder().setPort(-1).setHost("h\u0000"))
                .setStandardOutput(OutputEvidence.newBuilder()
                        .setTail(ByteString.copyFrom("\u001b[2Jone\r\ntwo\rthree\n\tfour\u0000\u009bx\u00ff"
                                .getBytes(StandardCharsets.ISO_8859_1))));
        SlotEvidence read = stored(hostile);

        SlotEvidence.Member process = read.processes().getFirst();
        assertThat(process.name()).isEqualTo("a\uFFFDb\uFFFDc");
        assertThat(process.commandLine()).isEqualTo("red <script>alert(1)</script>");
        assertThat(process)
                .extracting(
                        SlotEvidence.Member::pid,
                        SlotEvidence.Member::state,
                        SlotEvidence.Member::coresUsed,
                        SlotEvidence.Member::memoryRssBytes,
                        SlotEvidence.Member::startedAt)
                .containsExactly(0, "R", null, null, null);
        assertThat(read.hosts().getFirst().port()).isZero();
        assertThat(read.hosts().getFirst().host()).isEqualTo("h\uFFFD");
        assertThat(Objects.requireNonNull(read.standardOutput()).lines())
                .containsExactly("one", "two", "three", "    four\uFFFD\uFFFDx\uFFFD");
    }

    @Test
    void moreThanIsAllowedIsLeftOut() {
        Evidence.Builder much = Evidence.newBuilder();
        for (int i = 0; i < 400; i++) {
            much.addProcesses(ProcessEvidence.newBuilder().setPid(i + 1).setName("p"))
                    .addFiles(FileEvidence.newBuilder().setPath("/f" + i))
                    .addHosts(HostEvidence.newBuilder().setPort(i))
                    .addGaps("g" + i);
        }
        much.setStandardError(OutputEvidence.newBuilder().setTail(ByteString.copyFromUtf8("x\n".repeat(4000))));
        much.setProcesses(0, ProcessEvidence.newBuilder().setName("n".repeat(5000)));
        SlotEvidence read = stored(much);

        assertThat(read.processes()).hasSize(WireContract.MAX_EVIDENCE_PROCESSES);
        assertThat(read.processes().getFirst().name()).hasSize(64);
        assertThat(read.files()).hasSize(WireContract.MAX_EVIDENCE_ROWS);
        assertThat(read.hosts()).hasSize(WireContract.MAX_EVIDENCE_ROWS);
        assertThat(read.gaps()).hasSize(WireContract.MAX_EVIDENCE_GAPS);
        assertThat(Objects.requireNonNull(read.standardError()).lines())
                .hasSize(WireContract.MAX_EVIDENCE_OUTPUT_LINES);
    }

    @Test
    void whatIsFarTooLargeOrOfNoTimeIsRefused_andTheRestOfTheBatchIsStored() {
        agent.tell(running("a", "7"));
        Evidence large = evidence(1).toBuilder()
                .addGaps("x".repeat(2 * WireContract.MAX_EVIDENCE_BYTES))
                .build();
        Evidence early = evidence(1).toBuilder().setTakenAtMs(5).build();
        Evidence future = evidence(1).toBuilder()
                .setTakenAtMs(now.plusSeconds(86_400).toEpochMilli())
                .build();

        ReportAnswer answer = agent.send(List.of(
                report("a", 900, large),
                report("a", 901, early),
                report("a", 902, future),
                report("a", 903, evidence(1))));

        assertThat(answer.getRefusedList())
                .extracting(refusal -> refusal.getSequence())
                .containsExactlyInAnyOrder(900L, 901L, 902L);
        assertThat(answer.getAcknowledgedCount()).isEqualTo(1);
    }

    @Test
    void evidenceOfMillionsOfTinyPartsIsRefusedBeforeItBecomesObjects() throws IOException {
        byte[] parts = new byte[2 * 3_500_000];
        for (int i = 0; i < parts.length; i += 2) {
            parts[i] = (byte) (Evidence.HOSTS_FIELD_NUMBER << 3 | 2); // each one a host with nothing in it
        }
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(report);
        out.writeByteArray(SlotReport.EVIDENCE_FIELD_NUMBER, parts);
        out.flush();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            CodedOutputStream batch = CodedOutputStream.newInstance(gzip);
            batch.writeByteArray(ReportBatch.SLOT_REPORTS_FIELD_NUMBER, report.toByteArray());
            batch.flush();
        }

        assertThat(agent.post(body.toByteArray(), "Content-Encoding", "gzip").statusCode())
                .isEqualTo(413);
    }

    @Test
    void evidenceGoesWithItsJob() {
        agent.tell(running("a", "7"));
        ask("a", flag("a", "hang"), "hang", false);
        jdbc.sql("DELETE FROM job").update();

        assertThat(rows()).isZero();
        assertThat(jdbc.sql("SELECT COUNT(*) FROM flag_evidence")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void evidenceOfAJobThatIsNoLongerThereIsForgotten_alsoWhenTheJobIsToldAgain() {
        agent.tell(running("a", "7"));
        ask("a", flag("a", "hang"), "hang", false);
        long request = agent.send(List.of()).getSendEvidenceOf(0).getRequestId();
        jdbc.sql("DELETE FROM job").update();
        caches.forEach(RowCache::forget);

        ReportAnswer unknown = agent.send(List.of(report("a", 900, evidence(request))));
        assertThat(unknown.getSendJobFactsOfList()).containsExactly("a");
        assertThat(unknown.getAcknowledgedList()).isEmpty();
        ReportAnswer known = agent.tell(running("a", "7"));
        assertThat(known.getAcknowledgedCount()).isEqualTo(2);
        assertThat(agent.send(List.of(report("a", 900, evidence(request)))).getAcknowledgedCount())
                .isEqualTo(1);
        assertThat(rows()).isZero();
    }

    /** As it is read back after it was told and stored. */
    private SlotEvidence stored(Evidence.Builder told) {
        agent.tell(running("a", "7"));
        long flag = flag("a", "hang");
        ask("a", flag, "hang", false);
        long request = agent.send(List.of()).getSendEvidenceOf(0).getRequestId();
        agent.send(List.of(report(
                "a",
                900,
                told.setRequestId(request).setTakenAtMs(now.toEpochMilli()).build())));
        return Objects.requireNonNull(ofFlag(flag).getFirst().evidence());
    }

    private Evidence evidence(long request) {
        return Evidence.newBuilder()
                .setRequestId(request)
                .setTakenAtMs(now.toEpochMilli())
                .setProcessesFound(2)
                .setMeasuredOverSeconds(1)
                .addProcesses(ProcessEvidence.newBuilder()
                        .setPid(301)
                        .setParent(300)
                        .setName("fit")
                        .setState("R")
                        .setCoresUsed(2.5))
                .addProcesses(ProcessEvidence.newBuilder()
                        .setPid(300)
                        .setParent(1)
                        .setName("sh")
                        .setState("S"))
                .setFilesFound(1)
                .addFiles(FileEvidence.newBuilder().setPath("/scratch/x").setSizeBytes(4096))
                .setHostsFound(1)
                .addHosts(HostEvidence.newBuilder()
                        .setKindValue(1)
                        .setHost("10.0.0.2")
                        .setPort(443)
                        .setState(8)
                        .setCount(880))
                .setStandardOutput(OutputEvidence.newBuilder()
                        .setPath("/home/anna/out")
                        .setTail(ByteString.copyFromUtf8("step 1\nstep 2\n")))
                .build();
    }

    private static SlotReport report(String slot, long sequence, Evidence evidence) {
        return SlotReport.newBuilder()
                .setSlotId(slot)
                .setSequence(sequence)
                .setEvidence(evidence)
                .build();
    }

    private static List<String> asked(ReportAnswer answer) {
        return answer.getSendEvidenceOfList().stream()
                .map(EvidenceRequest::getSlotId)
                .toList();
    }

    private void ask(String slot, long flag, String kind, boolean kill) {
        requests.ask(job(slot), slotId(slot), flag, kind, kill);
    }

    private long job(String slot) {
        return one("SELECT job_id FROM slot WHERE slot_key = ?", slot);
    }

    private long slotId(String slot) {
        return one("SELECT id FROM slot WHERE slot_key = ?", slot);
    }

    private long one(String sql, String param) {
        return jdbc.sql(sql).param(param).query(Long.class).single();
    }

    private long rows() {
        return jdbc.sql("SELECT COUNT(*) FROM evidence").query(Long.class).single();
    }

    /** A flag as the judge writes it. */
    private long flag(String slot, String kind) {
        jdbc.sql("INSERT INTO flag (job_id, slot_id, kind, severity, state, since, raised_at, sentence,"
                        + " first_sentence, evidence) VALUES (?, ?, ?, 'WARN', 'OPEN', ?, ?, 's', 's', '{}')")
                .params(job(slot), slotId(slot), kind, now, now)
                .update();
        return jdbc.sql("SELECT MAX(id) FROM flag").query(Long.class).single();
    }

    private List<FlagEvidence> ofFlag(long flag) {
        return queries.ofFlag(flag, ADMIN).orElseThrow();
    }

    private long awaitFlag() {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(
                                flags.search(FlagFilter.STANDING, 0, 10, ADMIN).flags())
                        .hasSize(1));
        return flags.search(FlagFilter.STANDING, 0, 10, ADMIN)
                .flags()
                .getFirst()
                .id();
    }

    private HttpVisitor visitor(String account) {
        accounts.create(account, "correct horse battery", Role.USER);
        return HttpVisitor.withToken(port, apiTokens.issue(account, "t", null).token());
    }

    private SlotStory running(String slot, String job) {
        return slot(slot, job).started(now.minusSeconds(300)).sample(now.minusSeconds(30), 100, 1000);
    }
}
