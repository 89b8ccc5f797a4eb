package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

/** Real processes that try to get away. */
class ProcessTreeTest {

    private static final int NO_MONITOR = -1;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final NodeProcesses all = new NodeProcesses(proc, KernelUnits.read(proc));
    private final String mark = "SLOTWARDEN_TEST_JOB=" + System.nanoTime();

    @AfterEach
    void endOrphans() throws Exception {
        Load.endMarked(mark);
    }

    private Load job(String script) throws Exception {
        return Load.shell(script, Map.of("SLOTWARDEN_TEST_JOB", mark.substring(mark.indexOf('=') + 1)));
    }

    private ProcessTree tree(int firstProcess, boolean withMark) {
        return new ProcessTree(
                proc,
                all,
                firstProcess,
                Instant.now(),
                withMark ? new EnvironmentMark(mark, false) : null,
                OptionalLong.empty(),
                null);
    }

    private Set<Integer> find(ProcessTree tree) {
        return pids(tree.find(ProcessTable.scan(proc), NO_MONITOR));
    }

    private static Set<Integer> pids(Collection<ProcessStat> processes) {
        return processes.stream().filter(p -> !p.ended()).map(ProcessStat::pid).collect(Collectors.toSet());
    }

    @Test
    void findsChildrenAndGrandchildren() throws Exception {
        try (Load load = job("sh -c 'sleep 61; :' & sleep 62; :")) {
            ProcessTree tree = tree(load.pid(), false);
            await().until(() -> find(tree).size() == 4);
            assertThat(find(tree)).containsExactlyInAnyOrderElementsOf(Load.marked(mark));
        }
    }

    @Test
    void keepsAMemberWhoseParentIsGone() throws Exception {
        try (Load load = job("setsid sleep 60 & read x")) {
            ProcessTree tree = tree(load.pid(), false);
            await().until(() -> find(tree).size() >= 2 && Load.marked(mark).size() == 2);
            find(tree);
            ProcessHandle.of(load.pid()).orElseThrow().destroyForcibly();
            load.await();
            await().until(() -> find(tree).size() == 1);
            assertThat(find(tree)).containsExactlyElementsOf(Load.marked(mark));
        }
    }

    @Test
    void findsByTheMarkWhatWasNeverSeenWithItsParents() throws Exception {
        // A daemon as it should be: fork, setsid, fork, and the first two are gone before we look.
        try (Load load = job("setsid sh -c 'sleep 60 & sleep 63 & exit' & exit 0")) {
            load.await();
            await().until(() -> Load.marked(mark).size() == 2);
            assertThat(find(tree(0, true))).containsExactlyInAnyOrderElementsOf(Load.marked(mark));
            assertThat(find(tree(0, false))).as("without the mark").isEmpty();
        }
    }

    @Test
    void findsInTheSessionWhatDroppedTheMark() throws Exception {
        try (Load load = job("setsid sh -c '(env -i sleep 61 &) ; sleep 62; :' & sleep 63; :")) {
            ProcessTree tree = tree(load.pid(), true);
            await().until(() -> find(tree).stream()
                    .anyMatch(pid -> ProcessHandle.of(pid)
                            .flatMap(p -> p.info().arguments())
                            .filter(a -> a[0].equals("61"))
                            .isPresent()));
        }
    }

    @Test
    void anotherUsersProcessWithTheMarkIsNotTheJobs() throws Exception {
        try (Load load = job("sleep 60; :")) {
            await().until(() -> Load.marked(mark).size() == 2);
            ProcessTree strangers = new ProcessTree(
                    proc,
                    all,
                    0,
                    Instant.now(),
                    new EnvironmentMark(mark, false),
                    OptionalLong.of(4_000_000_000L),
                    null);
            assertThat(load.alive()).isTrue();
            assertThat(find(strangers)).isEmpty();
        }
    }

    @Test
    void hooksAndOtherNodesCarryTheMarkButAreNotTheJob() throws Exception {
        String script = "env MARK SLURM_SCRIPT_CONTEXT=epilog_slurmd sleep 60 & env MARK LOCAL_JOB_PID=1 sleep 61 &"
                + "env MARK SLURMD_NODENAME=n2 sleep 62 & env MARK SLURMD_NODENAME=n1 sleep 63 & wait";
        try (Load load = Load.shell(script.replace("MARK", mark))) {
            assertThat(load.alive()).isTrue();
            await().until(() -> Load.marked(mark).size() == 4);
            ProcessTree tree = new ProcessTree(
                    proc, all, 0, Instant.now(), new EnvironmentMark(mark, false), OptionalLong.empty(), "n1");
            Set<Integer> found = find(tree);
            assertThat(found).hasSize(1);
            assertThat(Files.readString(
                            Path.of("/proc", String.valueOf(found.iterator().next()), "cmdline")))
                    .isEqualTo("sleep\00063\000");
        }
    }

    @Test
    void neverTheMonitorNorItsChildren() throws Exception {
        int self = (int) ProcessHandle.current().pid();
        try (Load load = job("sleep 60; :")) {
            await().until(() -> Load.marked(mark).size() == 2);
            assertThat(load.alive()).isTrue();
            assertThat(tree(self, true).find(ProcessTable.scan(proc), self)).isEmpty();
        }
    }

    @Test
    void aPidUsedAgainIsNotTheFirstProcess() throws Exception {
        try (Load load = job("sleep 60; :")) {
            ProcessTree late = new ProcessTree(
                    proc, all, load.pid(), Instant.now().minusSeconds(3600), null, OptionalLong.empty(), null);
            assertThat(find(late)).isEmpty();
        }
    }

    @Test
    void anotherRunOfTheAgentRemembers() throws Exception {
        try (Load load = job("sleep 60; :")) {
            ProcessTree tree = tree(0, false);
            ProcessStat stat = ProcessStat.read(proc, Integer.toString(load.pid()));
            assertThat(stat).isNotNull();
            tree.remember(Map.of(load.pid(), Objects.requireNonNull(stat).startTicks()));
            await().until(() -> find(tree).contains(load.pid()));
            ProcessTree wrong = tree(0, false);
            wrong.remember(Map.of(load.pid(), stat.startTicks() + 1));
            assertThat(find(wrong)).isEmpty();
        }
    }

    @Test
    void findsByTheBeginningOfAVariableWhoseValueNobodyKnows() throws Exception {
        // As HTCondor marks the descendants of a starter; the other one belongs to another starter.
        String name = "_CONDOR_ANCESTOR_" + System.nanoTime();
        String value = "4711:1732233600:123456";
        try (Load load = Load.shell("setsid sh -c 'sleep 60 & exit' & exit 0", Map.of(name, value));
                Load other = Load.shell("sleep 60", Map.of(name + "0", value))) {
            load.await();
            await().until(() -> Load.marked(name + "=" + value).size() == 1);
            assertThat(other.alive()).isTrue();
            ProcessTree tree = new ProcessTree(
                    proc, all, 0, Instant.now(), new EnvironmentMark(name + "=", true), OptionalLong.empty(), null);
            assertThat(find(tree)).containsExactlyElementsOf(Load.marked(name + "=" + value));
        } finally {
            Load.endMarked(name + "=" + value);
        }
    }
}
