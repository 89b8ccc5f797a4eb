package org.slotwarden.portal.order;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.batch.BatchFailed;
import org.slotwarden.batch.BatchText;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.batch.BatchSystems;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tells batch systems, from this host, what was ordered: some at once, in the order of asking. Before it, agents have
 * some seconds to say what the job is doing. What was begun is written down first. A portal that comes after one that
 * stopped in between does it again where a second time does no harm, and otherwise says that nobody knows.
 */
@Component
class OrderCommands {

    private static final Logger log = LoggerFactory.getLogger(OrderCommands.class);

    private static final int AT_ONCE = 4;
    private static final int MOST_TIMES = 3;
    private static final Duration FOR_A_LOOK = Duration.ofSeconds(10);

    /** Longer than an act takes with all that belongs to it. */
    static final Duration AT_IT = Duration.ofSeconds(90);

    private final CommandStore store;
    private final OrderStore orders;
    private final BatchSystems batch;
    private final OrderNotices notices;
    private final Audit audit;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final ExecutorService workers = Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofPlatform().daemon().name("batch-", 0).factory());

    OrderCommands(
            CommandStore store,
            OrderStore orders,
            BatchSystems batch,
            OrderNotices notices,
            Audit audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.store = store;
        this.orders = orders;
        this.batch = batch;
        this.notices = notices;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Scheduled(initialDelay = 1000, fixedRate = 1000)
    void lookInTurn() {
        try {
            look();
        } catch (DataAccessException | TransactionException e) {
            log.warn("Orders for batch systems cannot be read, which is tried again: {}", e.toString());
        }
    }

    /** Begins what is due, as far as there is room. Waits for none. */
    void look() {
        Instant now = clock.instant();
        store.closeExpired(now);
        int room = free.availablePermits();
        if (room == 0 || !batch.byThisHost()) {
            return;
        }
        for (CommandStore.Due one : store.due(now.minus(FOR_A_LOOK), now.minus(AT_IT), room)) {
            if (!free.tryAcquire()) {
                return;
            }
            try {
                workers.execute(() -> {
                    try {
                        carryOut(one);
                    } catch (RuntimeException e) {
                        log.error("Order {} for a batch system", one.orderId(), e);
                    } finally {
                        free.release();
                    }
                });
            } catch (RejectedExecutionException e) {
                free.release();
                return;
            }
        }
    }

    private void carryOut(CommandStore.Due one) {
        OrderStore.Target job = transaction.execute(
                status -> begin(one) ? orders.target(one.jobId()).orElse(null) : null);
        if (job == null) {
            return;
        }
        Actor author = one.byPolicy() ? Actor.policy(one.author()) : new Actor(Actor.Kind.USER, one.author());
        OrderState state = OrderState.DONE;
        String detail;
        try {
            detail = batch.carryOut(
                    job.batchSystem(),
                    job.batchId(),
                    job.user(),
                    one.wish().act(),
                    BatchText.of(one.reason(), author.words()));
        } catch (BatchFailed e) {
            state = OrderState.FAILED;
            detail = e.why();
        } catch (RuntimeException e) {
            log.error("Order {} for a batch system", one.orderId(), e);
            state = OrderState.FAILED;
            detail = "An error of the portal";
        }
        OrderState came = state;
        String told = one.times() == 0 ? detail : "Done again, as a portal stopped in between: " + detail;
        transaction.executeWithoutResult(status -> end(one, one.times() + 1, came, told));
    }

    /** Whether the batch system is to be told now; writes down that it is, or why not. */
    private boolean begin(CommandStore.Due one) {
        OrderStore.Target job = orders.lockLive(one.jobId()).orElse(null);
        String no = job == null
                ? "The job had ended"
                : batch.refusal(job.batchSystem(), job.cluster(), job.batchId()).orElse(null);
        if (one.times() > 0 && (no != null || !one.wish().act().repeatable() || one.times() >= MOST_TIMES)) {
            end(
                    one,
                    one.times(),
                    OrderState.FAILED,
                    "A portal stopped while it told the batch system: whether it was done is not known");
            return false;
        }
        if (job == null) {
            end(one, one.times(), OrderState.TOO_LATE, "The job had ended");
            return false;
        }
        if (no != null) {
            end(one, one.times(), OrderState.FAILED, "Nothing was done: " + no);
            return false;
        }
        return store.begin(one, clock.instant());
    }

    private void end(CommandStore.Due one, int times, OrderState state, String detail) {
        String words = detail.length() <= 300 ? detail : detail.substring(0, 300);
        Instant now = clock.instant();
        if (store.end(one.orderId(), times, state, words, now)) {
            if (one.byPolicy() && state == OrderState.FAILED) {
                notices.failed(one.jobId(), one.wish().kind(), one.author(), null, words, now);
            }
            audit.add(
                    Actor.PORTAL,
                    one.wish().kind().kindName() + "-" + state.stateName(),
                    "job " + one.jobId(),
                    one.jobId(),
                    words);
        }
    }

    /** What is under way has some time to end, so that its end is known. */
    @PreDestroy
    void stop() throws InterruptedException {
        workers.shutdown();
        if (!workers.awaitTermination(35, TimeUnit.SECONDS)) {
            log.warn("A batch system did not answer in time: the next portal sees to it");
        }
    }
}
