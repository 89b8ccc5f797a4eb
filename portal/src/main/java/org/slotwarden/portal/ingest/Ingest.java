package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slotwarden.portal.ingest.SlotReader.Read;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.JobSampling;
import org.slotwarden.portal.job.SlotNews;
import org.slotwarden.portal.job.SlotPlace;
import org.slotwarden.portal.node.AgentProcesses;
import org.slotwarden.portal.node.AgentStatus;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.node.NodeFacts;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.portal.node.NodeSamples;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SampleStore;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.ReportId;
import org.slotwarden.wire.v1.SampleRequest;
import org.slotwarden.wire.v1.SlotInterval;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores a batch in one transaction and says what the agent may forget. */
@Service
class Ingest {

    /** Another node opened the same job, or the database broke a deadlock: the second try finds what it made. */
    private static final RetryPolicy AGAIN = RetryPolicy.builder()
            .includes(DuplicateKeyException.class, ConcurrencyFailureException.class)
            .maxRetries(10)
            .delay(Duration.ofMillis(20))
            .jitter(Duration.ofMillis(20))
            .maxDelay(Duration.ofMillis(500))
            .multiplier(1.5)
            .build();

    private final Nodes nodes;
    private final NodeSamples nodeSamples;
    private final JobRegister register;
    private final SampleStore samples;
    private final JobSampling sampling;
    private final HeldBackSamples heldBack;
    private final AgentProcesses agents;
    private final Complaints complaints;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final RetryTemplate retry = new RetryTemplate(AGAIN);

    Ingest(
            Nodes nodes,
            NodeSamples nodeSamples,
            JobRegister register,
            SampleStore samples,
            JobSampling sampling,
            HeldBackSamples heldBack,
            AgentProcesses agents,
            Complaints complaints,
            TransactionTemplate transaction,
            Clock clock) {
        this.nodes = nodes;
        this.nodeSamples = nodeSamples;
        this.register = register;
        this.samples = samples;
        this.sampling = sampling;
        this.heldBack = heldBack;
        this.agents = agents;
        this.complaints = complaints;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** What was read of a batch. */
    private record Contents(
            Instant sentAt,
            String agentVersion,
            Optional<NodeFacts> nodeFacts,
            Optional<AgentStatus> agentStatus,
            List<NodeSample> nodeSamples,
            List<Read> slots,
            List<ReportId> accepted,
            List<Refusal> refused) {}

    /** @param sentAt by the node's clock */
    ReportAnswer store(ReportingNode node, ReportBatch batch, Instant sentAt) {
        var contents = read(node, batch, sentAt);
        return retry.invoke(() -> transaction.execute(status -> store(node, contents)));
    }

    private Contents read(ReportingNode node, ReportBatch batch, Instant sentAt) {
        var figures = new Figures();
        var nodeReader = new NodeReader(sentAt, figures);
        var slotReader = new SlotReader(sentAt, figures);
        List<Read> slots = new ArrayList<>();
        List<ReportId> accepted = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        for (SlotReport report : batch.getSlotReportsList()) {
            try {
                slots.add(slotReader.read(report));
                accepted.add(id(report.getSlotId(), report.getSequence()));
            } catch (ReportRefused e) {
                refused.add(refusal(report.getSlotId(), report.getSequence(), e.why()));
            }
        }
        refused.forEach(refusal -> complaints.about(node.name(), "a report was refused: " + refusal.getReason()));
        var contents = new Contents(
                sentAt,
                NodeReader.version(batch),
                Optional.ofNullable(nodeReader.facts(batch)),
                Optional.ofNullable(new AgentReader(sentAt, figures).status(batch)),
                nodeReader.samples(batch),
                slots,
                accepted,
                refused);
        figures.faults().forEach(fault -> complaints.about(node.name(), fault));
        return contents;
    }

    private ReportAnswer store(ReportingNode node, Contents contents) {
        boolean factsKnown = nodes.report(
                node.id(),
                contents.sentAt(),
                contents.agentVersion(),
                contents.nodeFacts().orElse(null));
        nodeSamples.store(node.id(), contents.nodeSamples());
        contents.agentStatus().ifPresent(status -> agents.report(node.id(), contents.agentVersion(), status));

        List<SlotNews> news = contents.slots().stream().map(Read::news).toList();
        Map<String, SlotPlace> places = register.tell(node.id(), node.name(), news, clock.instant());
        Map<SlotPlace.Known, List<JobSample>> bySlot = new LinkedHashMap<>();
        for (Read slot : contents.slots()) {
            if (places.get(slot.news().slotId()) instanceof SlotPlace.Known known) {
                bySlot.computeIfAbsent(known, key -> new ArrayList<>()).addAll(slot.samples());
            }
        }
        bySlot.forEach(samples::store);
        Set<Long> jobs = new HashSet<>();
        bySlot.keySet().forEach(slot -> jobs.add(slot.jobId()));
        register.addUp(jobs);
        boolean hostsAll =
                contents.agentStatus().map(status -> !status.ownProcessOfSlot()).orElse(true);
        List<Long> slots = bySlot.keySet().stream().map(SlotPlace.Known::id).toList();
        return answer(node, contents, places, sampling.requested(jobs))
                .addAllSendHeldBackOf(heldBack.tell(node.id(), slots, hostsAll).stream()
                        .map(Ingest::request)
                        .toList())
                .setSendNodeFacts(!factsKnown)
                .setAnsweredAtMs(clock.millis())
                .build();
    }

    private ReportAnswer.Builder answer(
            ReportingNode node,
            Contents contents,
            Map<String, SlotPlace> places,
            Map<Long, Optional<Duration>> requested) {
        var answer = ReportAnswer.newBuilder().addAllRefused(contents.refused());
        for (ReportId report : contents.accepted()) {
            switch (places.get(report.getSlotId())) {
                case SlotPlace.Known known -> answer.addAcknowledged(report);
                case SlotPlace.Foreign foreign -> {
                    String why = "the slot belongs to another node";
                    complaints.about(node.name(), "a report was refused: " + why);
                    answer.addRefused(refusal(report.getSlotId(), report.getSequence(), why));
                }
                case null, default -> {}
            }
        }
        places.forEach((slotId, place) -> {
            if (place instanceof SlotPlace.Unknown) {
                answer.addSendJobFactsOf(slotId);
            } else if (place instanceof SlotPlace.Known known && requested.containsKey(known.jobId())) {
                answer.addIntervals(interval(slotId, requested.get(known.jobId())));
            }
        });
        requested.values().stream()
                .flatMap(Optional::stream)
                .min(Duration::compareTo)
                .ifPresent(shortest -> answer.setNextReportInMs((int) shortest.toMillis()));
        return answer;
    }

    private static SampleRequest request(HeldBackSamples.Wanted wanted) {
        return SampleRequest.newBuilder()
                .setSlotId(wanted.slotId())
                .setFromMs(wanted.from().toEpochMilli())
                .setToMs(wanted.to().toEpochMilli())
                .build();
    }

    private static SlotInterval interval(String slotId, Optional<Duration> asked) {
        var interval = SlotInterval.newBuilder().setSlotId(slotId);
        asked.ifPresent(seconds -> interval.setSeconds(seconds.toMillis() / 1000.0));
        return interval.build();
    }

    private static ReportId id(String slotId, long sequence) {
        return ReportId.newBuilder().setSlotId(slotId).setSequence(sequence).build();
    }

    private static Refusal refusal(String slotId, long sequence, String reason) {
        return Refusal.newBuilder()
                .setSlotId(slotId)
                .setSequence(sequence)
                .setReason(reason)
                .build();
    }
}
