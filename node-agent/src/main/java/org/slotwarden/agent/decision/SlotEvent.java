package org.slotwarden.agent.decision;

import org.slotwarden.wire.v1.JobSample;

/** What triggers are told of. Times are milliseconds since 1970 by the node's clock. */
public sealed interface SlotEvent {

    /** The kinds of events, for a trigger to choose from. */
    enum Type {
        SAMPLED,
        INTERESTING,
        ENDED,
        ASKED
    }

    Type type();

    long timeMs();

    /**
     * A sample was taken.
     *
     * @param regular at the slot's interval; false: in between
     */
    record Sampled(JobSample sample, boolean regular) implements SlotEvent {
        @Override
        public Type type() {
            return Type.SAMPLED;
        }

        @Override
        public long timeMs() {
            return sample.getTimeMs();
        }
    }

    /** A trigger says that something happened. */
    record Interesting(long timeMs) implements SlotEvent {
        @Override
        public Type type() {
            return Type.INTERESTING;
        }
    }

    /** @param failed by exit code, signal or what the batch system calls it */
    record Ended(long timeMs, boolean failed) implements SlotEvent {
        @Override
        public Type type() {
            return Type.ENDED;
        }
    }

    /** The portal wants what was held back, both ends included. */
    record Asked(long timeMs, long fromMs, long toMs) implements SlotEvent {
        @Override
        public Type type() {
            return Type.ASKED;
        }
    }
}
