package org.slotwarden.agent.order;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.slot.JobKey;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.batch.BatchAct;
import org.slotwarden.wire.v1.LogLevelOrder;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.TailOrder;

/** Whether a genuine order is to be carried out here and now. */
final class OrderTerms {

    static final String KILL = "kill";

    /** The portal's clock is known to less than that. */
    private static final long CLOCK_SLACK_MS = 10_000;

    private static final int MOST_GRACE_SECONDS = 3600;
    private static final int MOST_LINES = 1000;
    private static final int MOST_FOLLOW_SECONDS = 600;
    private static final int MOST_SECONDS = 3600;

    private OrderTerms() {}

    /** What is ordered, in a word. */
    static String word(Order order) {
        return switch (order.getWhatCase()) {
            case KILL -> KILL;
            case LOOK -> "look";
            case TAIL -> "tail";
            case BATCH -> BatchOrders.act(order.getBatch()).map(BatchAct::word).orElse("unknown");
            case LOG_LEVEL -> "log-level";
            case INTERVAL, WHAT_NOT_SET -> "unknown";
        };
    }

    /**
     * Why not, for people; null when it is.
     *
     * @param node this node's name
     * @param portalNowMs the portal's clock
     */
    static @Nullable String refusal(Order order, String node, Slot slot, OrderScope scope, OptionalLong portalNowMs) {
        JobKey job = slot.job();
        if (!order.getNode().equals(node)) {
            return "the order is for another node";
        }
        if (!order.getBatchSystem().equals(job.batchSystem())
                || !order.getJobId().equals(job.jobId())) {
            return "the order is for another job than the one that runs in this slot";
        }
        if (portalNowMs.isEmpty()) {
            return "the portal's time is not known";
        }
        if (portalNowMs.getAsLong() < order.getIssuedAtMs() - CLOCK_SLACK_MS) {
            return "the order is from the future";
        }
        if (portalNowMs.getAsLong() >= order.getExpiresAtMs()) {
            return "the order has expired";
        }
        if (slot.ended() || slot.isEnding()) {
            return "the job has ended";
        }
        if (scope == OrderScope.OFF || (scope == OrderScope.LOOK && (order.hasKill() || order.hasBatch()))) {
            return "this node carries out no " + (scope == OrderScope.OFF ? "order" : word(order))
                    + ", as its admins chose";
        }
        return nonsense(order);
    }

    private static @Nullable String nonsense(Order order) {
        return switch (order.getWhatCase()) {
            case KILL -> unless(upTo(order.getKill().getGraceSeconds(), MOST_GRACE_SECONDS), "grace");
            case LOOK -> null;
            case TAIL -> nonsense(order.getTail());
            case BATCH ->
                BatchOrders.act(order.getBatch()).isPresent()
                        ? null
                        : "this agent does not know that act of a batch system";
            case LOG_LEVEL -> nonsense(order.getLogLevel());
            // Samples are asked for with the answers to reports (SlotInterval).
            case INTERVAL, WHAT_NOT_SET -> "this agent does not know that kind of order";
        };
    }

    private static @Nullable String nonsense(TailOrder tail) {
        return unless(
                tail.getLines() > 0
                        && upTo(tail.getLines(), MOST_LINES)
                        && upTo(tail.getFollowSeconds(), MOST_FOLLOW_SECONDS),
                "number of lines, or of seconds");
    }

    private static @Nullable String nonsense(LogLevelOrder more) {
        boolean known = more.getLevel() == LogLevelOrder.Level.DEBUG || more.getLevel() == LogLevelOrder.Level.TRACE;
        return unless(
                known && more.getForSeconds() > 0 && upTo(more.getForSeconds(), MOST_SECONDS), "level, or its time");
    }

    /** Numbers of the contract are unsigned: above two thousand million they come as negative ones. */
    private static boolean upTo(int number, int most) {
        return number >= 0 && number <= most;
    }

    private static @Nullable String unless(boolean sensible, String what) {
        return sensible ? null : "the order's " + what + " is out of bounds";
    }
}
