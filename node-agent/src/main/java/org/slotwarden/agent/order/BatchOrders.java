package org.slotwarden.agent.order;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.agent.slot.JobKey;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.batch.BatchAccess;
import org.slotwarden.batch.BatchAct;
import org.slotwarden.batch.BatchFailed;
import org.slotwarden.batch.BatchJob;
import org.slotwarden.batch.BatchSystem;
import org.slotwarden.batch.BatchText;
import org.slotwarden.wire.v1.BatchOrder;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;

/** Tells the batch system what was ordered, one act after the other, away from the thread that owns the slots. */
final class BatchOrders {

    private static final Logger LOG = LoggerFactory.getLogger(BatchOrders.class);

    /** Longer than an act may take. */
    private static final long STUCK = TimeUnit.SECONDS.toNanos(90);

    private static final int MOST_STUCK = 2;

    private final @Nullable BatchAccess access;
    private final Consumer<Runnable> tasks;
    private final SideWork side = new SideWork(STUCK, MOST_STUCK);

    /**
     * @param access null: this node runs no command
     * @param tasks runs what it is given on the thread that owns the slots
     */
    BatchOrders(@Nullable BatchAccess access, Consumer<Runnable> tasks) {
        this.access = access;
        this.tasks = tasks;
    }

    static Optional<BatchAct> act(BatchOrder order) {
        return switch (order.getAct()) {
            case CANCEL -> Optional.of(BatchAct.CANCEL);
            case HOLD -> Optional.of(BatchAct.HOLD);
            case REQUEUE -> Optional.of(BatchAct.REQUEUE);
            case COMMENT -> Optional.of(BatchAct.COMMENT);
            case ACT_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    /** Whether a word of the book is of an act of a batch system. */
    static boolean isAct(String word) {
        return Arrays.stream(BatchAct.values()).anyMatch(act -> act.word().equals(word));
    }

    /** Why this node cannot do it, for people; null when it can. */
    @Nullable
    String refusal(Slot slot) {
        JobKey job = slot.job();
        if (access == null) {
            return "this node runs no commands of the batch system, as its admins chose";
        }
        Optional<BatchSystem> system = BatchSystem.named(job.batchSystem());
        if (system.isEmpty()) {
            return "there are no such commands for jobs of " + job.batchSystem();
        }
        return system.get().isId(job.jobId())
                ? null
                : "the job's id is none of " + system.get().title();
    }

    /**
     * Begins.
     *
     * @param order of a slot that {@link #refusal} does not refuse
     * @param told is told once, on the thread that owns the slots
     * @return false when too many wait
     */
    boolean begin(Order order, BatchAct act, Slot slot, Consumer<OrderResult.Builder> told) {
        BatchSystem system = BatchSystem.named(slot.job().batchSystem()).orElseThrow();
        BatchJob job = new BatchJob(system, slot.job().jobId(), slot.user());
        String text = BatchText.of(order.getReason(), order.getAuthor());
        long begun = System.nanoTime();
        long valid = TimeUnit.MILLISECONDS.toNanos(order.getExpiresAtMs() - order.getIssuedAtMs());
        return side.offer(() -> {
            OrderResult.Builder result = System.nanoTime() - begun < valid
                    ? carryOut(job, act, text)
                    : Results.failed("Nothing was done: the order expired while it waited for others");
            tasks.accept(() -> told.accept(result));
        });
    }

    private OrderResult.Builder carryOut(BatchJob job, BatchAct act, String text) {
        try {
            if (access == null) {
                return Results.failed("No command is run on this node");
            }
            return Results.of(OrderResult.State.DONE, access.carryOut(job, act, text));
        } catch (BatchFailed e) {
            return Results.failed(e.why());
        } catch (RuntimeException e) {
            LOG.error("{} of {} failed", act.word(), job, e);
            return Results.failed("An error of the agent: " + e);
        }
    }
}
