package org.slotwarden.portal.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.series.KeptLatest;

/**
 * The slots of one lane that have not ended: who is in here costs a sample nothing but its row. One thread's.
 *
 * <p>What is known is what is committed. Whoever changes it does so on a copy, and hands that in after the commit.
 */
final class LiveSlots {

    /** A slot that is not heard of for so long is read again when it is. */
    private static final Duration KEPT = Duration.ofHours(1);

    private static final Duration LOOKED_THROUGH_EVERY = Duration.ofMinutes(5);

    private final Map<String, Entry> slots = new HashMap<>();

    /** Since when figures of slots wait to be shown, the longest first. */
    private final Map<String, Instant> unshown = new LinkedHashMap<>();

    private @Nullable Instant lookedThroughAt;

    /** A slot, changed in place. */
    private static final class Entry {
        /** Each report brings the same key again: this one is kept. */
        private final String key;

        private final KeptLatest latest = new KeptLatest();
        private long id;
        private long jobId;
        private long nodeId;
        private Unshown unshown = Unshown.NOTHING;
        private Instant heardAt = Instant.MIN;
        /** Whether the register need not be asked before the next sample is stored. */
        private boolean certain;

        private Entry(String key) {
            this.key = key;
        }

        private LiveSlot slot() {
            return new LiveSlot(id, jobId, nodeId, latest.latest(), unshown);
        }

        private void slot(LiveSlot slot) {
            id = slot.id();
            jobId = slot.jobId();
            nodeId = slot.nodeId();
            latest.keep(slot.latest());
            unshown = slot.unshown();
        }
    }

    @Nullable
    LiveSlot get(String key) {
        Entry entry = slots.get(key);
        return entry == null ? null : entry.slot();
    }

    boolean certain(String key) {
        Entry entry = slots.get(key);
        return entry != null && entry.certain;
    }

    /** After the commit. */
    void put(String key, LiveSlot slot, Instant now) {
        Entry entry = slots.computeIfAbsent(key, Entry::new);
        entry.slot(slot);
        entry.heardAt = now;
        entry.certain = true;
        if (slot.unshown().any()) {
            unshown.putIfAbsent(entry.key, now);
        } else {
            unshown.remove(key);
        }
    }

    /** Its figures are shown. */
    void shown(String key) {
        Entry entry = slots.get(key);
        if (entry != null) {
            entry.unshown = Unshown.NOTHING;
        }
        unshown.remove(key);
    }

    void remove(String key) {
        slots.remove(key);
        unshown.remove(key);
    }

    /** Next time, the register has to be told of these jobs' slots again. */
    void doubt(LongPredicate jobs) {
        slots.values().forEach(entry -> entry.certain &= !jobs.test(entry.jobId));
    }

    /** Next time, the register has to be told of this slot again. */
    void doubt(String key) {
        Entry entry = slots.get(key);
        if (entry != null) {
            entry.certain = false;
        }
    }

    int size() {
        return slots.size();
    }

    /** Slots whose figures are to be shown now: those that have waited since {@code since} or longer. */
    List<String> toShow(Instant since, int most) {
        List<String> keys = new ArrayList<>();
        for (Map.Entry<String, Instant> waiting : unshown.entrySet()) {
            if (keys.size() == most || waiting.getValue().isAfter(since)) {
                break;
            }
            keys.add(waiting.getKey());
        }
        return keys;
    }

    /** When the figures that have waited longest began to wait. */
    @Nullable
    Instant unshownSince() {
        Iterator<Instant> since = unshown.values().iterator();
        return since.hasNext() ? since.next() : null;
    }

    /** Now and then: lets go of slots that are not heard of any more. */
    void lookThrough(Instant now) {
        if (lookedThroughAt != null && now.isBefore(lookedThroughAt.plus(LOOKED_THROUGH_EVERY))) {
            return;
        }
        lookedThroughAt = now;
        slots.values().removeIf(entry -> entry.heardAt.isBefore(now.minus(KEPT)) && !unshown.containsKey(entry.key));
    }
}
