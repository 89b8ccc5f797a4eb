package org.slotwarden.portal.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one report tells of a slot, its samples aside.
 *
 * @param slotId chosen on the node, unique for ever
 * @param cores requested on this node, like {@code memoryBytes}
 * @param startedAt when the prologue ran; absent when the agent learnt of the slot only from its epilogue
 * @param sampleIntervalSeconds as configured on the node
 * @param firstSampleAt time of the earliest sample in the report
 * @param loss samples that were given up before this report
 */
public record SlotNews(
        String slotId,
        @Nullable JobFacts job,
        @Nullable Integer cores,
        @Nullable Long memoryBytes,
        @Nullable Instant startedAt,
        @Nullable Double sampleIntervalSeconds,
        @Nullable SlotEnd end,
        @Nullable Instant firstSampleAt,
        @Nullable SampleLoss loss) {

    /** Whether this says anything about how the slot begins or ends. */
    boolean changesLife() {
        return startedAt != null || end != null;
    }

    /** Whether there is nothing in it that the register has to be told: the slot goes on. */
    public boolean goesOn() {
        return job == null && !changesLife() && loss == null;
    }

    /** When the slot existed for certain, as exactly as this report knows. */
    Instant moment(Instant now) {
        if (startedAt != null) {
            return startedAt;
        }
        if (firstSampleAt != null) {
            return firstSampleAt;
        }
        return end != null ? end.at() : now;
    }
}
