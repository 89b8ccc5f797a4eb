package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.FakePortal.Reply;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SampleRequest;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotInterval;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.StorageAddresses;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;

/** The real process between real jobs and a portal that does not always behave. */
class AgentTest {

    private final FakePortal portal = new FakePortal();
    private final AgentProcess agent;

    AgentTest(@TempDir Path root) throws Exception {
        this.agent = new AgentProcess(root, portal.url());
    }

    @BeforeAll
    static void slowMachines() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @AfterEach
    void end() throws Exception {
        agent.close();
        portal.close();
    }

    private static Set<Long> oneTo(long last) {
        return new TreeSet<>(LongStream.rangeClosed(1, last).boxed().toList());
    }

    @Test
    void tellsTheStoryOfAJob() throws Exception {
        try (Load job = Load.shell("while :; do :; done")) {
            String name = "a\nb 'é😀'" + "x".repeat(4000);
            agent.prologue("77", job, "name=" + name, "user=ada", "requested_cores=2");
            agent.start();
            await().until(() -> portal.samples().count() >= 4);
            agent.epilogue("77", "exit_code=3", "batch_state=FAILED");
            await().until(() -> !portal.ends().isEmpty());
        }
        SlotReport first = portal.reports().getFirst();
        assertThat(first.getSequence()).isEqualTo(1);
        assertThat(first.getJob().getName()).isEqualTo("a\nb 'é😀'" + "x".repeat(4000));
        assertThat(first.getJob().getRequestedCores()).isEqualTo(2);
        assertThat(first.getStart().getTimeMs())
                .isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis());
        assertThat(first.getStart().getSampleIntervalSeconds()).isEqualTo(1);

        List<JobSample> samples = portal.samples().toList();
        JobSample one = samples.get(1);
        JobSample later = samples.get(3);
        double seconds = (later.getTimeMs() - one.getTimeMs()) / 1000.0;
        double cpu = later.getCpuUserSeconds()
                + later.getCpuSystemSeconds()
                - one.getCpuUserSeconds()
                - one.getCpuSystemSeconds();
        assertThat(cpu).as("one core at most, and busy").isBetween(0.1 * seconds, 1.1 * seconds);
        assertThat(later.getProcesses()).isEqualTo(1);
        assertThat(later.getMemoryRssBytes()).isBetween(100_000L, 50_000_000L);

        SlotReport end = portal.ends().getFirst();
        assertThat(end.getEnd().getExitCode()).isEqualTo(3);
        assertThat(end.getEnd().getBatchState()).isEqualTo("FAILED");
        assertThat(end.getEnd().getCause()).isEqualTo(SlotEnd.Cause.EPILOGUE);
        assertThat(end.getEnd().hasSignal()).isFalse();
        assertThat(portal.sequences(end.getSlotId())).isEqualTo(oneTo(end.getSequence()));

