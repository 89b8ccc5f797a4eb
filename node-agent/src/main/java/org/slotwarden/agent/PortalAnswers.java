package org.slotwarden.agent;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.slotwarden.agent.diagnostics.ThreadCpu;
import org.slotwarden.agent.evidence.EvidenceLooks;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.agent.slot.Slots;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.ReportAnswer;

/** Does what the portal's answers ask of slots: intervals, what was held back, looks at jobs, facts again. One thread's. */
final class PortalAnswers {

    private final Slots slots;
    private final SamplingPlan plan;
    private final EvidenceLooks evidence;
    private final ProcessTable table;
    private final ThreadCpu cpu;
    private final int monitor;
    private final Runnable news;

    /**
     * @param cpu of the thread that uses this
     * @param monitor process that is no part of any job, nor is what descends from it
     * @param news run when there is something that the portal should hear
     */
    PortalAnswers(
            Slots slots,
            SamplingPlan plan,
            EvidenceLooks evidence,
            ProcessTable table,
            ThreadCpu cpu,
            int monitor,
            Runnable news) {
        this.slots = slots;
        this.plan = plan;
        this.evidence = evidence;
        this.table = table;
        this.cpu = cpu;
        this.monitor = monitor;
        this.news = news;
    }

    void take(ReportAnswer answer) {
        answer.getIntervalsList().forEach(interval -> {
            Slot slot = slots.get(interval.getSlotId());
            if (slot != null && plan.isSampled(slot)) {
                slot.setInterval(interval.hasSeconds() ? interval.getSeconds() : null);
                plan.intervalChanged(slot);
            }
        });
        answer.getSendHeldBackOfList().forEach(asked -> {
            Slot slot = slots.get(asked.getSlotId());
            if (slot != null && !slot.ended()) {
                slot.reportHeldBack(Instant.now(), asked.getFromMs(), asked.getToMs());
                news.run();
            }
        });
        takeEvidence(answer.getSendEvidenceOfList());
        answer.getSendJobFactsOfList().forEach(id -> {
            Slot slot = slots.get(id);
            if (slot != null && slot.reportFactsAgain()) {
                news.run();
            }
        });
    }

    private void takeEvidence(List<EvidenceRequest> requests) {
        long now = System.nanoTime();
        boolean looked = false;
        for (EvidenceRequest request : requests) {
            Slot slot = slots.get(request.getSlotId());
            if (slot == null || slot.ended() || !evidence.wants(request, now)) {
                continue;
            }
            if (!looked) {
                looked = true;
                OptionalDouble before = cpu.seconds();
                table.refresh();
                charge(before);
            }
            slot.evidenceSubject(table, monitor)
                    .ifPresent(subject -> evidence.begin(request, subject, result -> told(slot, result)));
        }
    }

    private void told(Slot slot, EvidenceLooks.Result result) {
        // Also of one that has ended meanwhile, as long as not all of it is sent.
        if (slots.get(slot.id()) == slot) {
            slot.reportEvidence(result.evidence());
            news.run();
        }
        plan.roundCost(OptionalDouble.of(result.cpuSeconds()));
    }

    /** What this thread has spent since counts like samples. */
    private void charge(OptionalDouble before) {
        OptionalDouble now = cpu.seconds();
        if (before.isPresent() && now.isPresent()) {
            plan.roundCost(OptionalDouble.of(Math.max(0, now.getAsDouble() - before.getAsDouble())));
        }
    }
}
