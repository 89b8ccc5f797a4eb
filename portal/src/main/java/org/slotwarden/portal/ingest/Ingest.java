package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.Conflict;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.NodeNews;
import org.slotwarden.portal.job.SlotFigures;
import org.slotwarden.portal.job.SlotNews;
import org.slotwarden.portal.job.SlotPlace;
import org.slotwarden.portal.node.AgentProcesses;
import org.slotwarden.portal.node.NodeSamples;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.order.OrderResults;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.SampleStore;
import org.slotwarden.portal.storage.MoverCounts;
import org.slotwarden.portal.storage.SlotConnections;
import org.slotwarden.wire.v1.ReportAnswer;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores what several nodes told in one transaction: the commit is dear, and so are questions to the database. What
 * is usual, a further sample of a slot that is known, asks none.
 */
@Service
class Ingest {

    /** Another node opened the same job, or the database broke a deadlock: the second try finds what it made. */
    private static final RetryPolicy AGAIN = RetryPolicy.builder()
            .predicate(Conflict::isOne)
            .maxRetries(10)
            .delay(Duration.ofMillis(20))
            .jitter(Duration.ofMillis(20))
            .maxDelay(Duration.ofMillis(500))
            .multiplier(1.5)
            .build();

    /** A sample that is no older than this is of the newest look of the storage watches. */
    private static final Duration OF_NOW = Duration.ofMinutes(2);

    private final Nodes nodes;
    private final NodeSamples nodeSamples;
    private final JobRegister register;
    private final SampleStore samples;
    private final AgentProcesses agents;
    private final EvidenceRequests evidence;
    private final OrderResults orders;
    private final SlotConnections storage;
    private final MoverCounts movers;
    private final Answers answers;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final RetryTemplate retry = new RetryTemplate(AGAIN);

