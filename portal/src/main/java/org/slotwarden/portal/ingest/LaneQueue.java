package org.slotwarden.portal.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.ReportAnswer;

/**
 * Batches that wait in a lane, by node. Each node has its turn: what one of them sends beyond its share waits for
 * itself, and not before what others send. Any thread may call it.
 */
final class LaneQueue {

    /** Samples in one transaction: more do not make it any cheaper, and all of them wait for the last. */
    static final int MOST_AT_ONCE = 5000;

    /** Of one node, together with others. */
    static final int SHARE = 500;

    /** Of one node with more than its share, in one transaction; a larger batch is alone of its node. */
    static final int MOST_OF_NODE = 1000;

    /** What the begin or end of a slot costs, in samples. */
    private static final int RARE = 20;

    private final Map<Long, Deque<Waiting>> byNode = new LinkedHashMap<>();
    private boolean largeTurn;

    /**
     * A batch, and who waits for its answer.
     *
     * @param cost of storing it, in samples
     */
    record Waiting(Contents contents, int cost, Instant since, CompletableFuture<ReportAnswer> answer) {

        Waiting(Contents contents, Instant since) {
            this(contents, cost(contents), since, new CompletableFuture<>());
        }

        private static int cost(Contents contents) {
            int cost = 1 + contents.nodeSamples().size();
            for (SlotReader.Read slot : contents.slots()) {
                // A report without samples asks for its slot, too.
                cost += Math.max(1, slot.samples().size()) + (slot.news().goesOn() ? 0 : RARE);
            }
            return cost;
        }
    }

    synchronized void add(Waiting waiting) {
        byNode.computeIfAbsent(waiting.contents().node().id(), node -> new ArrayDeque<>())
                .add(waiting);
        notifyAll();
    }

    synchronized boolean isEmpty() {
        return byNode.isEmpty();
    }

    /** Since when the batch waits that has waited longest. */
    synchronized @Nullable Instant oldest() {
        Instant oldest = null;
        for (Deque<Waiting> ofNode : byNode.values()) {
            Instant since = ofNode.getFirst().since();
            oldest = oldest == null || since.isBefore(oldest) ? since : oldest;
        }
        return oldest;
    }

    /**
     * Takes what is stored together next: of each node up to its share, or, in turn with that, batches beyond it.
     *
     * @return none when none came within {@code patience}
     */
    synchronized List<Waiting> take(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (long left = patience.toNanos(); byNode.isEmpty() && left > 0; left = end - System.nanoTime()) {
            wait(Math.max(1, Duration.ofNanos(left).toMillis()));
        }
        List<Waiting> group = largeTurn ? take(MOST_OF_NODE, true) : take(SHARE, false);
        if (group.isEmpty() && !byNode.isEmpty()) {
            largeTurn = !largeTurn;
            group = largeTurn ? take(MOST_OF_NODE, true) : take(SHARE, false);
        }
        largeTurn = !largeTurn;
        return group;
    }

    synchronized List<Waiting> takeAll() {
        List<Waiting> all = new ArrayList<>();
        byNode.values().forEach(all::addAll);
        byNode.clear();
        return all;
    }

    /** @param large of the nodes whose next batch is more than their share, else of the others */
    private List<Waiting> take(int mostOfNode, boolean large) {
        List<Waiting> group = new ArrayList<>();
        int cost = 0;
        for (Long node : List.copyOf(byNode.keySet())) {
            Deque<Waiting> waiting = Objects.requireNonNull(byNode.get(node));
            if (cost >= MOST_AT_ONCE || waiting.getFirst().cost() > SHARE != large) {
                continue;
            }
            int ofNode = 0;
            while (!waiting.isEmpty()
                    && (ofNode == 0 || ofNode + waiting.getFirst().cost() <= mostOfNode)) {
                Waiting next = waiting.removeFirst();
                group.add(next);
                ofNode += next.cost();
            }
            cost += ofNode;
            byNode.remove(node);
            if (!waiting.isEmpty()) {
                // Behind the others, until these have had their turn.
                byNode.put(node, waiting);
            }
        }
        return group;
    }
}
