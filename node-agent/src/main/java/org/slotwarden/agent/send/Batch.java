package org.slotwarden.agent.send;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slotwarden.wire.v1.ReportBatch;

/**
 * What goes into one request: the newest report of every slot first, so that what happens now is seen now,
 * then the oldest of all slots in turn, until the batch is full.
 *
 * @param body a serialised {@link ReportBatch}
 * @param nodeSamples times of the node's samples in it
 * @param more whether reports were left for the next batch
 */
record Batch(byte[] body, List<Long> nodeSamples, boolean withFacts, boolean more) {

    /** Bytes that a report needs in the batch besides its own. */
    private static final int FRAMING = 8;

    /** @param maxReports reports and node samples together */
    record Limits(int maxReports, int maxBytes) {}

    static Batch build(ReportBatch head, Collection<Spool> spools, NodeSamples nodeSamples, Limits limits) {
        List<NodeSamples.Waiting> samples = nodeSamples.newest(Math.max(1, limits.maxReports / 4), limits.maxBytes / 4);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            head.writeTo(bytes);
            CodedOutputStream body = CodedOutputStream.newInstance(bytes);
            for (NodeSamples.Waiting sample : samples) {
                body.writeByteArray(ReportBatch.NODE_SAMPLES_FIELD_NUMBER, sample.bytes());
            }
            body.flush();
            Filling filling = new Filling(limits.maxReports - samples.size(), limits.maxBytes - bytes.size());
            boolean more = filling.choose(spools);
            filling.write(body);
            body.flush();
            List<Long> times = samples.stream().map(NodeSamples.Waiting::timeMs).toList();
            return new Batch(bytes.toByteArray(), times, head.hasNodeFacts(), more);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /** Chooses reports, then writes them slot by slot in the order of events. */
    private static final class Filling {
        private final Map<Spool, TreeMap<Long, byte[]>> chosen = new LinkedHashMap<>();
        private final int maxReports;
        private int bytesLeft;
        private int count;

        Filling(int maxReports, int bytesLeft) {
            this.maxReports = maxReports;
            this.bytesLeft = bytesLeft;
        }

        /** True when something was left out. */
        boolean choose(Collection<Spool> spools) {
            Map<Spool, List<Long>> waiting = new HashMap<>();
            for (Spool spool : spools) {
                List<Long> sequences = new ArrayList<>(spool.waiting());
                if (!sequences.isEmpty()) {
                    if (!add(spool, sequences.removeLast())) {
                        return true;
                    }
                    waiting.put(spool, sequences);
                }
            }
            Set<Spool> open = new HashSet<>(waiting.keySet());
            for (int i = 0; !open.isEmpty(); i++) {
                for (Spool spool : List.copyOf(open)) {
                    List<Long> sequences = waiting.getOrDefault(spool, List.of());
                    if (i >= sequences.size()) {
                        open.remove(spool);
                    } else if (!add(spool, sequences.get(i))) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** False when the batch is full; a batch takes one report, however large. */
        private boolean add(Spool spool, long sequence) {
            byte[] report = spool.read(sequence);
            if (report == null) {
                return true;
            }
            if (count > 0 && (count >= maxReports || report.length + FRAMING > bytesLeft)) {
                return false;
            }
            chosen.computeIfAbsent(spool, s -> new TreeMap<>()).put(sequence, report);
            bytesLeft -= report.length + FRAMING;
            count++;
            return true;
        }

        void write(CodedOutputStream body) throws IOException {
            for (TreeMap<Long, byte[]> reports : chosen.values()) {
                for (byte[] report : reports.values()) {
                    body.writeByteArray(ReportBatch.SLOT_REPORTS_FIELD_NUMBER, report);
                }
            }
        }
    }
}
