package org.slotwarden.portal.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

    /** @param certain whether the register need not be asked before the next sample is stored */
    private record Entry(LiveSlot slot, Instant heardAt, boolean certain) {}

    @Nullable
    LiveSlot get(String key) {
        Entry entry = slots.get(key);
        return entry == null ? null : entry.slot();
    }

    boolean certain(String key) {
        Entry entry = slots.get(key);
        return entry != null && entry.certain();
    }

    /** After the commit. */
    void put(String key, LiveSlot slot, Instant now) {
        slots.put(key, new Entry(slot, now, true));
        if (slot.unshown().any()) {
            unshown.putIfAbsent(key, now);
        } else {
            unshown.remove(key);
        }
    }

    /** Its figures are shown. */
    void shown(String key) {
        slots.computeIfPresent(key, (same, entry) -> new Entry(entry.slot().shown(), entry.heardAt(), entry.certain()));
        unshown.remove(key);
    }

    void remove(String key) {
        slots.remove(key);
        unshown.remove(key);
    }

    /** Next time, the register has to be told of these slots again. */
    void doubt(Predicate<LiveSlot> which) {
        slots.replaceAll(
                (key, entry) -> which.test(entry.slot()) ? new Entry(entry.slot(), entry.heardAt(), false) : entry);
    }

    /** Next time, the register has to be told of this slot again. */
    void doubt(String key) {
        slots.computeIfPresent(key, (same, entry) -> new Entry(entry.slot(), entry.heardAt(), false));
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
        slots.entrySet()
                .removeIf(entry ->
                        entry.getValue().heardAt().isBefore(now.minus(KEPT)) && !unshown.containsKey(entry.getKey()));
    }
}
