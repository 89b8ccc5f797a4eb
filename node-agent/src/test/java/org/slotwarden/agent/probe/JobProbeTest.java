package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.JobSample.Membership;

/** Real processes that hold a known amount of something. */
class JobProbeTest {

    private static final long MIB = 1 << 20;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final KernelUnits units = KernelUnits.read(proc);
    private final JobProbe probe = new JobProbe(JobProbe.Shared.of(proc, units));
    private long time;

    private JobSample sample(Load load) {
        return new JobProbe(JobProbe.Shared.of(proc, units))
                .sample(1, ProcessTable.scan(proc), List.of(stat(load)), null, Membership.PROCESS_TREE, true);
    }

    private ProcessStat stat(Load load) {
        return requireNonNull(ProcessStat.read(proc, load.pid()));
    }

    /** The next sample of one and the same job, a second later. */
    private JobSample next(ProcessStat... members) {
        return probe.sample(
                time += 1000, ProcessTable.scan(proc), List.of(members), null, Membership.PROCESS_TREE, true);
    }

    @Test
    void cpuTimeOfABurner() throws Exception {
        // Burns until it has consumed 0.6 s of user time by its own account, then waits.
        try (Load load = Load.perl("while ((times)[0] < 0.6) { for (1 .. 100000) {} } sleep 60")) {
            await().until(() ->
                    requireNonNull(ProcessStat.read(proc, load.pid())).state() == 'S'
                            && sample(load).getCpuUserSeconds() > 0.5);
            assertThat(sample(load).getCpuUserSeconds()).isBetween(0.55, 0.75);
            assertThat(sample(load).getCpuSystemSeconds()).isBetween(0.0, 0.5);
        }
    }

    @Test
    void residentMemory() throws Exception {
        try (Load idle = Load.perl("sleep 60");
                Load load = Load.perl("my $x = 'x' x (64 << 20); open my $f, '>', '/dev/null'; sleep 60")) {
            await().until(() -> sample(load).getMemoryRssBytes() > 60 * MIB
                    && requireNonNull(ProcessStat.read(proc, load.pid())).state() == 'S');
            long base = sample(idle).getMemoryRssBytes();
            // perl keeps the constant and the variable.
            assertThat(sample(load).getMemoryRssBytes() - base).isBetween(63 * MIB, 132 * MIB);
            assertThat(sample(load).getSwapBytes()).isZero();
        }
    }

    @Test
    void openFilesAndSockets() throws Exception {
        try (Load idle = Load.perl("sleep 60");
                Load load = Load.perl("use Socket; my @f; for (1..20) { open my $f, '<', '/dev/null'; push @f, $f }"
                        + "for (1..7) { socket my $s, PF_INET, SOCK_STREAM, 0; push @f, $s }"
                        + "socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0; fork; sleep 60")) {
            await().until(() -> sample(load).getOpenSockets() == 9);
            int base = await().until(() -> sample(idle).getOpenFiles(), files -> files >= 3);
            assertThat(sample(load).getOpenFiles()).isEqualTo(base + 20 + 9);
            ProcessStat parent = requireNonNull(ProcessStat.read(proc, load.pid()));
            ProcessStat child = await().until(
                            () -> ProcessTable.scan(proc).all().stream()
                                    .filter(p -> p.parent() == load.pid())
                                    .findAny(),
                            java.util.Optional::isPresent)
                    .orElseThrow();
            JobSample both = next(parent, child);
            assertThat(both.getOpenSockets()).as("inherited, not more").isEqualTo(9);
            assertThat(both.getOpenFiles()).isEqualTo(2 * (base + 29));
            assertThat(both.getProcesses()).isEqualTo(2);
            assertThat(both.getThreads()).isEqualTo(2);
        }
    }

    @Test
    void bytesWritten(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("file");
        try (Load load = Load.shell("dd if=/dev/zero of=" + file + " bs=1M count=8 2>/dev/null; exec sleep 60")) {
            await().until(() -> sample(load).getWriteChars() >= 8 * MIB);
            JobSample sample = sample(load);
            assertThat(sample.getReadChars()).isBetween(8 * MIB, 9 * MIB);
            assertThat(sample.getWriteChars()).isBetween(8 * MIB, 9 * MIB);
            assertThat(Files.size(file)).isEqualTo(8 * MIB);
        }
    }

    @Test
    void aProcessThatIsGoneSinceTheScanCostsNothing() throws Exception {
        ProcessStat stat;
        try (Load load = Load.perl("sleep 60")) {
            stat = requireNonNull(ProcessStat.read(proc, load.pid()));
            load.close();
            load.await();
        }
        JobSample sample = next(stat);
        assertThat(sample.getMemoryRssBytes()).isZero();
        assertThat(sample.getOpenFiles()).isZero();
        assertThat(sample.hasReadBytes()).isTrue();
    }

