package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotReport;

/** The agent and the shell that watches over it, killed by turns. */
class GuardianTest {

    private final FakePortal portal = new FakePortal();
    private final AgentProcess agent;
    private final InstalledAgent installed;
    private final Path state;

    GuardianTest(@TempDir Path root) throws Exception {
        this.agent = new AgentProcess(root, portal.url());
        this.installed = new InstalledAgent(root, agent);
        this.state = agent.state();
    }

    @BeforeAll
    static void slowMachines() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @AfterEach
    void end() throws Exception {
        installed.close();
        portal.close();
    }

    private void awaitMoreSamples() {
        long now = System.currentTimeMillis();
        await().until(() -> portal.samples().anyMatch(sample -> sample.getTimeMs() > now));
    }

    /** One slot, its numbers whole, its counters never falling. */
    private void assertOneStory() {
        assertThat(portal.slots()).hasSize(1);
        SlotReport end = portal.ends().getFirst();
        assertThat(portal.sequences(end.getSlotId()))
                .isEqualTo(new TreeSet<>(
                        LongStream.rangeClosed(1, end.getSequence()).boxed().toList()));
        double last = 0;
        // By time: a report whose acknowledgement died with the agent comes twice.
        for (JobSample sample : portal.samples()
                .sorted(Comparator.comparing(JobSample::getTimeMs))
                .toList()) {
            double cpu = sample.getCpuUserSeconds() + sample.getCpuSystemSeconds();
            assertThat(cpu).isGreaterThanOrEqualTo(last);
            last = cpu;
        }
        assertThat(agent.log()).doesNotContain("ERROR");
    }

    @Test
    void anAgentThatIsKilledComesBackByItself() throws Exception {
        try (Load job = Load.shell("while :; do :; done")) {
            agent.prologue("5", job);
            int pid = installed.start(state);
            int guardian = InstalledAgent.guardian(state);
            for (int i = 0; i < 3; i++) {
                awaitMoreSamples();
                InstalledAgent.kill(pid);
                int next = InstalledAgent.awaitAgent(state, pid);
                assertThat(next).isNotEqualTo(pid);
                pid = next;
                assertThat(InstalledAgent.parent(pid)).isEqualTo(guardian);
            }
            awaitMoreSamples();
            agent.epilogue("5", "exit_code=0");
            await().until(() -> !portal.ends().isEmpty());
        }
        assertOneStory();
        assertThat(agent.log()).contains("ended with status 137").contains("adopted slot");
        assertThat(portal.batches().stream().map(batch -> batch.getAgentStatus().getAfterCrash()))
                .startsWith(false)
                .endsWith(true);
    }

    @Test
    void aGuardianThatIsKilledIsReplacedAndTheAgentWithIt() throws Exception {
        try (Load job = Load.shell("while :; do :; done")) {
            agent.prologue("5", job);
            int pid = installed.start(state);
            int niceness = InstalledAgent.niceness(pid);
            for (int i = 0; i < 2; i++) {
                int guardian = InstalledAgent.guardian(state);
                awaitMoreSamples();
                InstalledAgent.kill(guardian);
                int before = pid;
                pid = InstalledAgent.awaitAgent(state, before);
                await().until(() -> !InstalledAgent.lives(before));
                assertThat(InstalledAgent.parent(pid))
                        .isEqualTo(InstalledAgent.guardian(state))
                        .isNotEqualTo(guardian);
                assertThat(InstalledAgent.niceness(pid)).isEqualTo(niceness);
            }
            awaitMoreSamples();
            agent.epilogue("5", "exit_code=0");
            await().until(() -> !portal.ends().isEmpty());
        }
        assertOneStory();
        assertThat(agent.log())
                .contains("is gone, another one is called")
                .contains("another agent with a guardian waits, this one ends");
    }

    @Test
    void aRelativePathIsTheCallers() throws Exception {
        installed
                .launch(state, List.of("env", "-C", state.toString()), "--state", "../" + state.getFileName())
                .waitFor(60, TimeUnit.SECONDS);
        int pid = InstalledAgent.awaitAgent(state, 0);
        assertThat(InstalledAgent.parent(pid)).isEqualTo(InstalledAgent.guardian(state));
    }

    @Test
    void toldToStopBothStop() throws Exception {
        for (boolean agentItself : new boolean[] {true, false}) {
            int pid = installed.start(state);
            int guardian = InstalledAgent.guardian(state);
            InstalledAgent.terminate(agentItself ? pid : guardian);
            await().until(() -> !InstalledAgent.lives(guardian) && !InstalledAgent.lives(pid));
            assertThat(state.resolve("guardian.pid")).doesNotExist();
        }
        assertThat(agent.log()).doesNotContain("is started again");
    }

    @Test
    void anAgentThatEndsByItselfTakesItsGuardianAlong() throws Exception {
        agent.with("idle_exit_seconds", 1);
        agent.epilogue("5", "exit_code=0");
        int pid = installed.start(state);
        int guardian = InstalledAgent.parent(pid);
        await().until(() -> !InstalledAgent.lives(pid) && !InstalledAgent.lives(guardian));
        assertThat(agent.log()).contains("no slot left").doesNotContain("is started again");
    }

