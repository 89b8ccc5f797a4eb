package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.wire.v1.JobSample.Membership;

/** Real processes in real cgroups, with real groups. Needs root, and is left out without. */
class JobProcessesTest {

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final KernelUnits units = KernelUnits.read(proc);
    private final long job = System.nanoTime() % 1_000_000_000L;
    private final Deque<Path> made = new ArrayDeque<>();

    @AfterEach
    void removeCgroups() {
        // The kernel takes a moment to let go of processes that were killed.
        while (!made.isEmpty()) {
            Path folder = made.pop();
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                try {
                    return Files.deleteIfExists(folder) || true;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    private Path cgroup(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            cgroup(folder.getParent() == null ? folder : folder.getParent());
            Files.createDirectory(folder);
            made.push(folder);
        }
        return folder;
    }

    private static void enter(Path cgroup, Load load) throws IOException {
        Files.writeString(cgroup.resolve("cgroup.procs"), load.pid() + "\n");
    }

    /**
     * Those below hierarchies that this machine has. A kernel that has given all controllers to version 2 has
     * none of version 1; without any there is nothing to test with, and JUnit makes that a failure.
     */
    private static List<String> here(String... spellings) {
        boolean unifiedOnly = Files.exists(CGROUPS.resolve("cgroup.controllers"));
        return Stream.of(spellings)
                .map(spelling -> unifiedOnly ? spelling.replaceFirst("^unified/", "./") : spelling)
                .filter(spelling -> Files.isWritable(
                        CGROUPS.resolve(spelling.split("/", 2)[0]).resolve("cgroup.procs")))
                .toList();
    }

    private static List<String> namedAfterTheJob() {
        return here(
                "unified/system.slice/slurmstepd.scope/job_%d/step_0/user/task_0",
                "unified/system.slice/n1_slurmstepd.scope/job_%d/step_batch/user/task_special",
                "freezer/slurm_n1/uid_0/job_%d/step_batch",
                "memory/slurm/uid_0/job_%d/step_0");
    }

    @ParameterizedTest
    @MethodSource("namedAfterTheJob")
    void aUsersProgramThatCallsItselfSlurmstepdIsTheJobs(String spelling, @TempDir Path folder) throws Exception {
        Path task = cgroup(CGROUPS.resolve(spelling.formatted(job)).normalize());
        Path told = folder.resolve("pid");
        String hides =
                "$0 = \"slurmstepd\"; exit if fork; open(F, \">\", \"" + told + "\"); print F $$; close F; sleep 60";
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (Load job = Load.shell("echo $$ >" + task.resolve("cgroup.procs")
                + "; exec setpriv --reuid=65534 --clear-groups perl -e '" + hides + "'")) {
            await().until(() -> Files.exists(told) && !Files.readString(told).isEmpty());
            int pid = Integer.parseInt(Files.readString(told));
            try {
                assertThat(find(processes("batch_system=slurm", "job_id=" + this.job, "uid=65534")))
                        .contains(pid);
                assertThat(find(processes("batch_system=slurm", "job_id=" + this.job, "uid=65533")))
                        .as("another's could be the daemon")
                        .doesNotContain(pid);
            } finally {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            job.await();
        }
    }

    private static List<String> namedOtherwise() {
        return here(
                "unified/system.slice/slurmstepd.scope/s5TEST%d/step_0/user/task_0",
                "freezer/slurm/uid_0/s5TEST%d/step_0");
    }

    private JobProcesses processes(String... records) {
        byte[] text = (String.join("\0", records) + "\0").getBytes(StandardCharsets.UTF_8);
        HandOver handOver = HandOver.parse(text, Instant.now());
        return new JobProcesses(
                proc,
                units,
                CGROUPS,
                new NodeProcesses(proc, units),
                handOver,
                JobDescription.read(handOver, "n1"),
                "n1");
    }

    private Set<Integer> find(JobProcesses processes) {
        return processes.find(ProcessTable.scan(proc), -1).stream()
                .filter(process -> !process.ended())
                .map(ProcessStat::pid)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("namedAfterTheJob")
    void thoseInSlurmsCgroupWhateverItIsCalledAndWhateverTheJobMadeBelow(String spelling) throws Exception {
        Path task = cgroup(CGROUPS.resolve(spelling.formatted(job)).normalize());
        Path nested = cgroup(task.resolve("mine.slice/deeper"));
        try (Load one = Load.shell("exec sleep 60");
                Load two = Load.shell("exec unshare --cgroup --mount setsid sleep 60");
                Load stranger = Load.shell("exec sleep 60")) {
            enter(task, one);
            enter(nested, two);
            JobProcesses processes = processes("batch_system=slurm", "job_id=" + job);
            await().until(() -> find(processes).equals(Set.of(one.pid(), two.pid())));
            assertThat(processes.membership()).isEqualTo(Membership.CGROUP);
            assertThat(stranger.alive()).isTrue();
        }
        removeCgroups();
        JobProcesses gone = processes("batch_system=slurm", "job_id=" + job);
        assertThat(find(gone)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("namedOtherwise")
    void thoseInACgroupThatIsNotCalledAfterTheJobAreFoundThroughOneOfThem(String spelling) throws Exception {
        Path task = cgroup(CGROUPS.resolve(spelling.formatted(job)).normalize());
        try (Load marked = Load.shell("exec sleep 60", Map.of("SLURM_JOB_ID", String.valueOf(job)));
                Load bare = Load.shell("exec env -i sleep 60")) {
            enter(task, marked);
            enter(task, bare);
            JobProcesses processes =
                    processes("batch_system=slurm", "job_id=" + job, "environment_mark=SLURM_JOB_ID=" + job);
            await().until(() -> find(processes).equals(Set.of(marked.pid(), bare.pid())));
            assertThat(processes.membership()).isEqualTo(Membership.CGROUP);
        }
    }

    @Test
    void thoseWithTheJobsGroupOnceTheBatchSystemHasNamedIt(@TempDir Path spool) throws Exception {
        assertThat(ProcessHandle.current().info().user()).as("needs root").contains("root");
        long gid = 1_000_000_000L + job;
        Path file = spool.resolve("addgrpid");
        try (Load first = Load.shell("exec setpriv --groups 77777," + gid + " setsid sleep 60");
                Load other = Load.shell("exec setpriv --groups " + gid / 10 + " sleep 60")) {
            JobProcesses processes =
                    processes("batch_system=gridengine", "job_id=" + job, "supplementary_group_file=" + file);
            assertThat(find(processes)).isEmpty();
            Files.writeString(file, gid + "\n");
            await().until(() -> find(processes).equals(Set.of(first.pid())));
            assertThat(processes.membership()).isEqualTo(Membership.SUPPLEMENTARY_GROUP);
            assertThat(other.alive()).isTrue();
            assertThat(find(processes("batch_system=gridengine", "job_id=1", "supplementary_group=" + gid)))
                    .containsExactly(first.pid());
        }
    }

    @Test
    void aGroupFileThatIsNoneHangsNobody(@TempDir Path spool) throws Exception {
        Path fifo = spool.resolve("addgrpid");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path link = Files.createSymbolicLink(spool.resolve("link"), Path.of("/proc/self/loginuid"));
        for (String record : new String[] {
            "supplementary_group_file=" + fifo, "supplementary_group_file=" + link, "supplementary_group=0"
        }) {
            JobProcesses processes = processes("batch_system=gridengine", "job_id=1", record);
            for (int i = 0; i < 3; i++) {
                assertThat(find(processes)).isEmpty();
            }
        }
    }

    @Test
    void groupsAreReadFromTheirLineOnly() {
        assertThat(ProcessGroups.parse("Name:\tGroups: 5\nUid:\t0\nGroups:\t4 24 \nNStgid:\t1\n"))
                .containsExactly("4", "24");
        assertThat(ProcessGroups.parse("Name:\tx\nGroups:\t \n")).isEmpty();
        assertThat(ProcessGroups.parse("Name:\tx\n")).isEmpty();
    }
}