    @Test
    void whatALivingProcessHidesIsAbsentNotZero(@TempDir Path fake) throws IOException {
        Path folder = Files.createDirectory(fake.resolve("7"));
        Files.writeString(folder.resolve("stat"), "7 (x) R 1 7 7 0 0 0 0 0 0 0 100 50 0 0 20 0 1 0 5 0 0 0 0 0\n");
        Files.writeString(folder.resolve("statm"), "10 5 1 1 0 1 0\n");
        ProcFiles files = new ProcFiles(fake);
        JobProbe blind = new JobProbe(JobProbe.Shared.of(files, new KernelUnits(4096, 100)));
        JobSample sample = blind.sample(
                1,
                ProcessTable.scan(files),
                List.of(requireNonNull(ProcessStat.read(files, 7))),
                null,
                Membership.PROCESS_TREE,
                true);
        assertThat(sample.getCpuUserSeconds()).isEqualTo(1);
        assertThat(sample.getCpuSystemSeconds()).isEqualTo(0.5);
        assertThat(sample.getMemoryRssBytes()).isEqualTo(5 * 4096);
        assertThat(sample.hasReadBytes()).isFalse();
        assertThat(sample.hasReadChars()).isFalse();
        assertThat(sample.hasSwapBytes()).isFalse();
        assertThat(sample.hasOpenFiles()).isFalse();
        assertThat(sample.hasOpenSockets()).isFalse();
    }

    private static boolean bytesAreRead(Path fake, String release, char state) throws IOException {
        Path folder = Files.createDirectories(fake.resolve("7"));
        Files.writeString(
                folder.resolve("stat"), "7 (x) " + state + " 1 7 7 0 0 0 0 0 0 0 100 50 0 0 20 0 1 0 5 0 0 0 0 0\n");
        Files.writeString(
                folder.resolve("io"),
                "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\ncancelled_write_bytes: 0\n");
        Files.writeString(Files.createDirectories(fake.resolve("sys/kernel")).resolve("osrelease"), release);
        ProcFiles files = new ProcFiles(fake);
        return new JobProbe(JobProbe.Shared.of(files, new KernelUnits(4096, 100)))
                .sample(
                        1,
                        ProcessTable.scan(files),
                        List.of(requireNonNull(ProcessStat.read(files, 7))),
                        null,
                        Membership.PROCESS_TREE,
                        false)
                .hasReadBytes();
    }

    @Test
    void whereAProgramThatIsBeingStartedHoldsItsBytesTheyAreNotWaitedFor(@TempDir Path fake) throws IOException {
        assertThat(bytesAreRead(fake, "4.18.0-553.el8_10.x86_64\n", 'D')).isFalse();
        assertThat(bytesAreRead(fake, "5.7.19\n", 'D')).isFalse();
        assertThat(bytesAreRead(fake, "5.7.19\n", 'R')).isTrue();
        assertThat(bytesAreRead(fake, "5.8.0\n", 'D')).isTrue();
        assertThat(bytesAreRead(fake, "6.1.0-23-amd64\n", 'D')).isTrue();
        assertThat(bytesAreRead(fake, "something else\n", 'D')).isTrue();
    }

    private static void process(Path fake, int pid, int parent, int reapedTicks, int written) throws IOException {
        Path folder = Files.createDirectories(fake.resolve(Integer.toString(pid)));
        Files.createDirectories(folder.resolve("fd"));
        Files.writeString(
                folder.resolve("stat"),
                pid + " (x) S " + parent + " 7 7 0 0 0 0 0 0 0 100 0 " + reapedTicks + " 0 20 0 1 0 " + pid
                        + " 0 0 0 0 0\n");
        Files.writeString(folder.resolve("statm"), "10 5 1 1 0 1 0\n");
        Files.writeString(folder.resolve("io"), io(written));
    }

    private static String io(int written) {
        return "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: " + written
                + "\ncancelled_write_bytes: 0\n";
    }

    /** A job of these processes, in this order; nothing is kept open, which is read also when it is removed. */
    private JobSample family(JobProbe family, ProcessTable table, int... pids) {
        List<ProcessStat> found = Arrays.stream(pids)
                .mapToObj(pid -> requireNonNull(table.get(pid)))
                .toList();
        return family.sample(time += 1000, table, found, null, Membership.PROCESS_TREE, false);
    }

