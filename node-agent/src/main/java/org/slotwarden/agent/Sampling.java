package org.slotwarden.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.AgentDiagnostics;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.agent.node.NodeProbe;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.send.NodeSamples;
import org.slotwarden.agent.slot.Slot;

/** Takes samples when they are due: of slots, in between their regular times, too, and of the node. One thread's. */
final class Sampling {

    private static final Logger LOG = LoggerFactory.getLogger(Sampling.class);

    /** A job's processes come some moments after its prologue: looked for more often at first. */
    private static final Duration FIRST_LOOKS = Duration.ofSeconds(1);

    private static final Duration LOOKED_FOR = Duration.ofSeconds(15);

    private final SamplingPlan plan;
    private final ProcessTable table;
    private final NodeProbe nodeProbe;
    private final NodeSamples nodeSamples;
    private final AgentDiagnostics diagnostics;
    private final NodeTurn turn;
    private final int monitor;
    private final SmallHeap heap = new SmallHeap();

    /**
     * @param turn whether this process reports the node
     * @param monitor process that is no part of any job, nor is what descends from it
     */
    Sampling(
            SamplingPlan plan,
            ProcessTable table,
            NodeProbe nodeProbe,
            NodeSamples nodeSamples,
            AgentDiagnostics diagnostics,
            NodeTurn turn,
            int monitor) {
        this.plan = plan;
        this.table = table;
        this.nodeProbe = nodeProbe;
        this.nodeSamples = nodeSamples;
        this.diagnostics = diagnostics;
        this.turn = turn;
        this.monitor = monitor;
    }

    /**
     * @param first nothing was sampled yet by this process
     * @param sampled is told of each slot that had its regular sample, and when
     * @return whether there is something that the portal should hear
     */
    boolean due(Collection<Slot> slots, boolean first, BiConsumer<Slot, Instant> sampled) {
        long now = System.nanoTime();
        SamplingPlan.Round round = plan.round(slots, now, Instant.now());
        if (round.isEmpty()) {
            return false;
        }
        diagnostics.roundBegins();
        boolean nodeToo = !round.regular().isEmpty() && turn.isOurs();
        if (nodeToo && !first) {
            nodeProbe.prepare();
        }
        table.refresh();
        Instant time = Instant.now();
        boolean news = sampleInBetween(round.between(), time);
        for (Slot slot : round.regular()) {
            boolean looking =
                    !slot.membersSeen() && time.isBefore(slot.handOver().time().plus(LOOKED_FOR));
            sample(slot, time, !looking);
            plan.regularDone(slot, now, looking && !slot.membersSeen() ? now + FIRST_LOOKS.toNanos() : Long.MAX_VALUE);
            sampled.accept(slot, time);
        }
        if (!round.between().isEmpty()) {
            plan.betweenDone(now, System.nanoTime() - now);
        }
        if (nodeToo) {
            if (first) {
                nodeProbe.prepare(); // the first samples of the jobs do not wait for it
            }
            sampleNode(time, table.size());
        }
        OptionalDouble cpu = diagnostics.roundEnds(round.planned());
        LOG.debug(
                "sampled {} slots, {} in between, among {} processes of the node; CPU seconds: {}",
                round.regular().size(),
                round.between().size(),
                table.size(),
                cpu);
        if (!round.regular().isEmpty()) {
            plan.roundCost(cpu);
        }
        heap.trim();
        return news || !round.regular().isEmpty();
    }

    /** Of a slot that ends: what still lives, and what was consumed since the last one. */
    void last(Slot slot) {
        table.refresh();
        sample(slot, Instant.now(), false);
    }

    private boolean sampleInBetween(List<Slot> between, Instant time) {
        boolean news = false;
        for (Slot slot : between) {
            try {
                news |= slot.sampleInBetween(table, monitor, time);
            } catch (RuntimeException e) {
                ErrorCounts.count(ErrorKind.SLOT_NOT_SAMPLED);
                LOG.error("{} cannot be sampled", slot, e);
            }
        }
        return news;
    }

    private void sampleNode(Instant time, int processes) {
        try {
            nodeSamples.add(nodeProbe.sample(time.toEpochMilli(), processes));
        } catch (RuntimeException e) {
            ErrorCounts.count(ErrorKind.NODE_NOT_SAMPLED);
            LOG.error("the node cannot be sampled", e);
        }
    }

    private void sample(Slot slot, Instant time, boolean evenIfEmpty) {
        try {
            slot.sample(table, monitor, time, evenIfEmpty);
        } catch (RuntimeException e) {
            // One slot's oddity must not cost the others their samples.
            ErrorCounts.count(ErrorKind.SLOT_NOT_SAMPLED);
            LOG.error("{} cannot be sampled", slot, e);
        }
    }
}
