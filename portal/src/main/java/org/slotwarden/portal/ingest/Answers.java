package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobSampling;
import org.slotwarden.portal.job.SlotPlace;
import org.slotwarden.portal.node.AgentStatus;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.order.OrderDelivery;
import org.slotwarden.portal.storage.StorageHosts;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportId;
import org.slotwarden.wire.v1.SampleRequest;
import org.slotwarden.wire.v1.SlotInterval;
import org.slotwarden.wire.v1.StorageAddresses;
import org.springframework.stereotype.Component;

/** Says what an agent may forget, and what it is asked for. */
@Component
class Answers {

    private final JobSampling sampling;
    private final HeldBackSamples heldBack;
    private final EvidenceRequests evidence;
    private final OrderDelivery orders;
    private final StorageHosts storageHosts;
    private final Complaints complaints;
    private final Clock clock;

    Answers(
            JobSampling sampling,
            HeldBackSamples heldBack,
            EvidenceRequests evidence,
            OrderDelivery orders,
            StorageHosts storageHosts,
            Complaints complaints,
            Clock clock) {
        this.sampling = sampling;
        this.heldBack = heldBack;
        this.evidence = evidence;
        this.orders = orders;
        this.storageHosts = storageHosts;
        this.complaints = complaints;
        this.clock = clock;
    }

    /** Within the transaction that stores the batch. */
    ReportAnswer to(Contents contents, Map<String, SlotPlace> places, boolean nodeFactsKnown) {
        Set<Long> jobs = new HashSet<>();
        Set<Long> slots = new HashSet<>();
        places.values().forEach(place -> {
            if (place instanceof SlotPlace.Known known) {
                jobs.add(known.jobId());
                slots.add(known.id());
            }
        });
        AgentStatus status = contents.agentStatus();
        boolean hostsAll = status == null || !status.ownProcessOfSlot();
        var answer = ReportAnswer.newBuilder().addAllRefused(contents.refused());
        acknowledge(contents, places, answer);
        wishes(places, sampling.requested(jobs), answer);
        if (contents.storageVersion() != null) {
            nameStorageHosts(contents.storageVersion(), answer);
        }
        return answer.addAllSendHeldBackOf(heldBack.tell(contents.node().id(), slots, hostsAll).stream()
                        .map(Answers::request)
                        .toList())
                .addAllSendEvidenceOf(evidence.tell(contents.node().id(), slots, hostsAll).stream()
                        .map(Answers::request)
                        .toList())
                .addAllOrders(orders.tell(contents.node().id(), slots, hostsAll))
                .setSendNodeFacts(!nodeFactsKnown)
                .setAnsweredAtMs(clock.millis())
                .build();
    }

    private void acknowledge(Contents contents, Map<String, SlotPlace> places, ReportAnswer.Builder answer) {
        for (ReportId report : contents.accepted()) {
            switch (places.get(report.getSlotId())) {
                case SlotPlace.Known known -> answer.addAcknowledged(report);
                case SlotPlace.Foreign foreign -> {
                    String why = "the slot belongs to another node";
                    complaints.about(contents.node().name(), "a report was refused: " + why);
                    answer.addRefused(Contents.refusal(report, why));
                }
                case null, default -> {}
            }
        }
    }

    private static void wishes(
            Map<String, SlotPlace> places, Map<Long, Optional<Duration>> requested, ReportAnswer.Builder answer) {
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
    }

    private void nameStorageHosts(long known, ReportAnswer.Builder answer) {
        StorageHosts.Told told = storageHosts.told();
        if (told != null && told.version() != known) {
            answer.setStorageAddresses(
                    StorageAddresses.newBuilder().setVersion(told.version()).addAllAddresses(told.addresses()));
        }
    }

    private static SampleRequest request(HeldBackSamples.Wanted wanted) {
        return SampleRequest.newBuilder()
                .setSlotId(wanted.slotId())
                .setFromMs(wanted.from().toEpochMilli())
                .setToMs(wanted.to().toEpochMilli())
                .build();
    }

    private static EvidenceRequest request(EvidenceRequests.Wanted wanted) {
        return EvidenceRequest.newBuilder()
                .setSlotId(wanted.slotId())
                .setRequestId(wanted.id())
                .setReason(wanted.reason())
                .setValidForSeconds((int) Math.max(1, wanted.validFor().toSeconds()))
                .build();
    }

    private static SlotInterval interval(String slotId, Optional<Duration> asked) {
        var interval = SlotInterval.newBuilder().setSlotId(slotId);
        asked.ifPresent(seconds -> interval.setSeconds(seconds.toMillis() / 1000.0));
        return interval.build();
    }
}
