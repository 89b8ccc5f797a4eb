package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose a mover is, as it is stored.
 *
 * @param node the only one that the client can be
 * @param candidates ids of jobs, comma separated; null: none
 * @param jobEndedAt when the slot ended; null: it has not, or there is none
 */
record Verdict(
        Confidence confidence,
        String reason,
        @Nullable Long jobId,
        @Nullable Long slotId,
        @Nullable Long node,
        @Nullable String candidates,
        @Nullable Instant jobEndedAt) {

    private static final int MOST_CANDIDATES = 20;
    private static final int MOST_REASON = 300;

    Verdict {
        reason = reason.length() <= MOST_REASON ? reason : reason.substring(0, MOST_REASON - 1) + "…";
    }

    static Verdict of(Evidence.Slot slot, Confidence confidence, String reason) {
        return new Verdict(confidence, reason, slot.jobId(), slot.id(), slot.node(), null, slot.endedAt());
    }

    static Verdict ambiguous(List<Evidence.Slot> slots, @Nullable Long node, String reason) {
        String candidates = slots.stream()
                .map(Evidence.Slot::jobId)
                .distinct()
                .limit(MOST_CANDIDATES)
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        return new Verdict(Confidence.AMBIGUOUS, reason, null, null, node, candidates, null);
    }

    static Verdict none(@Nullable Long node, String reason) {
        return new Verdict(Confidence.NONE, reason, null, null, node, null, null);
    }

    /** Whether this one says more than another. */
    boolean surerThan(Verdict other) {
        return confidence.compareTo(other.confidence) < 0;
    }
}