    private static JobProbe.Shared keepingNothing(ProcFiles files) {
        return new JobProbe.Shared(
                files,
                new KernelUnits(4096, 100),
                new KeptFiles(0),
                new NodeSwap(files),
                new CostShare(1),
                new CostShare(1),
                new SideWork(),
                new SocketTables(new CostShare(1)),
                new StorageHosts());
    }

    @Test
    void whatAChildWroteThatEndsBetweenTheLookAndItsSampleCountsOnce(@TempDir Path fake) throws Exception {
        process(fake, 7, 1, 0, 0);
        process(fake, 8, 7, 0, 1000);
        Files.writeString(fake.resolve("meminfo"), "SwapTotal: 0 kB\nSwapFree: 0 kB\n");
        ProcFiles files = new ProcFiles(fake);
        ProcessTable table = new ProcessTable(files, new KeptFiles(0)).refresh();
        try (JobProbe family = new JobProbe(keepingNothing(files))) {
            assertThat(family(family, table, 7, 8).getWriteBytes()).isEqualTo(1000);
            table.refresh();
            for (String name : List.of("fd", "stat", "statm", "io", "")) {
                Files.delete(fake.resolve("8").resolve(name));
            }
            process(fake, 7, 1, 100, 1500);
            JobSample ending = family(family, table, 7, 8);
            assertThat(ending.getWriteBytes()).isEqualTo(1500);
            assertThat(ending.getCpuUserSeconds()).isEqualTo(2);
            table.refresh();
            JobSample after = family(family, table, 7);
            assertThat(after.getWriteBytes()).isEqualTo(1500);
            assertThat(after.getCpuUserSeconds()).isEqualTo(2);
        }
    }

