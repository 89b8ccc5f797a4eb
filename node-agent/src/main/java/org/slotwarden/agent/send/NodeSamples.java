package org.slotwarden.agent.send;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slotwarden.wire.v1.NodeSample;

/**
 * Samples of the node that the portal does not have yet. In memory only: without a slot nobody asks for
 * them, and a crash loses no job's story. When there are too many, every second of the older ones goes.
 * Thread-safe.
 */
public final class NodeSamples {

    private static final int MAX = 4096;

    private final TreeMap<Long, NodeSample> byTime = new TreeMap<>();

    public synchronized void add(NodeSample sample) {
        byTime.put(sample.getTimeMs(), sample);
        if (byTime.size() > MAX) {
            List<Long> old = new ArrayList<>(byTime.headMap(byTime.lastKey()).keySet()).subList(0, MAX * 3 / 4);
            for (int i = 0; i < old.size(); i += 2) {
                byTime.remove(old.get(i));
            }
        }
    }

    /** The newest so many, oldest first. */
    synchronized List<NodeSample> newest(int count) {
        List<NodeSample> newest = new ArrayList<>(
                byTime.descendingMap().values().stream().limit(count).toList());
        return newest.reversed();
    }

    synchronized void acknowledge(List<NodeSample> samples) {
        samples.forEach(sample -> byTime.remove(sample.getTimeMs()));
    }

    synchronized boolean isEmpty() {
        return byTime.isEmpty();
    }
}
