package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobProgress;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.SampleLoss;
import org.slotwarden.portal.job.SlotExecutable;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.ExecutableShare;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.Progress;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.SocketCount;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What agents measure of a job, from the wire to the database, the series and REST. */
@PortalTest
@ExtendWith(OutputCaptureExtension.class)
class FiguresTest {

    /** All that agents tell. */
    private static final EnumSet<Metric> TOLD = EnumSet.complementOf(EnumSet.of(Metric.STORAGE_MOVERS));

    private static final Viewer ADMIN = new Viewer("admin", true);

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    SeriesQueries series;

    @Autowired
    JdbcTemplate jdbc;

    @LocalServerPort
    int port;

    /** Of this test only: complaints are logged once for each node. */
    String node = "n-" + UUID.randomUUID();

    TestAgent agent;

    @BeforeEach
    void agent() {
        agent = new TestAgent(port, node, tokens.issue(node));
    }

    /** A sample in which every scalar figure has a value of its own, {@code age} times over. */
    private static Consumer<JobSample.Builder> everything(long age) {
        return sample -> sample.setCpuUserSeconds(1.0 * age)
                .setCpuSystemSeconds(0.5 * age)
                .setCpuUnattributedSeconds(0.25 * age)
                .setRunQueueWaitSeconds(0.125 * age)
                .setVoluntaryContextSwitches(11 * age)
                .setInvoluntaryContextSwitches(12 * age)
                .setMemoryRssBytes(101)
                .setMemoryPssBytes(102)
                .setSwapBytes(103)
                .setMajorFaults(13 * age)
                .setOomKills((int) age)
                .setReadBytes(14 * age)
                .setWriteBytes(15 * age)
                .setReadChars(16 * age)
                .setWriteChars(17 * age)
                .setReadCalls(18 * age)
                .setWriteCalls(19 * age)
                .setReadOperations(20 * age)
                .setWriteOperations(21 * age)
                .setProcesses(104)
                .setThreads(105)
                .setUninterruptibleProcesses(106)
                .setZombies(107)
                .setOpenFiles(108)
                .setFullestOpenFiles(256)
                .setFullestOpenFilesLimit(1024)
                .setOpenSockets(45)
                .addSockets(sockets(SocketCount.Kind.TCP, 1, 1))
                .addSockets(sockets(SocketCount.Kind.TCP, 2, 2))
                .addSockets(sockets(SocketCount.Kind.TCP, 6, 3))
                .addSockets(sockets(SocketCount.Kind.TCP, 8, 4))
                .addSockets(sockets(SocketCount.Kind.TCP, 10, 5))
                .addSockets(sockets(SocketCount.Kind.TCP, 4, 2))
                .addSockets(sockets(SocketCount.Kind.TCP, 5, 4))
                .addSockets(sockets(SocketCount.Kind.UDP, 0, 7))
                .addSockets(sockets(SocketCount.Kind.UNIX, 0, 8))
                .addSockets(sockets(SocketCount.Kind.OTHER, 0, 9))
                .setCpuPressure(pressure(0.30 * age, 0.20 * age))
                .setMemoryPressure(pressure(0.31 * age, 0.21 * age))
                .setIoPressure(pressure(0.32 * age, 0.22 * age))
                .setWorkdirBytes(109)
                .setScratchBytes(110)
                .setStandardOutputBytes(111)
                .setStandardErrorBytes(112)
                .setMemoryLimitBytes(113)
                .setWorkdirFreeBytes(114)
                .setScratchFreeBytes(115)
                .setNetReceiveBytes(22 * age)
                .setNetTransmitBytes(23 * age)
                .setNetReceivePackets(24 * age)
                .setNetTransmitPackets(25 * age)
                .setNetworkSource(JobSample.NetworkSource.NAMESPACE)
                .setProgress(Progress.newBuilder().setFraction(0.5))
                .setMembership(JobSample.Membership.CGROUP);
    }