    Ingest(
            Nodes nodes,
            NodeSamples nodeSamples,
            JobRegister register,
            SampleStore samples,
            AgentProcesses agents,
            EvidenceRequests evidence,
            OrderResults orders,
            SlotConnections storage,
            MoverCounts movers,
            Answers answers,
            TransactionTemplate transaction,
            Clock clock) {
        this.nodes = nodes;
        this.nodeSamples = nodeSamples;
        this.register = register;
        this.samples = samples;
        this.agents = agents;
        this.evidence = evidence;
        this.orders = orders;
        this.storage = storage;
        this.movers = movers;
        this.answers = answers;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Stores all of it, or nothing and throws.
     *
     * @param live what is known of slots; brought up to date
     * @return in the same order
     */
    List<ReportAnswer> store(List<Contents> group, LiveSlots live) {
        Stored stored = Objects.requireNonNull(retry.invoke(() -> attempt(group, live)));
        Instant now = clock.instant();
        stored.live().forEach((key, slot) -> live.put(key, slot, now));
        stored.ended().forEach(live::remove);
        return stored.answers();
    }

    /**
     * What a commit that failed has left in the database is not known: next time it is asked. Where there was no
     * connection to begin with, there was no commit.
     */
    private @Nullable Stored attempt(List<Contents> group, LiveSlots live) {
        var begun = new AtomicBoolean();
        try {
            return transaction.execute(status -> {
                begun.set(true);
                return store(group, live, clock.instant());
            });
        } catch (RuntimeException e) {
            if (begun.get()) {
                group.forEach(contents ->
                        contents.slots().forEach(read -> live.doubt(read.news().slotId())));
            }
            throw e;
        }
    }

    private record Stored(List<ReportAnswer> answers, Map<String, LiveSlot> live, Set<String> ended) {}

    /** A slot that the group tells of. */
    private static final class Heard {
        private final LiveSlot slot;
        private final boolean ended;

        /** Whether samples of it may have been stored that nobody had an answer for, and that lists do not show. */
        private final boolean doubted;

        private final List<JobSample> samples = new ArrayList<>();

        Heard(LiveSlot slot, boolean ended, boolean doubted) {
            this.slot = slot;
            this.ended = ended;
            this.doubted = doubted;
        }

        LiveSlot with(SampleStore.Added added) {
            if (!doubted) {
                return slot.with(added, added.samples());
            }
            samples.sort(Comparator.comparing(JobSample::time));
            return slot.with(added, samples);
        }

        /** Whether lists show its figures at once, so that they are not lost with this process. */
        boolean shown(SampleStore.Added added) {
            Instant newest = slot.latest().lastAt();
            return ended
                    || (newest != null
                            && !added.samples().isEmpty()
                            && added.samples().getFirst().time().isBefore(newest));
        }
    }

    private Stored store(List<Contents> group, LiveSlots live, Instant now) {
        nodeSamples.store(group.stream()
                .map(contents -> new NodeSamples.OfNode(contents.node().id(), contents.nodeSamples()))
                .toList());
        agents.report(group.stream()
                .filter(contents -> contents.agentStatus() != null)
                .map(contents -> new AgentProcesses.Told(
                        contents.node().id(), contents.agentVersion(), Objects.requireNonNull(contents.agentStatus())))
                .toList());
        Map<String, Heard> heard = new LinkedHashMap<>();
        List<Map<String, SlotPlace>> places = place(group, live, heard, now);
        heard.values().forEach(one -> one.samples.replaceAll(sample -> counted(sample, one.slot, now)));
        List<SampleStore.Added> added = samples.store(heard.values().stream()
                .map(one -> new SampleStore.Told(one.slot.jobId(), one.slot.id(), one.slot.latest(), one.samples))
                .toList());
        Map<String, LiveSlot> after = new LinkedHashMap<>();
        Set<String> ended = new HashSet<>();
        List<SlotFigures> figures = new ArrayList<>();
        int index = 0;
        for (Map.Entry<String, Heard> entry : heard.entrySet()) {
            Heard one = entry.getValue();
            SampleStore.Added of = added.get(index++);
            LiveSlot slot = one.with(of);
            if (one.shown(of)) {
                figures.add(figures(slot));
                slot = slot.shown();
            }
            if (one.ended) {
                ended.add(entry.getKey());
            } else {
                after.put(entry.getKey(), slot);
            }
        }
        register.show(figures, now);
        Set<Long> factsKnown = nodes.report(group.stream()
                .map(contents -> new Nodes.Told(
                        contents.node().id(), contents.sentAt(), contents.agentVersion(), contents.nodeFacts()))
                .toList());
        List<ReportAnswer> all = new ArrayList<>();
        index = 0;
        for (Contents contents : group) {
            all.add(answers.to(
                    contents,
                    places.get(index++),
                    factsKnown.contains(contents.node().id())));
        }
        return new Stored(all, after, ended);
    }

    /** A regular sample of now with the movers that the slot holds; what comes late has none. */
    private JobSample counted(JobSample sample, LiveSlot slot, Instant now) {
        if (sample.reason() != JobSample.Reason.REGULAR
                || Duration.between(sample.time(), now).abs().compareTo(OF_NOW) > 0) {
            return sample;
        }
        Integer held = movers.of(slot.id(), slot.nodeId());
        return held == null ? sample : sample.with(Metric.STORAGE_MOVERS, held);
    }

    /** Finds the slots that each batch tells of, and puts their samples to those that were told before. */
    private List<Map<String, SlotPlace>> place(
            List<Contents> group, LiveSlots live, Map<String, Heard> heard, Instant now) {
        List<Map<String, SlotPlace>> places = new ArrayList<>();
        List<NodeNews> news = new ArrayList<>();
        for (Contents contents : group) {
            Map<String, SlotPlace> usual = new HashMap<>();
            List<SlotNews> unusual = new ArrayList<>();
            bySlot(contents).forEach((key, reads) -> {
                LiveSlot known = live.get(key);
                if (known != null
                        && live.certain(key)
                        && known.nodeId() == contents.node().id()
                        && reads.stream().allMatch(read -> read.news().goesOn())) {
                    usual.put(key, new SlotPlace.Known(known.id(), known.jobId(), false, false));
                    heard.computeIfAbsent(key, slot -> new Heard(known, false, false));
                } else {
                    reads.forEach(read -> unusual.add(read.news()));
                }
            });
            places.add(usual);
            news.add(new NodeNews(contents.node().id(), contents.node().name(), unusual));
        }
        List<Map<String, SlotPlace>> told = register.tell(news, now);
        hear(news, told, live, heard);
        List<SlotConnections.Told> connections = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            Map<String, SlotPlace> ofNode = places.get(i);
            String nodeName = group.get(i).node().name();
            long nodeId = group.get(i).node().id();
            ofNode.putAll(told.get(i));
            group.get(i).slots().forEach(read -> {
                String key = read.news().slotId();
                if (ofNode.get(key) instanceof SlotPlace.Known known) {
                    Objects.requireNonNull(heard.get(key)).samples.addAll(read.samples());
                    if (read.evidence() != null) {
                        evidence.came(known.id(), read.evidence());
                    }
                    StorageReader.Found found = read.storage();
                    if (found != null) {
                        connections.add(new SlotConnections.Told(
                                known.id(),
                                nodeId,
                                found.time(),
                                found.connections(),
                                found.leftOut(),
                                found.unchangedUntil()));
                    }
                    read.orders().forEach(outcome -> orders.came(known.id(), nodeName, outcome));
                }
            });
        }
        storage.take(connections);
        return places;
    }

