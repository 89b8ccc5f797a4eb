package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.AgentStatus;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.node.NodeFacts;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.ReportId;
import org.slotwarden.wire.v1.SlotReport;

/**
 * What was read of one batch.
 *
 * @param sentAt by the node's clock
 * @param accepted what can be stored, as far as reading it tells
 * @param refused what never can
 * @param storageVersion of the addresses of storage hosts that the agent has; null: it does not look for them
 */
record Contents(
        ReportingNode node,
        Instant sentAt,
        String agentVersion,
        @Nullable NodeFacts nodeFacts,
        @Nullable AgentStatus agentStatus,
        List<NodeSample> nodeSamples,
        List<SlotReader.Read> slots,
        List<ReportId> accepted,
        List<Refusal> refused,
        @Nullable Long storageVersion) {

    static Contents of(ReportingNode node, ReportBatch batch, Instant sentAt, Complaints complaints) {
        var figures = new Figures();
        var nodeReader = new NodeReader(sentAt, figures);
        var slotReader = new SlotReader(sentAt, figures);
        List<SlotReader.Read> slots = new ArrayList<>();
        List<ReportId> accepted = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        for (SlotReport report : batch.getSlotReportsList()) {
            try {
                slots.add(slotReader.read(report));
                accepted.add(id(report.getSlotId(), report.getSequence()));
            } catch (ReportRefused e) {
                refused.add(refusal(id(report.getSlotId(), report.getSequence()), e.why()));
            }
        }
        refused.forEach(refusal -> complaints.about(node.name(), "a report was refused: " + refusal.getReason()));
        var contents = new Contents(
                node,
                sentAt,
                NodeReader.version(batch),
                nodeReader.facts(batch),
                new AgentReader(sentAt, figures).status(batch),
                nodeReader.samples(batch),
                slots,
                accepted,
                refused,
                batch.hasStorageAddressesVersion() ? (Long) batch.getStorageAddressesVersion() : null);
        figures.faults().forEach(fault -> complaints.about(node.name(), fault));
        return contents;
    }

    static Refusal refusal(ReportId report, String reason) {
        return Refusal.newBuilder()
                .setSlotId(report.getSlotId())
                .setSequence(report.getSequence())
                .setReason(reason)
                .build();
    }

    private static ReportId id(String slotId, long sequence) {
        return ReportId.newBuilder().setSlotId(slotId).setSequence(sequence).build();
    }

    /** How many samples there are in it. */
    int samples() {
        return slots.stream().mapToInt(slot -> slot.samples().size()).sum();
    }
}