    private static SocketCount.Builder sockets(SocketCount.Kind kind, int state, int count) {
        return SocketCount.newBuilder().setKind(kind).setState(state).setCount(count);
    }

    private static Pressure.Builder pressure(double some, double full) {
        return Pressure.newBuilder().setSomeSeconds(some).setFullSeconds(full);
    }

    private static double expected(Metric metric) {
        return switch (metric) {
            case CORES_USED, CPU_SECONDS -> 1.5;
            case CPU_USER_SECONDS, OOM_KILLS -> 1;
            case CPU_SYSTEM_SECONDS, PROGRESS_FRACTION -> 0.5;
            case CPU_UNATTRIBUTED_SECONDS, OPEN_FILES_SHARE -> 0.25;
            case RUN_QUEUE_WAIT_SECONDS -> 0.125;
            case VOLUNTARY_CONTEXT_SWITCHES -> 11;
            case INVOLUNTARY_CONTEXT_SWITCHES -> 12;
            case MAJOR_FAULTS -> 13;
            case READ_BYTES -> 14;
            case WRITE_BYTES -> 15;
            case READ_CHARS -> 16;
            case WRITE_CHARS -> 17;
            case READ_CALLS -> 18;
            case WRITE_CALLS -> 19;
            case READ_OPERATIONS -> 20;
            case WRITE_OPERATIONS -> 21;
            case MEMORY_RSS_BYTES -> 101;
            case MEMORY_PSS_BYTES -> 102;
            case SWAP_BYTES -> 103;
            case PROCESSES -> 104;
            case THREADS -> 105;
            case UNINTERRUPTIBLE_PROCESSES -> 106;
            case ZOMBIES -> 107;
            case OPEN_FILES -> 108;
            case FULLEST_OPEN_FILES -> 256;
            case FULLEST_OPEN_FILES_LIMIT -> 1024;
            case OPEN_SOCKETS -> 45;
            case SOCKETS_TCP_ESTABLISHED -> 1;
            case SOCKETS_TCP_SYN_SENT -> 2;
            case SOCKETS_TCP_TIME_WAIT -> 3;
            case SOCKETS_TCP_CLOSE_WAIT -> 4;
            case SOCKETS_TCP_LISTEN -> 5;
            case SOCKETS_TCP_OTHER -> 6;
            case SOCKETS_UDP -> 7;
            case SOCKETS_UNIX -> 8;
            case SOCKETS_OTHER -> 9;
            case CPU_PRESSURE_SOME_SECONDS -> 0.30;
            case CPU_PRESSURE_FULL_SECONDS -> 0.20;
            case MEMORY_PRESSURE_SOME_SECONDS -> 0.31;
            case MEMORY_PRESSURE_FULL_SECONDS -> 0.21;
            case IO_PRESSURE_SOME_SECONDS -> 0.32;
            case IO_PRESSURE_FULL_SECONDS -> 0.22;
            case WORKDIR_BYTES -> 109;
            case SCRATCH_BYTES -> 110;
            case STANDARD_OUTPUT_BYTES -> 111;
            case STANDARD_ERROR_BYTES -> 112;
            case MEMORY_LIMIT_BYTES -> 113;
            case WORKDIR_FREE_BYTES -> 114;
            case SCRATCH_FREE_BYTES -> 115;
            case NET_RECEIVE_BYTES -> 22;
            case NET_TRANSMIT_BYTES -> 23;
            case NET_RECEIVE_PACKETS -> 24;
            case NET_TRANSMIT_PACKETS -> 25;
            case STORAGE_MOVERS -> throw new IllegalArgumentException("No agent tells " + metric);
        };
    }