    private static Map<String, List<SlotReader.Read>> bySlot(Contents contents) {
        return contents.slots().stream()
                .collect(Collectors.groupingBy(read -> read.news().slotId(), LinkedHashMap::new, Collectors.toList()));
    }

    /** Takes over where the register has placed slots, with what is known of their samples. */
    private void hear(
            List<NodeNews> news, List<Map<String, SlotPlace>> told, LiveSlots live, Map<String, Heard> heard) {
        record OfNode(long nodeId, SlotPlace.Known slot) {}
        Map<String, OfNode> known = new LinkedHashMap<>();
        for (int i = 0; i < news.size(); i++) {
            long node = news.get(i).nodeId();
            told.get(i).forEach((key, place) -> {
                if (place instanceof SlotPlace.Known slot) {
                    known.put(key, new OfNode(node, slot));
                }
            });
        }
        Map<Long, LatestSamples> read = samples.latest(known.entrySet().stream()
                .filter(slot -> !slot.getValue().slot().opened() && !live.certain(slot.getKey()))
                .map(slot -> slot.getValue().slot().id())
                .toList());
        known.forEach((key, ofNode) -> {
            SlotPlace.Known place = ofNode.slot();
            boolean doubted = !live.certain(key);
            LiveSlot slot = live.get(key);
            if (slot == null || doubted) {
                // What is not shown yet stays to be shown, if it is the same slot still.
                slot = new LiveSlot(
                        place.id(),
                        place.jobId(),
                        ofNode.nodeId(),
                        read.getOrDefault(place.id(), LatestSamples.NONE),
                        slot == null || slot.id() != place.id() ? Unshown.NOTHING : slot.unshown());
            }
            heard.put(key, new Heard(slot, place.ended(), doubted));
        });
    }

    /** Shows what slots told lately in lists, in a transaction of its own. */
    void show(Collection<LiveSlot> slots) {
        List<SlotFigures> figures = slots.stream().map(Ingest::figures).toList();
        retry.invoke(() -> transaction.execute(status -> {
            register.show(figures, clock.instant());
            return true;
        }));
    }

    /** It was told of, and its figures cannot be shown. */
    void heard(LiveSlot slot) {
        retry.invoke(() -> transaction.execute(status -> {
            register.heard(slot.jobId(), clock.instant());
            return true;
        }));
    }

    private static SlotFigures figures(LiveSlot slot) {
        return slot.unshown().figures(slot.id(), slot.jobId(), slot.latest());
    }
}
