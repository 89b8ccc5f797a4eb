package org.slotwarden.portal.order;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.slotwarden.batch.BatchAct;
import org.slotwarden.wire.v1.BatchOrder;
import org.slotwarden.wire.v1.KillOrder;
import org.slotwarden.wire.v1.LogLevelOrder;
import org.slotwarden.wire.v1.LookOrder;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.TailOrder;

/** What shall be done to a job. The constructors refuse what is out of bounds, with a message for people. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = OrderWish.Kill.class, name = "kill"),
    @JsonSubTypes.Type(value = OrderWish.Look.class, name = "look"),
    @JsonSubTypes.Type(value = OrderWish.Tail.class, name = "tail"),
    @JsonSubTypes.Type(value = OrderWish.LogLevel.class, name = "log-level"),
    @JsonSubTypes.Type(value = OrderWish.Cancel.class, name = "cancel"),
    @JsonSubTypes.Type(value = OrderWish.Hold.class, name = "hold"),
    @JsonSubTypes.Type(value = OrderWish.Requeue.class, name = "requeue"),
    @JsonSubTypes.Type(value = OrderWish.Comment.class, name = "comment")
})
public sealed interface OrderWish {

    OrderKind kind();

    /** Puts it into what agents are told. */
    void into(Order.Builder order);

    /** @param graceSeconds between SIGTERM and SIGKILL, 0 to 3600 */
    record Kill(int graceSeconds) implements OrderWish {

        public Kill {
            within("grace_seconds", graceSeconds, 0, 3600);
        }

        @Override
        public OrderKind kind() {
            return OrderKind.KILL;
        }

        @Override
        public void into(Order.Builder order) {
            order.setKill(KillOrder.newBuilder().setGraceSeconds(graceSeconds));
        }
    }

    /** @param stacks where each thread waits, too */
    record Look(boolean stacks) implements OrderWish {

        @Override
        public OrderKind kind() {
            return OrderKind.LOOK;
        }

        @Override
        public void into(Order.Builder order) {
            order.setLook(LookOrder.newBuilder().setStacks(stacks));
        }
    }

    /**
     * @param standardError instead of the standard output
     * @param lines 1 to 1000
     * @param followSeconds 0 to 600; 0: once
     */
    record Tail(boolean standardError, int lines, int followSeconds) implements OrderWish {

        public Tail {
            within("lines", lines, 1, 1000);
            within("follow_seconds", followSeconds, 0, 600);
        }

        @Override
        public OrderKind kind() {
            return OrderKind.TAIL;
        }

        @Override
        public void into(Order.Builder order) {
            order.setTail(TailOrder.newBuilder()
                    .setStandardError(standardError)
                    .setLines(lines)
                    .setFollowSeconds(followSeconds));
        }
    }

    /**
     * @param level debug or trace
     * @param forSeconds 1 to 3600
     */
    record LogLevel(String level, int forSeconds) implements OrderWish {

        public LogLevel {
            if (!level.equals("debug") && !level.equals("trace")) {
                throw new IllegalArgumentException("level must be debug or trace");
            }
            within("for_seconds", forSeconds, 1, 3600);
        }

        @Override
        public OrderKind kind() {
            return OrderKind.LOG_LEVEL;
        }

        @Override
        public void into(Order.Builder order) {
            order.setLogLevel(LogLevelOrder.newBuilder()
                    .setLevel(level.equals("trace") ? LogLevelOrder.Level.TRACE : LogLevelOrder.Level.DEBUG)
                    .setForSeconds(forSeconds));
        }
    }

    /** What the batch system does. */
    sealed interface ThroughBatch extends OrderWish {

        BatchAct act();

        @Override
        default OrderKind kind() {
            return switch (act()) {
                case CANCEL -> OrderKind.CANCEL;
                case HOLD -> OrderKind.HOLD;
                case REQUEUE -> OrderKind.REQUEUE;
                case COMMENT -> OrderKind.COMMENT;
            };
        }

        @Override
        default void into(Order.Builder order) {
            BatchOrder.Act act = switch (act()) {
                case CANCEL -> BatchOrder.Act.CANCEL;
                case HOLD -> BatchOrder.Act.HOLD;
                case REQUEUE -> BatchOrder.Act.REQUEUE;
                case COMMENT -> BatchOrder.Act.COMMENT;
            };
            order.setBatch(BatchOrder.newBuilder().setAct(act));
        }
    }

    /** The job is ended for ever. */
    record Cancel() implements ThroughBatch {

        @Override
        public BatchAct act() {
            return BatchAct.CANCEL;
        }
    }

    /** The job is stopped and stays in the queue, held. */
    record Hold() implements ThroughBatch {

        @Override
        public BatchAct act() {
            return BatchAct.HOLD;
        }
    }

    /** The job is stopped and begins anew. */
    record Requeue() implements ThroughBatch {

        @Override
        public BatchAct act() {
            return BatchAct.REQUEUE;
        }
    }

    /** The reason is shown with the job; nothing is done to it. */
    record Comment() implements ThroughBatch {

        @Override
        public BatchAct act() {
            return BatchAct.COMMENT;
        }
    }

    private static void within(String name, double value, int least, int most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most);
        }
    }
}