    @Test
    void everyFigureComesBackAsItsSeries_countersAsRates() {
        agent.tell(slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), everything(30))
                .sample(start.plusSeconds(60), everything(60)));

        Series found = series.ofJob(details().summary().id(), TOLD, start, start.plusSeconds(60), 10);

        assertThat(found.lines())
                .hasSize(TOLD.size())
                .allSatisfy(line -> assertThat(line.points().getLast().value())
                        .as(line.metric().metricName())
                        .isCloseTo(expected(line.metric()), org.assertj.core.data.Offset.offset(1e-9)));
    }

    @Test
    void whatIsCountedIsAddedUpOverSlots_andOfSharesTheGreatestCounts() {
        String name = "second-" + node;
        TestAgent second = new TestAgent(port, name, tokens.issue(name));
        agent.tell(slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), everything(30))
                .sample(start.plusSeconds(60), everything(60)));
        second.tell(slot("b", "7")
                .started(start)
                .sample(start.plusSeconds(30), everything(30))
                .sample(start.plusSeconds(60), everything(60)));

        Series found = series.ofJob(details().summary().id(), TOLD, start.plusSeconds(30), start.plusSeconds(60), 1);

        assertThat(found.lines())
                .allSatisfy(line -> assertThat(line.points().getLast().value())
                        .as(line.metric().metricName())
                        .isCloseTo(
                                expected(line.metric()) * (line.metric().addsUp() ? 2 : 1),
                                org.assertj.core.data.Offset.offset(1e-9)));
        assertThat(Metric.OPEN_FILES_SHARE.addsUp()).isFalse();
        assertThat(Metric.IO_PRESSURE_SOME_SECONDS.addsUp()).isFalse();
        assertThat(Metric.PROGRESS_FRACTION.addsUp()).isFalse();
    }

    @Test
    void whatWasNotMeasuredStaysAbsent_andNoSocketsAreZeroOfEachKind() {
        agent.tell(slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), sample -> sample.setProcesses(1))
                .sample(start.plusSeconds(60), sample -> sample.setOpenSockets(3))
                .sample(start.plusSeconds(90), sample -> sample.setOpenSockets(0)));

        assertThat(jdbc.queryForList("SELECT sockets_tcp_listen FROM job_sample ORDER BY time", Integer.class))
                .containsExactly(null, null, 0);
        for (String figure : List.of("zombies", "net_receive_bytes", "workdir_free_bytes", "memory_limit_bytes")) {
            assertThat(jdbc.queryForList("SELECT " + figure + " FROM job_sample ORDER BY time", Integer.class))
                    .as(figure)
                    .containsExactly(null, null, null);
        }
        assertThat(details().progress()).isNull();
        assertThat(details().executables()).isEmpty();
    }

    @Test
    void figuresThatAreSeldomMeasuredMakeALineWithoutGaps() {
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= 18; i++) {
            boolean measured = i % 4 == 1;
            int count = i;
            story.sample(start.plusSeconds(30L * i), sample -> {
                sample.setMemoryRssBytes(100 + count);
                if (measured) {
                    sample.setMemoryPssBytes(50 + count);
                }
            });
        }
        agent.tell(story);
        long job = details().summary().id();

        List<Series.Point> raw = series.ofJob(
                        job, EnumSet.of(Metric.MEMORY_PSS_BYTES), start, start.plusSeconds(540), 100)
                .lines()
                .getFirst()
                .points();
        assertThat(raw).extracting(Series.Point::value).containsExactly(51.0, 55.0, 59.0, 63.0, 67.0);
        assertThat(series.ofJob(
                                job,
                                EnumSet.of(Metric.MEMORY_PSS_BYTES),
                                start.plusSeconds(180),
                                start.plusSeconds(510),
                                11)
                        .lines()
                        .getFirst()
                        .points())
                .extracting(Series.Point::value)
                .doesNotContainNull();
    }

    @Test
    void impossibleFiguresAreLeftOut_andTheRestIsKept(CapturedOutput output) {
        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(30), sample -> {
            sample.setRunQueueWaitSeconds(Double.NaN)
                    .setCpuUnattributedSeconds(-1)
                    .setMajorFaults(-1)
                    .setReadCalls(Long.MAX_VALUE)
                    .setZombies(-1)
                    .setOpenFiles(7)
                    .setFullestOpenFilesLimit(-1)
                    .setCpuPressure(pressure(Double.POSITIVE_INFINITY, -1))
                    .setWorkdirBytes(Long.MIN_VALUE)
                    .setWorkdirFreeBytes(-1)
                    .setMemoryLimitBytes(Long.MAX_VALUE)
                    .setNetReceiveBytes(-5)
                    .setProgress(Progress.newBuilder().setFraction(1.5).setText("x".repeat(5000)))
                    .addSockets(sockets(SocketCount.Kind.TCP, 1, -1))
                    .addSockets(sockets(SocketCount.Kind.TCP, 1, 3))
                    .setReasonValue(77)
                    .setMembershipValue(99);
            for (int i = 0; i < 300; i++) {
                sample.addSockets(sockets(SocketCount.Kind.TCP, 3, 100_000_000));
                sample.addExecutables(ExecutableShare.newBuilder()
                        .setName("n" + i + "\u0000\n" + "y".repeat(100))
                        .setCpuSeconds(Double.NaN));
            }
        }));

        JobDetails job = details();
        assertThat(job.slots().getFirst().latest())
                .containsEntry("open_files", 7)
                .containsEntry("sockets_tcp_established", 3)
                .containsEntry("sockets_tcp_other", Integer.MAX_VALUE)
                .doesNotContainKeys(
                        "run_queue_wait_seconds",
                        "cpu_unattributed_seconds",
                        "major_faults",
                        "read_calls",
                        "zombies",
                        "fullest_open_files_limit",
                        "cpu_pressure_some_seconds",
                        "cpu_pressure_full_seconds",
                        "workdir_bytes",
                        "workdir_free_bytes",
                        "memory_limit_bytes",
                        "net_receive_bytes",
                        "progress_fraction");
        assertThat(job.progress()).isEqualTo(new JobProgress(null, "x".repeat(200), null));
        assertThat(job.executables())
                .hasSize(5)
                .allSatisfy(executable -> assertThat(executable.name()).hasSize(64))
                .allSatisfy(executable -> assertThat(executable.cpuSeconds()).isNull());
        assertThat(job.slots().getFirst().membership()).isNull();
        assertThat(output.getAll())
                .contains("executables are more than 5: the rest was left out", "sockets are more than 64");
    }

    @Test
    void aReportWithoutASequenceIsRefused() {
        ReportAnswer answer = agent.send(slot("a", "7").started(start).reports().stream()
                .map(report -> report.toBuilder().setSequence(0).build())
                .toList());

        assertThat(answer.getAcknowledgedList()).isEmpty();
        assertThat(answer.getRefusedList()).extracting(Refusal::getReason).containsExactly("sequence must begin at 1");
    }

    @Test
    void everyAnswerTellsThePortalsTime() {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        ReportAnswer answer = agent.send(List.of());

        assertThat(Instant.ofEpochMilli(answer.getAnsweredAtMs())).isBetween(before, Instant.now());
    }

    @Test
    void ofExecutablesTheLatestIsKept_andTheirPeak_whateverTheOrder() {
        SlotStory story = slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), sample -> sample.addExecutables(executable("root", 10, 900)))
                .sample(
                        start.plusSeconds(60),
                        sample -> sample.addExecutables(executable("root", 40, 300))
                                .addExecutables(executable("sh", 1, 5)));
        agent.send(story.reports().reversed());
        agent.send(story.reports());
        agent.tell(story);

        assertThat(details().executables())
                .containsExactly(
                        new SlotExecutable("root", start.plusSeconds(60), 2, 4, 40.0, 300L, 900L, null, 7L),
                        new SlotExecutable("sh", start.plusSeconds(60), 2, 4, 1.0, 5L, 5L, null, 7L));
    }

    @Test
    void aJobThatKeepsInventingNamesFillsNoTable() {
        SlotStory story = slot("a", "7").started(start);
        for (int i = 0; i < 40; i++) {
            int number = i;
            story.sample(start.plusSeconds(i), sample -> {
                for (int k = 0; k < 5; k++) {
                    sample.addExecutables(executable("e" + number + "-" + k, number, 1));
                }
            });
        }
        agent.tell(story);
        agent.tell(story.sample(start.plusSeconds(60), sample -> sample.addExecutables(executable("main", 1e6, 1))));

        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM slot_executable", Integer.class))
                .isEqualTo(50);
        assertThat(details().executables().getFirst().name()).isEqualTo("main");
    }

    private static ExecutableShare.Builder executable(String name, double cpu, long rss) {
        return ExecutableShare.newBuilder()
                .setName(name)
                .setProcesses(2)
                .setThreads(4)
                .setCpuSeconds(cpu)
                .setMemoryRssBytes(rss)
                .setWriteBytes(7);
    }

    @Test
    void progressIsWhatTheJobSaidLast_andNeverGoesBackToWhatComesLate() {
        SlotStory story = slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), sample -> sample.setProgress(progress(0.1, "early")))
                .sample(start.plusSeconds(60), sample -> sample.setProgress(progress(0.6, "<b>later</b>")))
                .sample(start.plusSeconds(90), sample -> sample.setProcesses(1));
        agent.send(List.of(
                story.reports().get(0), story.reports().get(2), story.reports().get(3)));
        agent.send(List.of(story.reports().get(1)));

        assertThat(details().progress()).isEqualTo(new JobProgress(0.6, "<b>later</b>", start));
    }

    private Progress.Builder progress(double fraction, String text) {
        return Progress.newBuilder().setFraction(fraction).setText(text).setTimeMs(start.toEpochMilli());
    }

    @Test
    void lossesAreKnownOnce_andAbsurdOnesAreLeftOut() {
        SlotStory story = slot("a", "7")
                .started(start)
                .lost(120, start, start.plusSeconds(120))
                .lost(5, start.plusSeconds(200), start.plusSeconds(210))
                .lost(-1, start, start)
                .lost(7, start.plusSeconds(9), start)
                .lost(7, Instant.EPOCH, start)
                .lost(7, start, Instant.now().plus(Duration.ofDays(1)))
                .lost(0, start, start);
        assertThat(agent.tell(story).getAcknowledgedCount()).isEqualTo(8);
        agent.tell(story);

        assertThat(details().samplesGivenUp()).isEqualTo(125);
        assertThat(details().losses())
                .containsExactly(
                        new SampleLoss(2, 120, start, start.plusSeconds(120)),
                        new SampleLoss(3, 5, start.plusSeconds(200), start.plusSeconds(210)));
    }

    @Test
    void restTellsTheLatestOfAJob() {
        accounts.create("anna", "correct horse battery", Role.USER);
        HttpVisitor anna =
                HttpVisitor.withToken(port, apiTokens.issue("anna", "t", null).token());
        agent.tell(slot("a", "7")
                .started(start)
                .lost(120, start, start.plusSeconds(120))
                .sample(start.plusSeconds(30), sample -> {
                    everything(30).accept(sample);
                    sample.addExecutables(executable("root.exe", 10, 900)).setProgress(progress(0.25, "event 1 of 4"));
                }));

        JsonNode job = new JsonMapper()
                .readTree(anna.get("/api/v1/jobs/" + details().summary().id()).body());

        assertThat(job.get("progress").toString())
                .isEqualTo("{\"fraction\":0.25,\"text\":\"event 1 of 4\",\"at\":\"" + start + "\"}");
        assertThat(job.get("sockets").get("sockets_tcp_close_wait").asInt()).isEqualTo(4);
        assertThat(job.get("executables").get(0).get("name").asString()).isEqualTo("root.exe");
        assertThat(job.get("samples_given_up").asInt()).isEqualTo(120);
        assertThat(job.get("slots").get(0).get("membership").asString()).isEqualTo("cgroup");
        assertThat(job.get("slots").get(0).get("latest").get("read_calls").asInt())
                .isEqualTo(540);
    }

    private JobDetails details() {
        return jobs.find(jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, ADMIN)
                        .jobs()
                        .getFirst()
                        .id())
                .orElseThrow();
    }
}
