package org.slotwarden.portal.order;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes down what became of orders. What an agent tells comes once, twice or out of order. */
@Service
public class OrderResults {

    /** A result may be on its way, or in an agent's spool; the portal's word is only what is shown until it comes. */
    private static final Duration HEARD_LATE = Duration.ofSeconds(30);

    /** The longest grace, and what a kill takes at most. */
    private static final Duration ENDS_WITHIN = Duration.ofHours(2);

    /** Of what was written while somebody looked on. */
    private static final Duration OUTPUT_KEPT = Duration.ofDays(1);

    private static final int ROWS_AT_ONCE = 500;

    /** Of one order: more than an agent may send in the longest time that can be asked for. */
    private static final int MOST_PARTS = 800;

    private final OrderStore store;
    private final OutputStore output;
    private final OrderNotices notices;
    private final Audit audit;
    private final Clock clock;

    OrderResults(OrderStore store, OutputStore output, OrderNotices notices, Audit audit, Clock clock) {
        this.store = store;
        this.output = output;
        this.notices = notices;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * An agent tells how an order for this slot came out, within the transaction that stores its report. What was not
     * ordered of this slot is passed over.
     *
     * @param node for the audit
     */
    @Transactional
    public void came(long slotId, String node, OrderNews news) {
        OrderStore.Known known = store.lock(news.id(), slotId).orElse(null);
        if (known == null) {
            return;
        }
        Instant now = clock.instant();
        if (news.evidence() != null) {
            store.evidence(known.id(), news.evidence());
        }
        if (news.output() != null && output.count(known.id()) < MOST_PARTS) {
            output.add(known.id(), news.output(), now);
        }
        if (known.state().mayBecome(news.state())) {
            boolean inVain = news.state() == OrderState.FAILED || news.state() == OrderState.REFUSED;
            // Of a job of a thousand nodes, once.
            if (known.policy() && inVain && !store.inVain(known.orderId())) {
                String why = Objects.requireNonNullElse(news.detail(), "the agent does not say why");
                notices.failed(known.jobId(), known.kind(), known.author(), node, why, now);
            }
            store.came(news, now);
            if (known.kind() == OrderKind.KILL || known.alone()) {
                audit.add(
                        Actor.node(node),
                        known.kind().kindName() + "-" + news.state().stateName(),
                        "job " + known.jobId(),
                        known.jobId(),
                        outcome(news));
            }
        } else if (news.state() == OrderState.BEGUN) {
            store.begun(known.id(), news.time());
        }
    }

    private static String outcome(OrderNews news) {
        SlotOrder.Killed killed = news.killed();
        String figures = killed == null
                ? ""
                : "%d processes, %d ended by SIGTERM, %d by SIGKILL, %d left. "
                        .formatted(killed.processes(), killed.endedByTerm(), killed.killed(), killed.left());
        return (figures + (news.detail() == null ? "" : news.detail())).strip();
    }

    /** What no agent can begin any more: its time is over, or the job is. What was written long ago goes, too. */
    @Transactional
    public void close(Instant now) {
        Instant before = now.minus(HEARD_LATE);
        store.policiesOrdersExpired(before)
                .forEach(one ->
                        notices.failed(one.jobId(), one.kind(), one.policy(), null, "no agent took it in time", now));
        store.closeExpired(before);
        store.closeEnded();
        store.closeUnheard(now.minus(ENDS_WITHIN));
        output.forget(now.minus(OUTPUT_KEPT), ROWS_AT_ONCE);
    }
}
