package org.slotwarden.agent.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.decision.Statistics;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.ErrorCount;

class AgentDiagnosticsTest {

    private static final Path PROC = Path.of("/proc");
    private static final KernelUnits UNITS = KernelUnits.read(new ProcFiles(PROC));

    private static AgentDiagnostics diagnostics(Path proc) {
        return new AgentDiagnostics(proc, UNITS, new AgentDiagnostics.Process(55, true, false), new Statistics());
    }

    private static long burn(long nanos) {
        long until = System.nanoTime() + nanos;
        long sum = 0;
        while (System.nanoTime() < until) {
            sum += until % 7;
        }
        return sum;
    }

    @Test
    void saysWhatThisProcessConsumes() {
        AgentStatus status = diagnostics(PROC).status(77).build();
        assertThat(status.getTimeMs()).isEqualTo(77);
        assertThat(status.getStartedAtMs()).isEqualTo(55);
        assertThat(status.getAfterCrash()).isTrue();
        assertThat(status.getCpuSeconds()).isBetween(0.1, 10_000.0);
        assertThat(status.getMemoryRssBytes()).isBetween(10L << 20, 64L << 30);
        assertThat(status.getMemoryPssBytes()).isBetween(10L << 20, status.getMemoryRssBytes() * 2);
        assertThat(status.getThreads()).isBetween(5, 10_000);
        assertThat(status.getOpenFiles()).isBetween(3, 100_000);
    }

    @Test
    void aRoundsCpuTimeIsItsOwnAndToTheMicrosecond() {
        AgentDiagnostics diagnostics = diagnostics(PROC);
        assertThat(diagnostics.status(1).hasSampleCpuSeconds()).isFalse();
        burn(50_000_000);
        diagnostics.roundBegins();
        long planned = System.nanoTime() - 3_000_000_000L;
        long begin = System.nanoTime();
        burn(3_000_000);
        diagnostics.roundEnds(planned);
        double took = (System.nanoTime() - begin) / 1e9;
        AgentStatus status = diagnostics.status(1).build();
        assertThat(status.getSampleCpuSeconds())
                .as("no more than the time it took, and not the last tick's figure")
                .isBetween(1e-6, took + 0.001);
        assertThat(status.getSampleLateSeconds()).isBetween(2.9, 3.1);
    }

    @Test
    void whatCannotBeReadIsAbsent(@TempDir Path empty) throws Exception {
        AgentDiagnostics diagnostics = diagnostics(empty);
        diagnostics.roundBegins();
        diagnostics.roundEnds(System.nanoTime());
        AgentStatus status = diagnostics.status(1).build();
        assertThat(status.hasCpuSeconds()).isFalse();
        assertThat(status.hasMemoryRssBytes()).isFalse();
        assertThat(status.hasMemoryPssBytes()).isFalse();
        assertThat(status.hasThreads()).isFalse();
        assertThat(status.hasOpenFiles()).isFalse();
        assertThat(status.hasSampleCpuSeconds()).isFalse();
        Files.createDirectories(empty.resolve("thread-self"));
        Files.writeString(empty.resolve("thread-self/schedstat"), "nonsense");
        assertThat(new ThreadCpu(new ProcFiles(empty)).seconds()).isEmpty();
    }

    @Test
    void errorsAreCountedByKindAndTheMostFrequentComeFirst() {
        for (int i = 0; i < 1000; i++) {
            ErrorCounts.count(ErrorKind.SLOT_UNREADABLE);
        }
        ErrorCounts.count(ErrorKind.PORTAL_AWAY);
        List<ErrorCount> all = ErrorCounts.all();
        assertThat(all.getFirst().getKind()).isEqualTo("slot-unreadable");
        assertThat(all.getFirst().getCount()).isGreaterThanOrEqualTo(1000);
        assertThat(all).extracting(ErrorCount::getKind).contains("portal-away");
        assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(b.getCount(), a.getCount()));
    }
}
