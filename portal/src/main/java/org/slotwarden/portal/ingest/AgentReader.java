package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.AgentStatus;
import org.slotwarden.wire.v1.ErrorCount;
import org.slotwarden.wire.v1.ReportBatch;

/** Reads how the agent itself is. Without a plausible time and start there is nothing to tell its processes apart by. */
final class AgentReader {

    private static final int MOST_KINDS = 20;
    private static final int KIND_CHARACTERS = 40;

    private final Instant latest;
    private final Figures figures;

    AgentReader(Instant sentAt, Figures figures) {
        this.latest = sentAt.plus(SlotReader.AHEAD);
        this.figures = figures;
    }

    @Nullable
    AgentStatus status(ReportBatch batch) {
        var status = batch.getAgentStatus();
        Instant time = Instant.ofEpochMilli(status.getTimeMs());
        Instant startedAt = Instant.ofEpochMilli(status.getStartedAtMs());
        if (!batch.hasAgentStatus()
                || startedAt.isBefore(SlotReader.EARLIEST)
                || time.isBefore(startedAt)
                || time.isAfter(latest)) {
            return null;
        }
        return new AgentStatus(
                time,
                startedAt,
                status.getAfterCrash(),
                status.getOwnProcessOfSlot(),
                null,
                figures.seconds(status.hasCpuSeconds(), status.getCpuSeconds(), "cpu_seconds of the agent"),
                figures.bytes(status.hasMemoryRssBytes(), status.getMemoryRssBytes(), "memory_rss_bytes of the agent"),
                figures.bytes(status.hasMemoryPssBytes(), status.getMemoryPssBytes(), "memory_pss_bytes of the agent"),
                figures.count(status.hasThreads(), status.getThreads(), "threads of the agent"),
                figures.count(status.hasOpenFiles(), status.getOpenFiles(), "open_files of the agent"),
                figures.count(true, status.getSlots(), "slots of the agent"),
                figures.bytes(true, status.getSpoolBytes(), "spool_bytes"),
                figures.count(true, status.getReportsWaiting(), "reports_waiting"),
                figures.seconds(status.hasLagSeconds(), status.getLagSeconds(), "lag_seconds"),
                figures.seconds(status.hasSampleCpuSeconds(), status.getSampleCpuSeconds(), "sample_cpu_seconds"),
                figures.seconds(status.hasSampleLateSeconds(), status.getSampleLateSeconds(), "sample_late_seconds"),
                figures.bytes(true, status.getSamplesTaken(), "samples_taken"),
                figures.bytes(true, status.getSamplesGivenUp(), "samples_given_up"),
                figures.count(true, status.getSamplesHeldBack(), "samples_held_back"),
                errors(status.getErrorsList()));
    }

    /** Kinds are for people, and for counting: one of each name. */
    private List<AgentStatus.ErrorCount> errors(List<ErrorCount> told) {
        Map<String, Long> counts = new HashMap<>();
        for (ErrorCount error : figures.most(told, MOST_KINDS, "kinds of errors of the agent")) {
            Long count = figures.bytes(true, error.getCount(), "count of an error of the agent");
            String kind = NodeReader.cut(error.getKind().strip(), KIND_CHARACTERS);
            if (count != null && count > 0 && !kind.isEmpty()) {
                counts.merge(kind, count, Long::sum);
            }
        }
        List<AgentStatus.ErrorCount> errors = new ArrayList<>();
        counts.forEach((kind, count) -> errors.add(new AgentStatus.ErrorCount(kind, count)));
        errors.sort((one, other) -> Long.compare(other.count(), one.count()));
        return errors;
    }
}
