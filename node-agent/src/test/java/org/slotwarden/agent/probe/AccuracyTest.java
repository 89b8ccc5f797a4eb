package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.wire.v1.ExecutableShare;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.JobSample.Membership;
import org.slotwarden.wire.v1.SocketCount;

/** Known loads against what a series of samples says of them: one per cent where it is measured, exact where it is counted. */
class AccuracyTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final JobProbe.Shared shared = JobProbe.Shared.of(proc, KernelUnits.read(proc));
    private final ProcessTable table = new ProcessTable(proc, shared.kept());
    private JobProbe probe = new JobProbe(shared);
    private long time;

    /** The next sample, a second later by its own account, of a process and all that descends from it. */
    private JobSample sample(Load load) {
        return sample(load, true);
    }

    private JobSample sample(Load load, boolean dearToo) {
        table.refresh();
        List<ProcessStat> members = new ArrayList<>();
        ArrayDeque<Integer> parents = new ArrayDeque<>(List.of(load.pid()));
        ProcessStat first = table.get(load.pid());
        if (first != null) {
            members.add(first);
        }
        while (!parents.isEmpty()) {
            int parent = parents.remove();
            for (ProcessStat process : table.all()) {
                if (process.parent() == parent) {
                    members.add(process);
                    parents.add(process.pid());
                }
            }
        }
        return probe.sample(time += 1000, table, members, null, Membership.PROCESS_TREE, dearToo);
    }

    /** Samples, as an agent does, until one shows what is waited for. */
    private JobSample sampleUntil(Load load, Predicate<JobSample> wanted) {
        return await().until(() -> sample(load), wanted);
    }

    private String truth() throws IOException {
        return Files.readString(folder.resolve("truth")).strip();
    }

    private void awaitTruth(Load load) {
        await().until(() -> {
            sample(load);
            return Files.exists(folder.resolve("truth"));
        });
    }

    /** Perl: writes a value where the test reads it, all at once. */
    private String tell(String value) {
        return "open my $t, '>', '" + folder + "/t'; print $t " + value + "; close $t; rename '" + folder + "/t', '"
                + folder + "/truth'; sleep 600;";
    }

    @Test
    void cpuTimeWithinOnePerCent() throws Exception {
        String burn = "while ((times)[0] + (times)[1] < 2) { for (1 .. 10000) {} }";
        try (Load load = Load.perl(burn + tell("(times)[0] + (times)[1]"))) {
            awaitTruth(load);
            double truth = Double.parseDouble(truth());
            JobSample sample = sampleUntil(load, s -> s.getCpuUserSeconds() + s.getCpuSystemSeconds() >= truth - 0.02);
            assertThat(sample.getCpuUserSeconds() + sample.getCpuSystemSeconds())
                    .isCloseTo(truth, within(truth * 0.01 + 0.01));
            assertThat(sample.getExecutables(0).getCpuSeconds()).isCloseTo(truth, within(truth * 0.01 + 0.01));
            assertThat(sample.getInvoluntaryContextSwitches()).isPositive();
        }
    }

    @Test
    void aThousandShortProcessesCountThroughTheirParent() throws Exception {
        String fork = "for (1 .. 1000) { my $p = fork; if (!$p) { for (1 .. 20000) {} exit } waitpid $p, 0 }";
        try (Load load = Load.perl(fork + tell("(times)[0] + (times)[1] + (times)[2] + (times)[3]"))) {
            awaitTruth(load);
            double truth = Double.parseDouble(truth());
            JobSample sample = sample(load);
            // Beside rounding: a child that was seen, and last counted as it ended, may count its last tick twice.
            assertThat(sample.getCpuUserSeconds() + sample.getCpuSystemSeconds())
                    .isCloseTo(truth, within(truth * 0.01 + 0.03));
        }
    }

    @Test
    void memoryWithinOnePerCent() throws Exception {
        String hold = "open my $z, '<', '/dev/zero'; my $b; sysread $z, $b, " + 200 * MIB + ";";
        try (Load idle = Load.perl(tell("1"));
                Load load = Load.perl(hold + "sleep 600")) {
            awaitTruth(idle);
            long base = sample(idle).getMemoryRssBytes();
            probe = new JobProbe(shared);
            JobSample sample = sampleUntil(load, s -> s.getMemoryRssBytes() > 200 * MIB);
            assertThat(sample.getMemoryRssBytes() - base).isCloseTo(200 * MIB, within(2 * MIB));
            JobSample dear = sampleUntil(load, JobSample::hasMemoryPssBytes);
            assertThat(dear.getMemoryPssBytes()).isBetween(199 * MIB, sample.getMemoryRssBytes());
        }
    }

    @Test
    void memoryThatTwoProcessesShareCountsOnceInTheProportionalSize() throws Exception {
        String hold = "open my $z, '<', '/dev/zero'; my $b; sysread $z, $b, " + 100 * MIB + "; fork;";
        try (Load load = Load.perl(hold + "sleep 600")) {
            JobSample sample = sampleUntil(load, s -> s.getProcesses() == 2 && s.getMemoryRssBytes() > 200 * MIB);
            assertThat(sample.getMemoryRssBytes()).isBetween(200 * MIB, 230 * MIB);
            probe = new JobProbe(shared);
            assertThat(sampleUntil(load, JobSample::hasMemoryPssBytes).getMemoryPssBytes())
                    .isBetween(99 * MIB, 115 * MIB);
        }
    }

    @Test
    void bytesAndCallsWithinOnePerCent() throws Exception {
        Path file = folder.resolve("file");
        String copy = "dd if=/dev/zero of=" + file + " bs=64k count=1600 conv=fsync 2>/dev/null;";
        try (Load load = Load.shell(copy + "touch " + folder.resolve("truth") + "; sleep 600; :")) {
            awaitTruth(load);
            JobSample sample = sample(load);
            assertThat(sample.getReadChars()).isCloseTo(100 * MIB, within(MIB));
            assertThat(sample.getWriteChars()).isCloseTo(100 * MIB, within(MIB));
            assertThat(sample.getReadCalls()).isBetween(1600L, 1700L);
            assertThat(sample.getWriteCalls()).isBetween(1600L, 1700L);
            assertThat(Files.size(file)).isEqualTo(100 * MIB);
            if (sample.getWriteBytes() > 0) { // not on a tmpfs
                assertThat(sample.getWriteBytes()).isCloseTo(100 * MIB, within(MIB));
            }
        }
    }

    @Test
    void socketsByKindAndStateAreExact() throws Exception {
        String open = "use Socket; use IO::Socket; my @s;"
                + "my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1');"
                + "for (1 .. 3) { push @s, IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $l->sockport);"
                + " push @s, scalar $l->accept }"
                + "push @s, IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1');"
                + "socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0; fork;";
        try (Load load = Load.perl(open + "sleep 600")) {
            JobSample sample = sampleUntil(load, s -> s.getProcesses() == 2 && s.getOpenSockets() == 10);
            assertThat(sample.getSocketsList())
                    .containsExactlyInAnyOrder(
                            sockets(SocketCount.Kind.TCP, 1, 6),
                            sockets(SocketCount.Kind.TCP, 10, 1),
                            sockets(SocketCount.Kind.UDP, 0, 1),
                            sockets(SocketCount.Kind.UNIX, 0, 2));
        }
    }

    private static SocketCount sockets(SocketCount.Kind kind, int state, int count) {
        return SocketCount.newBuilder()
                .setKind(kind)
                .setState(state)
                .setCount(count)
                .build();
    }

    @Test
    void processesThreadsZombiesAndFilesAreExact() throws Exception {
        String many = "use threads; for (1 .. 3) { fork or exit }"
                + "for (1 .. 2) { fork or do { sleep 600; exit } }"
                + "my @f = map { open my $f, '<', '/dev/null'; $f } 1 .. 40;"
                + "threads->create(sub { sleep 600 }) for 1 .. 4; sleep 600;";
        try (Load load = Load.perl(many)) {
            JobSample sample = sampleUntil(load, s -> s.getThreads() == 7 && s.getZombies() == 3);
            assertThat(sample.getProcesses()).isEqualTo(3);
            assertThat(sample.getUninterruptibleProcesses()).isZero();
            int own = requireNonNull(proc.list(load.pid() + "/fd")).length;
            assertThat(sample.getFullestOpenFiles()).isEqualTo(own);
            assertThat(sample.getOpenFiles() - own).isEqualTo(2 * (own - 40));
            String limit = requireNonNull(proc.text(load.pid() + "/limits"));
            assertThat(limit).containsPattern("Max open files +" + sample.getFullestOpenFilesLimit() + " ");
            JobSample withThreads = sampleUntil(load, JobSample::hasVoluntaryContextSwitches);
            assertThat(withThreads.getVoluntaryContextSwitches()).isPositive();
            assertThat(withThreads.hasRunQueueWaitSeconds()).isTrue();
            assertThat(sample(load, false).hasOpenSockets())
                    .as("dear, and not asked for")
                    .isFalse();
        }
    }

    @Test
    void whatEachExecutableUsedIsKeptApartAndOutlivesIt() throws Exception {
        String script = "perl -e 'while ((times)[0] < 1) { for (1 .. 10000) {} }'; touch " + folder.resolve("truth")
                + "; sleep 600; :";
        try (Load load = Load.shell(script)) {
            JobSample burning = sampleUntil(
                    load,
                    s -> s.getExecutablesCount() == 2 && s.getExecutables(0).getCpuSeconds() > 0.1);
            assertThat(burning.getExecutables(0).getName()).isEqualTo("perl");
            awaitTruth(load);
            JobSample after = sample(load);
            assertThat(after.getExecutablesList())
                    .extracting(ExecutableShare::getName)
                    .contains("sleep");
            assertThat(after.getCpuUserSeconds()).isBetween(0.9, 1.3);
            ByteBuffer saved = probe.saveCounters();
            JobProbe next = new JobProbe(shared);
            next.restoreCounters(saved);
            probe = next;
            JobSample again = sample(load);
            assertThat(again.getCpuUserSeconds()).isEqualTo(after.getCpuUserSeconds());
            assertThat(again.getReadChars()).isGreaterThanOrEqualTo(after.getReadChars());
            assertThat(again.getVoluntaryContextSwitches()).isGreaterThanOrEqualTo(after.getVoluntaryContextSwitches());
        }
    }

    @Test
    void countersNeverFallWhileProcessesComeAndGo() throws Exception {
        String script = "i=0; while [ $i -lt 60 ]; do perl -e 'for (1 .. 200000) {}'; i=$((i + 1)); done; touch "
                + folder.resolve("truth") + "; sleep 600; :";
        try (Load load = Load.shell(script)) {
            JobSample before = sample(load);
            while (!Files.exists(folder.resolve("truth"))) {
                JobSample now = sample(load);
                assertThat(now.getCpuUserSeconds()).isGreaterThanOrEqualTo(before.getCpuUserSeconds());
                assertThat(now.getReadChars()).isGreaterThanOrEqualTo(before.getReadChars());
                assertThat(now.getReadCalls()).isGreaterThanOrEqualTo(before.getReadCalls());
                assertThat(now.getVoluntaryContextSwitches())
                        .isGreaterThanOrEqualTo(
                                now.hasVoluntaryContextSwitches() ? before.getVoluntaryContextSwitches() : 0);
                before = now.hasVoluntaryContextSwitches() ? now : before;
                Thread.onSpinWait();
            }
        }
    }
}