    @Test
    void hooksThatComeAtOnceGetOneAgentAndOneGuardian() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(installed.launch(state, List.of()).waitFor(60, TimeUnit.SECONDS))
                    .isTrue();
        }
        int pid = InstalledAgent.awaitAgent(state, 0);
        String mark = state.toString();
        await().until(() -> commandsWith(mark) == 2);
        assertThat(InstalledAgent.parent(pid)).isEqualTo(InstalledAgent.guardian(state));
    }

    private static long commandsWith(String argument) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("--state " + argument))
                .count();
    }

    @Test
    void runsInItsOwnSessionWithManyDescriptorsAndNothingOfItsHook() throws Exception {
        assertThat(installed
                        .launch(state, List.of("prlimit", "--nofile=64:4096", "choom", "-n", "500", "--"))
                        .waitFor(60, TimeUnit.SECONDS))
                .isTrue();
        int pid = InstalledAgent.awaitAgent(state, 0);
        Path proc = Path.of("/proc", String.valueOf(pid));
        assertThat(Files.readString(proc.resolve("limits"))).containsPattern("Max open files +4096 +4096");
        assertThat(Files.readString(proc.resolve("limits"))).containsPattern("Max core file size +0 +0");
        assertThat(Files.readString(proc.resolve("oom_score_adj")).strip()).isEqualTo("0");
        assertThat(Files.readString(proc.resolve("environ")).split("\0"))
                .containsExactlyInAnyOrder("PATH=/usr/bin:/bin", "LANG=C.UTF-8", "MALLOC_ARENA_MAX=1");
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job);
            awaitMoreSamples();
        }
    }

    @Test
    void oneSlotsOwnProcessReportsItsSlotAndLeavesNothing() throws Exception {
        Path own = state.resolve("own/local-5");
        try (Load job = Load.shell("sleep 60")) {
            installed.start(state);
            agent.hookOfOwn(own, "prologue", "5", job);
            int pid = installed.start(own, "--shared", state.toString());
            awaitMoreSamples();
            assertThat(Files.list(own.resolve("slots")).toList()).hasSize(1);
            agent.hookOfOwn(own, "epilogue", "5", null, "exit_code=4");
            await().until(() -> !portal.ends().isEmpty());
            await().until(() -> !InstalledAgent.lives(pid) && !Files.exists(own));
        }
        assertThat(portal.ends().getFirst().getEnd().getExitCode()).isEqualTo(4);
        assertThat(portal.slots()).hasSize(1);
    }

    @Test
    void anAgentOfOneSlotThatOutgrewItsHeapComesBackWithThatOfANode() throws Exception {
        Path own = Files.createDirectories(state.resolve("own/local-5"));
        Path calls = state.resolveSibling("calls");
        Path home = state.resolveSibling("java");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        // The first ends as Java does that is out of memory (ExitOnOutOfMemoryError), the second because it is done.
        Files.writeString(java, "#!/bin/sh\necho \"$*\" >>%1$s\n[ $(wc -l <%1$s) -gt 1 ] || exit 3\n".formatted(calls));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        installed.launch(own, List.of(), "--shared", state.toString(), "--java-home", home.toString());

        await().until(() -> Files.exists(calls) && Files.readAllLines(calls).size() == 2);
        assertThat(Files.readAllLines(calls).getFirst()).contains("-Xmx8m").doesNotContain("-Xmx256m");
        assertThat(Files.readAllLines(calls).getLast())
                .contains("-Xmx256m", "--after-crash yes")
                .doesNotContain("-Xmx8m");
    }

    @Test
    void theNodesProcessTakesOverASlotWhoseOwnProcessIsGone() throws Exception {
        Path own = state.resolve("own/local-5");
        try (Load job = Load.shell("while :; do :; done")) {
            agent.hookOfOwn(own, "prologue", "5", job);
            installed.start(own, "--shared", state.toString());
            awaitMoreSamples();
            InstalledAgent.end(own);
            Files.setLastModifiedTime(own, FileTime.from(Instant.now().minusSeconds(60)));
            installed.start(state);
            awaitMoreSamples();
            assertThat(own).doesNotExist();
            agent.epilogue("5", "exit_code=0");
            await().until(() -> !portal.ends().isEmpty());
        }
        assertOneStory();
        assertThat(agent.log()).contains("the process of local-5 is gone, what it left is taken over");
    }

    @Test
    void aNodeIsReportedByOneOfItsProcessesOnly() throws Exception {
        Path own = state.resolve("own/local-6");
        try (Load job = Load.shell("sleep 60")) {
            agent.prologue("5", job);
            installed.start(state);
            await().until(() -> !portal.nodeSamples().isEmpty());
            agent.hookOfOwn(own, "prologue", "6", job);
            installed.start(own, "--shared", state.toString());
            await().until(() -> portal.slots().size() == 2);
            awaitMoreSamples();
            assertThat(processesThatReportTheNode()).hasSize(1);
            InstalledAgent.end(state);
            await().until(() -> processesThatReportTheNode().size() == 2);
        }
    }

    /** By the moment at which they started. */
    private Set<Long> processesThatReportTheNode() {
        return portal.batches().stream()
                .filter(batch -> batch.getNodeSamplesCount() > 0)
                .map(batch -> batch.getAgentStatus().getStartedAtMs())
                .collect(Collectors.toSet());
    }
}
