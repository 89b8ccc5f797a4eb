package org.slotwarden.portal.order;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
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
    @JsonSubTypes.Type(value = OrderWish.LogLevel.class, name = "log-level")
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

    private static void within(String name, double value, int least, int most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most);
        }
    }
}