    @Test
    void aParentIsReadBeforeItsChildren(@TempDir Path fake) throws Exception {
        process(fake, 7, 1, 0, 0);
        process(fake, 8, 7, 0, 1000);
        Files.writeString(fake.resolve("meminfo"), "SwapTotal: 0 kB\nSwapFree: 0 kB\n");
        Path pipe = fake.resolve("8/io");
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        // While the child is read it ends, and its parent takes over what it wrote.
        Thread kernel = Thread.ofPlatform().daemon().start(() -> {
            try (var out = Files.newOutputStream(pipe)) {
                process(fake, 7, 1, 0, 1500);
                out.write(io(1000).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        ProcFiles files = new ProcFiles(fake);
        ProcessTable table = new ProcessTable(files, new KeptFiles(0)).refresh();
        try (JobProbe family = new JobProbe(keepingNothing(files))) {
            assertThat(family(family, table, 8, 7).getWriteBytes()).isEqualTo(1000);
        }
        kernel.join();
    }

    @Test
    void theCgroupKnowsOfProcessesThatNobodySaw(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("cpu.stat"), "usage_usec 13750000\nuser_usec 12500000\nsystem_usec 1250000\n");
        JobCgroup cgroup = new JobCgroup(List.of(folder));
        JobSample sample = probe.sample(1, ProcessTable.scan(proc), List.of(), cgroup, Membership.CGROUP, true);
        assertThat(sample.getCpuUserSeconds()).isEqualTo(12.5);
        assertThat(sample.getCpuSystemSeconds()).isEqualTo(1.25);
        assertThat(sample.getCpuUnattributedSeconds()).isEqualTo(13.75);
        assertThat(sample.getMembership()).isEqualTo(Membership.CGROUP);
        assertThat(next().getCpuUserSeconds()).isEqualTo(12.5);
        assertThat(next().hasCpuUnattributedSeconds()).isFalse();
    }

    private static void cgroup(Path folder, int operations, int kills) throws IOException {
        Path step = Files.createDirectories(folder.resolve("memory/step_0"));
        String oom = "oom_kill_disable 0\nunder_oom 0\noom_kill ";
        Files.writeString(folder.resolve("memory/memory.oom_control"), oom + "0\n");
        Files.writeString(step.resolve("memory.oom_control"), oom + kills + "\n");
        Files.createDirectories(folder.resolve("devices/8:0/device"));
        Path disk = Files.createDirectories(folder.resolve("blkio"));
        Files.writeString(
                disk.resolve("blkio.throttle.io_serviced"),
                "8:0 Read " + operations + "\n8:0 Write " + operations * 2 + "\n");
    }

    private JobSample ofCgroup(JobProbe job, Path folder) {
        JobCgroup cgroup =
                new JobCgroup(List.of(folder.resolve("blkio"), folder.resolve("memory")), folder.resolve("devices"));
        return job.sample(1, ProcessTable.scan(proc), List.of(), cgroup, Membership.CGROUP, false);
    }

    private static byte[] saved(JobProbe probe) {
        ByteBuffer buffer = probe.saveCounters();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private JobProbe afterRestart(byte[] saved) {
        JobProbe next = new JobProbe(JobProbe.Shared.of(proc, units));
        next.restoreCounters(ByteBuffer.wrap(saved));
        return next;
    }

    @Test
    void whatTheCgroupCountedGoesOnWithTheNextProcessOfTheAgent(@TempDir Path folder) throws IOException {
        cgroup(folder, 10, 3);
        ofCgroup(probe, folder);
        byte[] saved = saved(probe);

        JobSample same = ofCgroup(afterRestart(saved), folder);
        assertThat(same.getOomKills()).as("none twice").isEqualTo(3);
        assertThat(same.getReadOperations()).isEqualTo(10);

        cgroup(folder, 12, 4);
        JobSample more = ofCgroup(afterRestart(saved), folder);
        assertThat(more.getOomKills()).isEqualTo(4);
        assertThat(more.getWriteOperations()).isEqualTo(24);

        cgroup(folder, 1, 0);
        JobSample stepsGone = ofCgroup(afterRestart(saved), folder);
        assertThat(stepsGone.getOomKills()).isEqualTo(3);
        assertThat(stepsGone.getReadOperations()).isEqualTo(10);
        assertThat(stepsGone.getWriteOperations()).isEqualTo(20);
    }

    @Test
    void countersSavedWithoutThoseOfTheCgroupOrInAnotherFormAreReadAsFarAsTheyGo(@TempDir Path folder)
            throws IOException {
        cgroup(folder, 10, 3);
        Files.writeString(
                folder.resolve("blkio/cpu.stat"), "usage_usec 13750000\nuser_usec 12500000\nsystem_usec 1250000\n");
        ofCgroup(probe, folder);
        byte[] saved = saved(probe);
        int networkPart = 4 + 9 * 8;
        int cgroupPart = 4 + 3 * 8 + 4 + 2 * 8 + networkPart;
        Files.delete(folder.resolve("blkio/cpu.stat"));
        cgroup(folder, 1, 1);

        byte[] old = Arrays.copyOf(saved, saved.length - cgroupPart);
        byte[] other = saved.clone();
        other[saved.length - cgroupPart] ^= 1;
        for (byte[] earlier : List.of(old, other)) {
            JobSample sample = ofCgroup(afterRestart(earlier), folder);
            assertThat(sample.getCpuUserSeconds()).isEqualTo(12.5);
            assertThat(sample.getOomKills()).isEqualTo(1);
            assertThat(sample.getReadOperations()).isEqualTo(1);
        }
        byte[] withoutTraffic = Arrays.copyOf(saved, saved.length - networkPart);
        assertThat(ofCgroup(afterRestart(withoutTraffic), folder).getOomKills()).isEqualTo(3);
        for (int cut : new int[] {1, networkPart + 1}) {
            assertThatThrownBy(() -> afterRestart(Arrays.copyOf(saved, saved.length - cut)))
                    .isInstanceOf(BufferUnderflowException.class);
        }
    }

    @Test
    void whileAJobsMemoryIsLookedAtOtherThingsHaveTheirTurn(@TempDir Path fake) throws Exception {
        StringBuilder slow = new StringBuilder();
        List<ProcessStat> members = new ArrayList<>();
        ProcFiles files = new ProcFiles(fake);
        for (int pid = 1; pid <= 4; pid++) {
            Path folder = Files.createDirectory(fake.resolve(String.valueOf(pid)));
            Files.writeString(
                    folder.resolve("stat"), pid + " (x) R 1 7 7 0 0 0 0 0 0 0 100 50 0 0 20 0 1 0 5 0 0 0 0 0\n");
            members.add(requireNonNull(ProcessStat.read(files, pid)));
            Path map = folder.resolve("smaps_rollup");
            slow.append("mkfifo ").append(map).append(";");
            slow.append("{ sleep 0.05; echo 'Pss: 4 kB'; } >").append(map).append(" &");
        }
        try (Load kernel = Load.shell(slow + "wait; exec sleep 60")) {
            await().until(() -> Files.exists(fake.resolve("4/smaps_rollup")));
            List<String> done = new CopyOnWriteArrayList<>();
            SideWork side = new SideWork();
            SharedMemoryLook look = new SharedMemoryLook(
                    files.forAnotherThread(), members, side, result -> done.add(String.valueOf(result.bytes())));
            assertThat(side.offer(look)).isTrue();
            assertThat(side.offer(() -> done.add("other"))).isTrue();
            await().until(() -> done.size() == 2);
            assertThat(done).containsExactly("other", String.valueOf(4 * 4096));
            assertThat(kernel.alive()).isTrue();
        }
    }
}
