package org.slotwarden.portal.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.NodeFacts;
import org.slotwarden.portal.node.NodeMetric;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.portal.node.NodeStatus;
import org.springframework.stereotype.Component;

/** Tells one node in the order in which its page shows it: {@code @nodeView} in the templates. */
@Component("nodeView")
class NodeView {
    /** Below this, the way of a report through the network explains the difference. */
    private static final double CLOCK_TOLERANCE_SECONDS = 2;

    /** An agent that knows the round trip of its reports knows better. */
    private static final double MEASURED_TOLERANCE_SECONDS = 1;

    private final Format format;

    NodeView(Format format) {
        this.format = format;
    }

    public @Nullable Long memoryUsed(NodeStatus node) {
        NodeSample latest = node.latest();
        Long total = latest == null ? null : latest.whole(NodeMetric.MEMORY_TOTAL_BYTES);
        Long available = latest == null ? null : latest.whole(NodeMetric.MEMORY_AVAILABLE_BYTES);
        return total == null || available == null ? null : (Long) (total - available);
    }

    /** Latest figure of a node by its metric, for lists. */
    public @Nullable Double latest(NodeStatus node, String metric) {
        return node.latest() == null ? null : node.latest().level(NodeMetric.valueOf(metric.toUpperCase(Locale.ROOT)));
    }

    /** What an admin should know of a node, in a few words each. */
    public List<String> remarks(NodeStatus node) {
        List<String> remarks = new ArrayList<>();
        Double offset = clockError(node);
        if (offset != null) {
            remarks.add("clock " + off(offset));
        }
        int blind = node.facts() == null ? 0 : node.facts().blindSpots().size();
        if (blind > 0) {
            remarks.add(blind == 1 ? "1 blind spot" : blind + " blind spots");
        }
        return remarks;
    }

    @Nullable
    String clockOff(NodeStatus node) {
        Double offset = clockError(node);
        return offset == null
                ? null
                : "Its clock is " + off(offset) + ": times of its jobs and samples are off by as much.";
    }

    /** Null when the clock is right, as far as can be told: what the agent measured is better than what a report shows. */
    private static @Nullable Double clockError(NodeStatus node) {
        Double measured = latestOf(node, NodeMetric.CLOCK_OFFSET_SECONDS);
        if (measured != null) {
            Double uncertainty = latestOf(node, NodeMetric.CLOCK_UNCERTAINTY_SECONDS);
            double certain = Math.abs(measured) - (uncertainty == null ? 0 : uncertainty);
            return certain > MEASURED_TOLERANCE_SECONDS ? measured : null;
        }
        Double offset = node.clockOffsetSeconds();
        return offset == null || Math.abs(offset) <= CLOCK_TOLERANCE_SECONDS ? null : offset;
    }

    private static @Nullable Double latestOf(NodeStatus node, NodeMetric metric) {
        return node.latest() == null ? null : node.latest().level(metric);
    }

    private String off(double seconds) {
        return String.format(Locale.ROOT, "%s %s", format.seconds(Math.abs(seconds)), seconds > 0 ? "ahead" : "behind");
    }

    List<Used> used(NodeStatus node) {
        NodeSample latest = node.latest();
        if (latest == null) {
            return List.of();
        }
        Integer cores = node.facts() == null ? null : node.facts().logicalCores();
        List<Used> used = new ArrayList<>();
        used.add(new Used(
                "Load",
                load(latest) + " on " + format.number(cores) + " cores",
                latest.level(NodeMetric.LOAD_1M),
                cores,
                false));
        used.add(new Used(
                "Memory",
                format.bytes(memoryUsed(node)) + " of " + format.bytes(latest.whole(NodeMetric.MEMORY_TOTAL_BYTES))
                        + " in use",
                memoryUsed(node),
                latest.whole(NodeMetric.MEMORY_TOTAL_BYTES),
                true));
        used.add(new Used(
                "Swap", format.bytes(latest.whole(NodeMetric.SWAP_USED_BYTES)) + " in use", null, null, false));
        used.add(new Used(
                "Scratch", format.bytes(latest.whole(NodeMetric.SCRATCH_FREE_BYTES)) + " free", null, null, false));
        Double offset = latest.level(NodeMetric.CLOCK_OFFSET_SECONDS);
        if (offset != null) {
            Double uncertainty = latest.level(NodeMetric.CLOCK_UNCERTAINTY_SECONDS);
            used.add(new Used(
                    "Clock",
                    format.clock(offset) + " against the portal's"
                            + (uncertainty == null ? "" : String.format(Locale.ROOT, ", ± %.3f s", uncertainty)),
                    null,
                    null,
                    false));
        }
        Double oomKills = latest.level(NodeMetric.OOM_KILLS);
        if (oomKills != null && oomKills > 0) {
            used.add(new Used(
                    "Killed for want of memory",
                    format.number(oomKills) + (oomKills == 1 ? " process" : " processes") + " since boot",
                    null,
                    null,
                    false));
        }
        used.add(new Used("Processes", format.number(latest.whole(NodeMetric.PROCESSES)), null, null, false));
        return used;
    }

    private String load(NodeSample latest) {
        String one = format.number(latest.level(NodeMetric.LOAD_1M));
        Double five = latest.level(NodeMetric.LOAD_5M);
        Double fifteen = latest.level(NodeMetric.LOAD_15M);
        return five == null || fifteen == null
                ? one
                : "%s (1 min), %s (5 min), %s (15 min)".formatted(one, format.number(five), format.number(fifteen));
    }

    List<Fact> facts(NodeStatus node) {
        List<Fact> known = new ArrayList<>();
        NodeFacts facts = node.facts();
        if (facts != null) {
            add(known, "Operating system", facts.operatingSystem());
            add(known, "Kernel", facts.kernel());
            add(known, "Processor", facts.cpuModel());
            add(known, "Cores", cores(facts));
            add(known, "Memory", facts.memoryBytes() == null ? null : format.bytes(facts.memoryBytes()));
            add(known, "Swap", facts.swapBytes() == null ? null : format.bytes(facts.swapBytes()));
            add(
                    known,
                    "Network link",
                    facts.linkBytesPerSecond() == null
                            ? null
                            : format.bytesPerSecond(facts.linkBytesPerSecond().doubleValue()) + " one way");
            add(
                    known,
                    "Booted",
                    facts.bootedAt() == null
                            ? null
                            : format.time(facts.bootedAt()) + ", " + format.relative(facts.bootedAt()));
        }
        add(known, "Agent", node.agentVersion());
        add(known, "First seen", node.firstSeenAt() == null ? null : format.time(node.firstSeenAt()));
        return known;
    }

    private String cores(NodeFacts facts) {
        return format.number(facts.logicalCores()) + " logical, " + format.number(facts.physicalCores()) + " physical";
    }

    private static void add(List<Fact> facts, String what, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            facts.add(new Fact(what, text, null));
        }
    }
}
