package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
}
