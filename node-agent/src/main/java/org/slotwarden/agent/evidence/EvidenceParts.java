package org.slotwarden.agent.evidence;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.FileEvidence;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.OutputEvidence;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.ThreadEvidence;

/**
 * What a look has found so far: it may be taken away at any moment, when the rest hangs. What comes after that is
 * nobody's. Thread-safe.
 */
final class EvidenceParts {

    private final Evidence.Builder found;
    private final Set<String> gaps = new LinkedHashSet<>();
    private String missing = "nothing could be looked at in time";
    private double cpuSeconds;
    private boolean taken;

    EvidenceParts(long requestId, long takenAtMs) {
        this.found = Evidence.newBuilder().setRequestId(requestId).setTakenAtMs(takenAtMs);
    }

    synchronized void processes(int all, double seconds, List<ProcessEvidence> processes) {
        found.setProcessesFound(all)
                .setMeasuredOverSeconds(seconds)
                .clearProcesses()
                .addAllProcesses(processes);
    }

    synchronized void process(int index, ProcessEvidence process) {
        if (!taken) {
            found.setProcesses(index, process);
        }
    }

    synchronized void files(int all, Collection<FileEvidence> files) {
        found.setFilesFound(all).clearFiles().addAllFiles(files);
    }

    synchronized void hosts(int all, List<HostEvidence> hosts) {
        found.setHostsFound(all).addAllHosts(hosts);
    }

    synchronized void threads(List<ThreadEvidence> threads, int all) {
        found.addAllThreads(threads).setThreadsFound(all);
    }

    synchronized void standardOutput(OutputEvidence output) {
        found.setStandardOutput(output);
    }

    synchronized void standardError(OutputEvidence error) {
        found.setStandardError(error);
    }

    /** Something is left out, or could not be read. */
    synchronized void gap(String sentence) {
        if (gaps.size() < WireContract.MAX_EVIDENCE_GAPS - 2) {
            gaps.add(BoundedName.cut(sentence, WireContract.MAX_EVIDENCE_GAP_BYTES));
        }
    }

    /** @param what is missing if this is as far as it comes; null: nothing */
    synchronized void next(@Nullable String what) {
        missing = what == null ? "" : what;
    }

    synchronized void cost(OptionalDouble seconds) {
        cpuSeconds += seconds.orElse(0);
    }

    /** CPU time of the threads that looked. */
    synchronized double cpuSeconds() {
        return cpuSeconds;
    }

    /** All of it, within bounds; null when somebody has it already. */
    synchronized @Nullable Evidence take() {
        if (taken) {
            return null;
        }
        taken = true;
        if (!missing.isEmpty()) {
            found.addGaps("Not answered in time: " + missing);
        }
        found.addAllGaps(gaps);
        int threads = found.getThreadsCount();
        while (found.build().getSerializedSize() > WireContract.MAX_EVIDENCE_BYTES && found.getThreadsCount() > 0) {
            List<ThreadEvidence> most =
                    List.copyOf(found.getThreadsList().subList(0, found.getThreadsCount() * 9 / 10));
            found.clearThreads().addAllThreads(most);
        }
        if (found.getThreadsCount() < threads) {
            found.addGaps((threads - found.getThreadsCount()) + " more threads left out for want of room");
        }
        int left = 0;
        // The least come last.
        while (found.build().getSerializedSize() > WireContract.MAX_EVIDENCE_BYTES && found.getProcessesCount() > 0) {
            int keep = found.getProcessesCount() * 9 / 10;
            left += found.getProcessesCount() - keep;
            List<ProcessEvidence> most = List.copyOf(found.getProcessesList().subList(0, keep));
            found.clearProcesses().addAllProcesses(most);
        }
        if (left > 0) {
            found.addGaps(left + " more processes left out for want of room");
        }
        return found.build();
    }
}