        assertThat(portal.batches().getFirst().getNode())
                .as("as the hook calls it")
                .isEqualTo("n1");
        assertThat(portal.authorizations()).containsExactly("Bearer " + AgentProcess.TOKEN);
        await().until(() ->
                portal.batches().stream().anyMatch(batch -> batch.getNodeFacts().getLogicalCores() > 0));
        assertThat(portal.nodeSamples()).isNotEmpty().allMatch(sample -> sample.getMemoryTotalBytes() > 0);
        await().until(() -> agent.slotFolders().isEmpty());
        assertThat(agent.log()).doesNotContain(AgentProcess.TOKEN).doesNotContain("ERROR");
    }

    @Test
    void saysOnceWhatAJobIsDoingWhenThePortalAsks() throws Exception {
        portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch).toBuilder()
                .addAllSendEvidenceOf(batch.getSlotReportsList().stream()
                        .map(SlotReport::getSlotId)
                        .distinct()
                        .map(slot -> EvidenceRequest.newBuilder()
                                .setSlotId(slot)
                                .setRequestId(4711)
                                .setReason("hang")
                                .setValidForSeconds(60)
                                .build())
                        .toList())
                .build()));
        try (Load job = Load.shell("sleep 1000; :")) {
            agent.prologue("8", job, "user=ada");
            agent.start();
            await().until(() -> portal.reports().stream().anyMatch(SlotReport::hasEvidence));
            long samples = portal.samples().count();
            await().until(() -> portal.samples().count() >= samples + 3);
        }
        List<SlotReport> told =
                portal.reports().stream().filter(SlotReport::hasEvidence).toList();
        assertThat(told.stream().map(SlotReport::getSequence).distinct()).hasSize(1);
        assertThat(told.getFirst().getEvidence().getRequestId()).isEqualTo(4711);
        assertThat(told.getFirst().getEvidence().getProcessesList())
                .extracting(ProcessEvidence::getName)
                .contains("sh");
        assertThat(told.getFirst().getEvidence().getGapsList())
                .as("nobody told the user's number")
                .anyMatch(gap -> gap.startsWith("The job's user is not known"));
        assertThat(agent.log()).doesNotContain("ERROR");
    }

    private static Reply namingStorage(ReportBatch batch, String address) {
        ReportAnswer.Builder answer = FakePortal.acknowledge(batch).toBuilder();
        if (batch.hasStorageAddressesVersion() && batch.getStorageAddressesVersion() != 7) {
            answer.setStorageAddresses(
                    StorageAddresses.newBuilder().setVersion(7).addAddresses(address));
        }
        return Reply.of(answer.build());
    }

    private List<StorageConnections> storageConnections() {
        return portal.reports().stream()
                .filter(SlotReport::hasStorageConnections)
                .map(SlotReport::getStorageConnections)
                .toList();
    }

    @Test
    void tellsConnectionsToStorageHostsOnceThePortalHasNamedThem() throws Exception {
        try (ServerSocket door = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.2"));
                Load job = Load.perl("use Socket; socket my $s, PF_INET, SOCK_STREAM, 0;" + " connect $s, sockaddr_in("
                        + door.getLocalPort() + ", inet_aton('127.0.0.2')); sleep 600");
                Socket client = door.accept()) {
            agent.prologue("9", job);
            agent.start();
            await().until(() -> portal.samples().count() >= 3);
            assertThat(storageConnections()).as("nobody asked").isEmpty();
            assertThat(portal.batches().getFirst().getStorageAddressesVersion()).isZero();

            portal.behave(batch -> namingStorage(batch, "not-a-number.example"));
            await().until(() -> agent.log().contains("are not used: number 1 is no numeric address"));
            portal.behave(batch -> namingStorage(batch, "127.0.0.2"));
            StorageConnection connection = await().until(() -> storageConnections(), told -> !told.isEmpty())
                    .getFirst()
                    .getConnections(0);
            assertThat(connection)
                    .isEqualTo(StorageConnection.newBuilder()
                            .setStorageAddress("127.0.0.2")
                            .setStoragePort(door.getLocalPort())
                            .setLocalAddress("127.0.0.1")
                            .setLocalPort(client.getPort())
                            .setProcess(job.pid())
                            .setOwnProcess(job.pid())
                            .build());
            long samples = portal.samples().count();
            await().until(() -> portal.samples().count() >= samples + 4);
            assertThat(storageConnections()).as("nothing has changed").hasSize(1);
            assertThat(portal.batches().getLast().getStorageAddressesVersion()).isEqualTo(7);

            agent.kill();
            agent.start();
            await().until(() -> storageConnections().size() == 2);
            assertThat(storageConnections().getLast().getConnectionsList()).containsExactly(connection);
        }
        assertThat(agent.log()).doesNotContain("ERROR");
    }

    @Test
    void goesOnAfterKillNineWithoutAJump() throws Exception {
        // The child burns and is gone with its parent: only the ledger still knows of it.
        try (Load job = Load.shell("perl -e 'while ((times)[0] < 1.5) { for (1 .. 100000) {} }' & wait; sleep 60; :")) {
            agent.prologue("5", job);
            agent.start();
            await().until(() -> portal.samples().anyMatch(s -> s.getCpuUserSeconds() > 1.0));
            agent.kill();
            agent.start();
            long before = portal.samples().count();
            await().until(() -> portal.samples().count() >= before + 2);
            agent.epilogue("5", "exit_code=0");
            await().until(() -> !portal.ends().isEmpty());
        }
        assertThat(portal.slots()).hasSize(1);
        SlotReport end = portal.ends().getFirst();
        assertThat(portal.sequences(end.getSlotId())).isEqualTo(oneTo(end.getSequence()));
        double last = 0;
        // Not as they came: what was sent and not acknowledged when the agent was killed comes again.
        for (JobSample sample : portal.samples()
                .sorted(Comparator.comparingLong(JobSample::getTimeMs))
                .toList()) {
            assertThat(sample.getCpuUserSeconds()).isGreaterThanOrEqualTo(last);
            last = sample.getCpuUserSeconds();
        }
        assertThat(last).isBetween(1.0, 2.5);
        assertThat(agent.log()).contains("adopted slot");
    }

    @Test
    void samplesComeLaterWhereTheyCostTooMuchAndTheAgentSaysSo() throws Exception {
        agent.with("sampling_cpu_percent", 0.001);
        try (Load job = Load.shell("sleep 600")) {
            agent.prologue("6", job);
            agent.start();
            await().until(() -> portal.batches().stream()
                    .flatMap(batch -> batch.getAgentStatus().getErrorsList().stream())
                    .anyMatch(error -> error.getKind().equals("samples-stretched")));
            agent.epilogue("6", "exit_code=0");
            await().until(() -> !portal.ends().isEmpty());
        }
        assertThat(portal.samples().count())
                .as("one at first and one at the end")
                .isLessThanOrEqualTo(3);
        assertThat(agent.log()).contains("come later than at their interval");
    }

    @Test
    void samplesOfTheNodeSurviveKillNine() throws Exception {
        portal.behave(batch -> Reply.status(503, "starting"));
        Path waiting = agent.state().resolve("node-samples.spool");
        long killedAt;
        try (Load job = Load.shell("sleep 600")) {
            agent.prologue("5", job);
            agent.start();
            await().until(() -> portal.nodeSamples().size() > 2 && Files.size(waiting) > 1000);
            agent.kill();
            killedAt = System.currentTimeMillis();
            Set<Long> taken = times(portal.nodeSamples());
            portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch)));
            int before = portal.batches().size();
            agent.start();
            await().until(() -> times(portal.batches().stream()
                            .skip(before)
                            .flatMap(batch -> batch.getNodeSamplesList().stream())
                            .toList())
                    .containsAll(taken));
            assertThat(taken).hasSizeGreaterThanOrEqualTo(2).allMatch(time -> time <= killedAt);
        }
    }

    private static Set<Long> times(List<NodeSample> samples) {
        return samples.stream().map(NodeSample::getTimeMs).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyBatchSaysHowTheAgentIs() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        portal.behave(batch -> batches.incrementAndGet() < 3
                ? Reply.status(503, "starting")
                : Reply.of(FakePortal.acknowledge(batch).toBuilder()
                        .setAnsweredAtMs(System.currentTimeMillis() - 3_600_000)
                        .build()));
        try (Load job = Load.shell("sleep 600")) {
            agent.prologue("5", job);
            agent.start();
            await().until(() -> portal.nodeSamples().stream().anyMatch(NodeSample::hasClockOffsetSeconds));
        }
        assertThat(portal.batches()).allMatch(ReportBatch::hasAgentStatus);
        AgentStatus last = portal.batches().getLast().getAgentStatus();
        assertThat(last.getStartedAtMs()).isBetween(System.currentTimeMillis() - 600_000, last.getTimeMs());
        assertThat(last.getCpuSeconds()).isBetween(0.05, 60.0);
        assertThat(last.getMemoryRssBytes()).isBetween(15L << 20, 300L << 20);
        assertThat(last.getMemoryPssBytes()).isBetween(10L << 20, 300L << 20);
        assertThat(last.getSlots()).isEqualTo(1);
        assertThat(last.getReportsWaiting()).isPositive();
        assertThat(last.getSpoolBytes()).isPositive();
        assertThat(last.getSamplesTaken()).isPositive();
        assertThat(last.getSampleCpuSeconds()).isBetween(1e-6, 10.0);
        assertThat(last.getErrorsList()).anyMatch(error -> error.getKind().equals("portal-away"));
        NodeSample sample = portal.nodeSamples().stream()
                .filter(NodeSample::hasClockOffsetSeconds)
                .findFirst()
                .orElseThrow();
        assertThat(sample.getClockOffsetSeconds())
                .as("the node is an hour ahead of this portal")
                .isBetween(3590.0, 3610.0);
        assertThat(sample.getClockUncertaintySeconds()).isBetween(0.001, 31.0);
        assertThat(sample.getScratchFreeBytes()).isPositive();
    }

    @Test
    void reportsFromAKillAtTheEndToo() throws Exception {
        portal.behave(batch -> Reply.status(503, "starting"));
        agent.with("idle_exit_seconds", 600);
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job);
            agent.start();
            await().until(() -> agent.log().contains("portal away"));
            agent.epilogue("5", "exit_code=0");
            agent.awaitInboxEmpty();
        }
        agent.kill();
        portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch)));
        agent.start();
        await().until(() -> agent.slotFolders().isEmpty());
        assertThat(portal.ends().stream().map(SlotReport::getSequence).distinct())
                .hasSize(1);
    }

    @Test
    void aPortalThatIsAwayOrLosesAnswersGetsEverythingInTheEnd() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        portal.behave(batch -> switch (calls.incrementAndGet()) {
            case 1 -> Reply.status(503, "{\"title\":\"starting\"}").with("Retry-After", "1");
            case 2 -> new Reply(200, new byte[0], "X-Test", "1", true);
            case 3 -> Reply.status(500, "<h1>oops</h1>");
            default -> {
                ReportAnswer once = FakePortal.acknowledge(batch);
                yield Reply.of(once.toBuilder()
                        .addAllAcknowledged(once.getAcknowledgedList())
                        .build());
            }
        });
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> calls.get() >= 5);
            agent.epilogue("5", "exit_code=0");
            await().until(() -> agent.slotFolders().isEmpty());
        }
        SlotReport end = portal.ends().getFirst();
        assertThat(portal.sequences(end.getSlotId())).isEqualTo(oneTo(end.getSequence()));
        assertThat(agent.log()).containsOnlyOnce("HTTP 503").contains("reports are taken again");
    }

    @Test
    void aPortalThatWasDownIsToldLater() throws Exception {
        int port = portal.port();
        portal.close();
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> agent.log().contains("portal away"));
            agent.epilogue("5", "exit_code=0");
            agent.awaitInboxEmpty();
        }
        try (FakePortal again = new FakePortal(port)) {
            await().until(() -> agent.slotFolders().isEmpty());
            assertThat(again.reports().getFirst().hasStart()).isTrue();
            assertThat(again.ends()).hasSize(1);
        }
    }

    @Test
    void aRefusalIsLoggedOnceAndLosesNothing() throws Exception {
        portal.behave(batch -> Reply.status(401, "{\"title\":\"no such token\",\"at\":\"" + System.nanoTime() + "\"}"));
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> agent.log().contains("no such token"));
            agent.kill();
            portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch)));
            agent.start();
            await().until(() -> portal.sequences(portal.slots().getFirst()).contains(1L)
                    && portal.samples().count() > 2);
        }
        assertThat(agent.log()).containsOnlyOnce("no such token");
    }

    @Test
    void whatIsRefusedForGoodIsForgotten() throws Exception {
        portal.behave(batch -> {
            ReportAnswer.Builder answer =
                    FakePortal.acknowledge(batch).toBuilder().clearAcknowledged();
            batch.getSlotReportsList()
                    .forEach(report -> answer.addRefused(Refusal.newBuilder()
                            .setSlotId(report.getSlotId())
                            .setSequence(report.getSequence())
                            .setReason("too\nold")));
            return Reply.of(answer.build());
        });
        agent.epilogue("5", "exit_code=0");
        agent.start();
        await().until(() -> portal.batches().size() > 0 && agent.slotFolders().isEmpty());
        assertThat(agent.log()).contains("never take report 1: too old");
    }

    @Test
    void theTokenFollowsNoRedirect() throws Exception {
        try (FakePortal elsewhere = new FakePortal();
                Load job = Load.shell("sleep 60")) {
            portal.behave(batch -> Reply.status(307, "").with("Location", elsewhere.url() + "/ingest/v1/reports"));
            agent.prologue("5", job).start();
            await().until(() -> agent.log().contains("HTTP 307"));
            assertThat(elsewhere.authorizations()).isEmpty();
            assertThat(agent.slotFolders()).hasSize(1);
        }
    }

    @Test
    void aTokenThatOthersCanReadIsNotUsed() throws Exception {
        Files.setPosixFilePermissions(agent.token(), PosixFilePermissions.fromString("rw-r--r--"));
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> agent.log().contains("open to other users"));
            assertThat(portal.batches()).isEmpty();
            assertThat(agent.slotFolders()).hasSize(1);
        }
    }

    @Test
    void thePortalAsksForFactsAndOtherIntervals() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        agent.with("sample_interval_seconds", 3600);
        portal.behave(batch -> {
            ReportAnswer.Builder answer = FakePortal.acknowledge(batch).toBuilder();
            // The node's facts may come before the first slot.
            if (batch.getSlotReportsCount() > 0 && calls.incrementAndGet() == 1) {
                answer.addIntervals(SlotInterval.newBuilder()
                                .setSlotId(batch.getSlotReports(0).getSlotId())
                                .setSeconds(0.1))
                        .addSendJobFactsOf(batch.getSlotReports(0).getSlotId())
                        .setSendNodeFacts(true);
            }
            return Reply.of(answer.build());
        });
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.samples().count() >= 4);
        }
        assertThat(portal.reports().stream().filter(SlotReport::hasStart)).hasSize(2);
        List<JobSample> samples = portal.samples().toList();
        assertThat(samples.get(3).getTimeMs() - samples.get(2).getTimeMs())
                .as("never below a second")
                // Asked for was a tenth of a second; a late sample makes the time to the next one shorter.
                .isGreaterThan(400);
        await().until(() -> portal.batches().stream().anyMatch(batch -> batch.hasNodeFacts()));
    }

    @Test
    void whatWasTakenInBetweenIsHeldUntilThePortalAsks() throws Exception {
        agent.with("sample_interval_seconds", 3600);
        agent.with("fine_cpu_percent", 50);
        AtomicBoolean asks = new AtomicBoolean();
        portal.behave(batch -> {
            ReportAnswer.Builder answer =
                    FakePortal.acknowledge(batch).toBuilder().setNextReportInMs(200);
            if (asks.get()) {
                portal.reports().stream()
                        .findFirst()
                        .ifPresent(first -> answer.addSendHeldBackOf(SampleRequest.newBuilder()
                                .setSlotId(first.getSlotId())
                                .setToMs(Long.MAX_VALUE)));
            }
            return Reply.of(answer.build());
        });
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.batches().stream()
                    .anyMatch(batch -> batch.getAgentStatus().getSamplesHeldBack() >= 2));
            assertThat(portal.samples()).allMatch(sample -> sample.getReason() == JobSample.Reason.REGULAR);
            asks.set(true);
            await().until(() -> portal.samples()
                            .filter(sample -> sample.getReason() == JobSample.Reason.ASKED)
                            .count()
                    >= 3);
        }
        assertThat(portal.samples().map(JobSample::getTimeMs)).doesNotHaveDuplicates();
    }

    @Test
    void aFailureTellsWhatLedToIt() throws Exception {
        agent.with("sample_interval_seconds", 3600);
        agent.with("fine_cpu_percent", 50);
        portal.behave(batch -> Reply.of(
                FakePortal.acknowledge(batch).toBuilder().setNextReportInMs(200).build()));
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.batches().stream()
                    .anyMatch(batch -> batch.getAgentStatus().getSamplesHeldBack() >= 2));
        }
        agent.epilogue("5", "exit_code=3");
        await().until(() -> portal.reports().stream().anyMatch(SlotReport::hasEnd));
        assertThat(portal.samples().filter(sample -> sample.getReason() == JobSample.Reason.EVENT))
                .isNotEmpty();
    }

    @Test
    void oddAnswersNeitherEndNorSilenceNorFloodTheAgent() throws Exception {
        portal.behave(batch -> {
            ReportAnswer.Builder answer =
                    FakePortal.acknowledge(batch).toBuilder().setNextReportInMs(0);
            portal.reports().stream()
                    .findFirst()
                    .ifPresent(first -> answer.addIntervals(SlotInterval.newBuilder()
                                    .setSlotId(first.getSlotId())
                                    .setSeconds(Double.NaN))
                            .addIntervals(SlotInterval.newBuilder()
                                    .setSlotId(first.getSlotId())
                                    .setSeconds(Double.NEGATIVE_INFINITY))
                            .addSendJobFactsOf(first.getSlotId())
                            .addSendJobFactsOf(first.getSlotId()));
            return Reply.of(answer.build());
        });
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.samples().count() >= 5);
        }
        assertThat(agent.process().isAlive()).isTrue();
        assertThat(portal.reports().stream().filter(SlotReport::hasStart)).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aSlotThatCannotBeOpenedNowIsKeptAndOpenedLater() throws Exception {
        Path slot = Files.createDirectories(agent.state().resolve("slots/kept-1"));
        Path inTheWay = Files.createDirectory(slot.resolve("spool"));
        Files.writeString(slot.resolve("epilogue"), "batch_system=local\0job_id=7\0node=n1\0exit_code=3\0");
        agent.start();
        await().until(() -> agent.log().contains("kept-1 cannot be opened"));
        assertThat(slot.resolve("epilogue")).exists();
        Files.delete(inTheWay);
        await().until(() -> portal.ends().size() == 1);
        assertThat(portal.ends().getFirst().getEnd().getExitCode()).isEqualTo(3);
    }

    @Test
    void thePortalCallsBack() throws Exception {
        agent.with("sample_interval_seconds", 3600);
        portal.behave(batch -> Reply.of(
                FakePortal.acknowledge(batch).toBuilder().setNextReportInMs(200).build()));
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.batches().size() >= 6);
        }
        assertThat(portal.samples().count()).isLessThanOrEqualTo(2);
    }

    @Test
    void hooksThatRunTwiceTellOneStory() throws Exception {
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job);
            agent.prologue("5", job, "account=found later");
            agent.start();
            await().until(() -> portal.reports().stream()
                    .anyMatch(r -> r.getJob().getAccount().equals("found later")));
            agent.epilogue("5", "exit_code=1");
            agent.epilogue("5", "exit_code=2");
            agent.awaitInboxEmpty();
            await().until(() -> agent.slotFolders().isEmpty());
            agent.epilogue("5", "exit_code=3");
            agent.awaitInboxEmpty();
        }
        assertThat(portal.slots()).hasSize(1);
        assertThat(portal.ends()).hasSize(1);
        assertThat(portal.ends().getFirst().getEnd().getExitCode()).isEqualTo(1);
    }

    @Test
    void anEpilogueAloneIsReported() throws Exception {
        agent.start();
        agent.epilogue("5", "signal=9", "name=lost");
        await().until(() -> !portal.ends().isEmpty());
        SlotReport start = portal.reports().stream()
                .filter(SlotReport::hasStart)
                .findFirst()
                .orElseThrow();
        assertThat(start.getStart().hasTimeMs()).isFalse();
        assertThat(start.getJob().getName()).isEqualTo("lost");
        assertThat(portal.ends().getFirst().getEnd().getSignal()).isEqualTo(9);
        assertThat(portal.ends().getFirst().getEnd().hasExitCode()).isFalse();
    }

    @Test
    void anotherRunOfTheSameJobIsAnotherSlot() throws Exception {
        try (Load first = Load.shell("sleep 60");
                Load second = Load.shell("sleep 60")) {
            agent.prologue("5", first, "restart_count=0").start();
            await().until(() -> portal.samples().count() >= 1);
            agent.prologue("5", second, "restart_count=1");
            await().until(() -> portal.slots().size() == 2);
            agent.epilogue("5", "exit_code=0");
            await().until(() -> portal.ends().size() == 2);
        }
        assertThat(portal.ends().get(0).getSlotId()).isEqualTo(portal.slots().get(0));
        assertThat(portal.ends().get(0).getEnd().getCause()).isEqualTo(SlotEnd.Cause.VANISHED);
        assertThat(portal.ends().get(1).getSlotId()).isEqualTo(portal.slots().get(1));
        assertThat(portal.ends().get(1).getEnd().getCause()).isEqualTo(SlotEnd.Cause.EPILOGUE);
    }

    @Test
    void aJobThatIsGoneWithoutAWordHasVanished() throws Exception {
        agent.with("vanished_after_seconds", 1);
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.samples().anyMatch(sample -> sample.getProcesses() > 0));
        }
        await().until(() -> !portal.ends().isEmpty());
        assertThat(portal.ends().getFirst().getEnd().getCause()).isEqualTo(SlotEnd.Cause.VANISHED);
    }

    @Test
    void slotsOfAnEarlierBootHaveVanished() throws Exception {
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.samples().count() >= 1);
            agent.kill();
            Path slot = agent.slotFolders().getFirst();
            Files.writeString(slot.resolve("boot_id"), "another boot");
            Instant seen = Instant.now().minusSeconds(500).truncatedTo(ChronoUnit.SECONDS);
            Files.setLastModifiedTime(slot.resolve("counters"), FileTime.from(seen));
            agent.start();
            await().until(() -> !portal.ends().isEmpty());
            SlotEnd end = portal.ends().getFirst().getEnd();
            assertThat(end.getCause()).isEqualTo(SlotEnd.Cause.VANISHED);
            assertThat(end.getTimeMs()).isEqualTo(seen.toEpochMilli());
            assertThat(portal.ends().getFirst().getSequence())
                    .as("past what was lost")
                    .isGreaterThan(1000);
        }
    }

    @Test
    void onlyOneAgentReadsAnInbox() throws Exception {
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.samples().count() >= 1);
            Process second = agent.launch(List.of());
            assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(75);
            String[] pid = Files.readString(agent.state().resolve("agent.pid")).split("[ \n]");
            String stat = Files.readString(Path.of("/proc", pid[0], "stat"));
            assertThat(pid[0]).isEqualTo(Long.toString(agent.process().pid()));
            assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]).isEqualTo(pid[1]);
            assertThat(agent.log()).doesNotContain("ERROR");
        }
    }

    @Test
    void endsWhenThereIsNothingLeftToDo() throws Exception {
        agent.with("idle_exit_seconds", 1);
        agent.epilogue("5", "exit_code=0");
        agent.start();
        assertThat(agent.awaitExit()).isZero();
        assertThat(portal.ends()).hasSize(1);
        assertThat(agent.state().resolve("agent.pid")).doesNotExist();
        // The next hook starts the next agent.
        agent.epilogue("6", "exit_code=0");
        agent.start();
        assertThat(agent.awaitExit()).isZero();
        assertThat(portal.ends()).hasSize(2);
    }

    @Test
    void endsSometimeAlsoWhileThePortalIsAway() throws Exception {
        portal.behave(batch -> Reply.status(503, ""));
        agent.with("idle_exit_seconds", 1).with("away_exit_seconds", 1);
        agent.epilogue("5", "exit_code=0");
        agent.start();
        assertThat(agent.awaitExit()).isZero();
        portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch)));
        // Time enough for the next one to be rid of it: the first batch goes within two seconds, on an idle machine.
        agent.with("away_exit_seconds", 60).start();
        assertThat(agent.awaitExit()).isZero();
        assertThat(agent.slotFolders()).isEmpty();
        assertThat(portal.ends().stream().map(SlotReport::getSlotId).distinct()).hasSize(1);
    }

    @Test
    void noFileIsLeftWhileAgentsComeAndGo() throws Exception {
        // Hooks' files and agents that end after every slot: whoever loses a race, no file may stay.
        agent.with("idle_exit_seconds", 0);
        for (int i = 0; i < 8; i++) {
            agent.epilogue("job-" + i, "exit_code=0");
            if (!agent.state().resolve("agent.pid").toFile().exists()) {
                agent.start();
            }
        }
        await().until(() -> portal.ends().size() == 8);
    }

    @Test
    void nonsenseInTheInboxIsLoggedOnceAndRemoved() throws Exception {
        agent.start();
        agent.hook("prologue", "no job at all");
        Files.createSymbolicLink(agent.state().resolve("inbox/x.prologue"), Path.of("/etc/passwd"));
        Files.write(agent.state().resolve("inbox/y.epilogue"), new byte[300_000]);
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job);
            await().until(() -> portal.samples().count() >= 1);
            agent.awaitInboxEmpty();
        }
        assertThat(agent.log()).containsOnlyOnce("x.prologue").containsOnlyOnce("y.epilogue");
        assertThat(Path.of("/etc/passwd")).exists();
        assertThat(portal.slots()).hasSize(1);
    }

    @Test
    void aFullDiskStopsNeitherSamplesNorReports() throws Exception {
        portal.behave(batch -> Reply.status(503, "not yet"));
        // No file of this process may grow beyond 2 KiB: what a full disk looks like to a spool.
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job, "name=" + "x".repeat(1500));
            agent.startAfter("ulimit -f 4");
            await().until(() -> agent.log().contains("spool cannot be written"));
            long full = System.currentTimeMillis();
            portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch)));
            await().until(() -> portal.samples().anyMatch(sample -> sample.getTimeMs() > full + 2000));
            String slot = portal.slots().getFirst();
            Set<Long> sequences = portal.sequences(slot);
            assertThat(sequences).isEqualTo(oneTo(sequences.size()));
        }
    }

    @Test
    void slurmIsAskedWhatItsHooksCannotKnow(@TempDir Path folder) throws Exception {
        Path state = Files.writeString(folder.resolve("state"), "RUNNING");
        Path scontrol = Files.writeString(
                folder.resolve("scontrol"),
                "#!/bin/sh\necho \"JobId=$4 JobName=x JobState=$(cat " + state + ") TimeLimit=00:01:00 \"\n");
        Files.setPosixFilePermissions(scontrol, PosixFilePermissions.fromString("rwx------"));
        agent.with("scontrol", scontrol);
        Map<String, String> environment = Map.of("SLURM_JOB_ID", "990077", "SLURM_JOB_NAME", "a b\nc");
        try (Load job = Load.shell("sleep 60", environment)) {
            agent.hook(
                    "prologue",
                    "batch_system=slurm",
                    "job_id=990077",
                    "node=n1",
                    "environment_mark=SLURM_JOB_ID=990077");
            agent.start();
            await().until(() -> portal.reports().stream()
                    .anyMatch(r -> r.getJob().getWallTimeLimitSeconds() == 60
                            && r.getJob().getName().equals("a b\nc")));
            assertThat(job.alive()).isTrue();
            Files.writeString(state, "COMPLETING");
            agent.hook("epilogue", "batch_system=slurm", "job_id=990077", "exit_code=0:0");
            agent.awaitInboxEmpty();
            Files.writeString(state, "TIMEOUT");
            await().until(() -> portal.ends().stream()
                    .anyMatch(end -> end.getEnd().getBatchState().equals("TIMEOUT")));
            await().until(() -> agent.slotFolders().isEmpty());
        }
        assertThat(portal.slots()).hasSize(1);
        assertThat(portal.ends().stream().map(end -> end.getEnd().getTimeMs()).distinct())
                .hasSize(1);
    }

    @Test
    void theLogSaysHowASlotEnded() throws Exception {
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job).start();
            await().until(() -> portal.samples().count() >= 1);
            agent.epilogue("5", "exit_code=3", "batch_state=FAILED\nforged");
            await().until(() -> agent.slotFolders().isEmpty());
        }
        assertThat(agent.log().lines().filter(line -> line.contains(" ended ")))
                .singleElement()
                .asString()
                .contains("(local job 5) ended by its epilogue, exit code 3, FAILED?forged; ")
                .contains("samples by this process");
    }

    @Test
    void aConfigurationThatCannotBeUsedIsSaidOnce() throws Exception {
        agent.with("portal.url", "ftp://nowhere");
        Files.createDirectories(agent.state());
        // As a hook starts it: the state directory is named, and standard error leads into its log.
        String state = agent.state().toString();
        Process hooked =
                agent.launch(List.of("sh", "-c", "exec \"$@\" --state " + state + " 2>>" + state + "/agent.log", "sh"));
        assertThat(hooked.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(hooked.exitValue()).isEqualTo(2);
        assertThat(agent.log()).containsOnlyOnce("portal.url must be https");
        Process byHand = agent.launch(List.of("sh", "-c", "exec \"$@\" --state " + state, "sh"));
        assertThat(byHand.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.log().split("portal.url must be https", -1))
                .as("in the log as well")
                .hasSize(3);
    }
}
