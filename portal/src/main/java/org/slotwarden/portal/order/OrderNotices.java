package org.slotwarden.portal.order;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.notice.NoticeKind;
import org.slotwarden.portal.notice.Notices;
import org.springframework.stereotype.Component;

/**
 * Tells owners what others ordered of their jobs, and admins what policies ordered in vain. That a policy ordered it,
 * the policy tells.
 */
@Component
class OrderNotices {

    private final Notices notices;
    private final OrderStore store;

    OrderNotices(Notices notices, OrderStore store) {
        this.notices = notices;
        this.store = store;
    }

    /** Somebody ordered what stops the job: its owner is told, unless it was the owner. */
    void given(long jobId, OrderStore.Target job, OrderKind kind, String reason, Actor actor, Instant now) {
        String owner = job.user();
        if (kind.stopsTheJob() && !actor.policy() && owner != null && !owner.equals(actor.name())) {
            String subject = "Job " + job.batchId() + ": " + kind.kindName() + " ordered by " + actor.words();
            String text = "A " + kind.kindName() + " was ordered by " + actor.words() + ": " + reason
                    + ". What the job was doing is kept with the order.";
            notices.add(
                    new Notices.News(owner, jobId, NoticeKind.valueOf(kind.name()), null, null, subject, text),
                    actor,
                    now);
        }
    }

    /**
     * What a policy ordered, and stops the job, was refused, not begun, or not brought to its end.
     *
     * @param where the node; null: on none
     */
    void failed(long jobId, OrderKind kind, String policy, @Nullable String where, String why, Instant now) {
        if (!kind.stopsTheJob()) {
            return;
        }
        store.target(jobId).ifPresent(job -> {
            String subject = "Job " + job.batchId() + ": the " + kind.kindName() + " failed";
            String text = "Policy " + policy + " ordered a " + kind.kindName() + ", and it failed"
                    + (where == null ? "" : " on " + where) + ": " + why;
            notices.add(
                    new Notices.News(null, jobId, NoticeKind.NOTIFY, null, null, subject, text),
                    Actor.policy(policy),
                    now);
        });
    }
}
