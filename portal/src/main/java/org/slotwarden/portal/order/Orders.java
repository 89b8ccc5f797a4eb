package org.slotwarden.portal.order;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.batch.BatchSystems;
import org.slotwarden.portal.batch.RunBy;
import org.slotwarden.portal.database.AfterCommit;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSampling;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.Order;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives orders to jobs. An order is a row for each slot of the job, signed at once; agents are told as soon as it is
 * committed ({@link OrderBell}), and again until they say what became of it.
 */
@Service
@Transactional
public class Orders {

    /** Bytes of author and reason on the wire. */
    static final int MAX_REASON = 200;

    private static final int MOST_SHOWN = 100;

    private final OrderStore store;
    private final OrderKey key;
    private final OrderBell bell;
    private final OrderSettings settings;
    private final BatchSystems batch;
    private final CommandStore commands;
    private final JobQueries jobs;
    private final JobSampling sampling;
    private final OrderNotices notices;
    private final Audit audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Orders(
            OrderStore store,
            OrderKey key,
            OrderBell bell,
            OrderSettings settings,
            BatchSystems batch,
            CommandStore commands,
            JobQueries jobs,
            JobSampling sampling,
            OrderNotices notices,
            Audit audit,
            Clock clock) {
        this.store = store;
        this.key = key;
        this.bell = bell;
        this.settings = settings;
        this.batch = batch;
        this.commands = commands;
        this.jobs = jobs;
        this.sampling = sampling;
        this.notices = notices;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Orders something of a live job.
     *
     * @param reason for the job's owner, the audit and the node's log: 1 to 200 characters without control characters
     * @return the order; empty when there is no such job that the viewer may see
     * @throws OrderRefused when it cannot be ordered, with the reason
     */
    public Optional<JobOrder> give(long jobId, OrderWish wish, String reason, Viewer viewer) {
        if (jobs.summary(jobId, viewer).isEmpty()) {
            return Optional.empty();
        }
        demand(wish.kind(), viewer);
        if (store.open(viewer.name(), clock.instant()) >= settings.mostOpen()) {
            throw OrderRefused.conflict(settings.mostOpen() + " orders of yours are not over: wait for some");
        }
        if (wish.kind() == OrderKind.TAIL && store.tails(viewer.name(), clock.instant()) >= settings.mostTails()) {
            throw OrderRefused.conflict(settings.mostTails() + " tails of yours are not over: wait for some");
        }
        return Optional.of(give(jobId, wish, reason, Actor.of(viewer)));
    }

    /**
     * Orders something of a live job, whoever asks.
     *
     * @throws OrderRefused when the job has ended, or nothing is known of where it runs
     */
    public JobOrder give(long jobId, OrderWish wish, String reason, Actor actor) {
        String why = checked(reason);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        OrderStore.Target job = store.lockLive(jobId).orElseThrow(() -> OrderRefused.conflict("The job has ended"));
        List<OrderStore.TargetSlot> slots = store.liveSlots(jobId);
        boolean here = false;
        if (wish instanceof OrderWish.ThroughBatch through) {
            if (!through.act().repeatable() && store.underWay(jobId).contains(wish.kind())) {
                throw OrderRefused.conflict("A " + wish.kind().kindName()
                        + " of this run was ordered already: a second one could end the next run");
            }
            batch.refusal(job.batchSystem(), job.cluster(), job.batchId()).ifPresent(no -> {
                throw OrderRefused.conflict(no);
            });
            here = batch.runBy(job.batchSystem()) == RunBy.PORTAL;
        }
        if (slots.isEmpty() && !here) {
            throw OrderRefused.conflict("No agent looks after this job");
        }
        Instant expires = now.plus(settings.validFor(wish.kind()));
        long id = store.insert(jobId, wish, actor, why, now, expires);
        Set<Long> nodes = new HashSet<>();
        if (here) {
            commands.insert(id, expires);
        }
        // Agents of a job that this host stops say first what it is doing.
        OrderWish told = here ? new OrderWish.Look(true) : wish;
        boolean alone = !here && wish instanceof OrderWish.ThroughBatch;
        for (OrderStore.TargetSlot slot :
                here && !wish.kind().stopsTheJob() ? List.<OrderStore.TargetSlot>of() : slots) {
            // Random: an id that a restored database gives again would be one that an agent has carried out.
            long wireId = random.nextLong() >>> 1;
            Order.Builder order = Order.newBuilder()
                    .setOrderId(wireId)
                    .setNode(slot.node())
                    .setSlotId(slot.key())
                    .setBatchSystem(job.batchSystem())
                    .setJobId(job.batchId())
                    .setIssuedAtMs(now.toEpochMilli())
                    .setExpiresAtMs(expires.toEpochMilli())
                    .setAuthor(cut(actor.words()))
                    .setReason(cut(why));
            told.into(order);
            byte[] signed = order.build().toByteArray();
            store.insert(id, slot.id(), wireId, signed, key.sign(signed), expires, alone);
            nodes.add(slot.nodeId());
        }
        notices.given(jobId, job, wish.kind(), why, actor, now);
        audit.add(actor, "order-" + wish.kind().kindName(), "job " + jobId, jobId, why);
        AfterCommit.run(() -> bell.ring(nodes));
        return store.find(id).orElseThrow();
    }

    /**
     * Samples a live job at another interval for a while. That is no order to an agent: it comes with the answers to
     * reports, which an agent without a key understands, too.
     *
     * @param interval 1 s to 10 min
     * @param howLong at most one hour
     * @return false when there is no such live job that the viewer may see
     * @throws OrderRefused when the viewer may not ask for it
     * @throws IllegalArgumentException with a message for people, when interval or duration is out of bounds
     */
    public boolean sample(long jobId, Duration interval, Duration howLong, Viewer viewer) {
        if (jobs.summary(jobId, viewer).isEmpty()) {
            return false;
        }
        demand(OrderKind.INTERVAL, viewer);
        if (!sampling.request(jobId, interval, howLong, viewer)) {
            return false;
        }
        String about = "every " + interval.toMillis() / 1000.0 + " s for " + howLong.toSeconds() + " s";
        audit.add(Actor.of(viewer), "order-interval", "job " + jobId, jobId, about);
        return true;
    }

    private void demand(OrderKind kind, Viewer viewer) {
        if (!may(kind, viewer)) {
            throw OrderRefused.forbidden("At this site only admins may order: " + kind.kindName());
        }
    }

    private static String checked(String reason) {
        String why = reason.strip();
        if (why.isEmpty() || why.length() > MAX_REASON || why.codePoints().anyMatch(Character::isISOControl)) {
            throw OrderRefused.bad("reason", "must be 1 to " + MAX_REASON + " characters on one line");
        }
        return why;
    }

    /** To so many bytes of UTF-8 as the contract allows. */
    private static String cut(String text) {
        String rest = text;
        while (rest.getBytes(StandardCharsets.UTF_8).length > MAX_REASON) {
            rest = rest.substring(0, rest.offsetByCodePoints(rest.length(), -1));
        }
        return rest;
    }

    /**
     * Takes back what no agent has begun.
     *
     * @return the order as it stands now; empty when there is none that the viewer may see
     */
    public Optional<JobOrder> withdraw(long jobId, long orderId, Viewer viewer) {
        return find(jobId, orderId, viewer).map(order -> {
            if (!viewer.admin() && (order.byPolicy() || !order.author().equals(viewer.name()))) {
                throw OrderRefused.forbidden("Only who gave an order, or an admin, may take it back");
            }
            boolean taken = order.command() == null ? store.withdraw(orderId) > 0 : commands.withdraw(orderId);
            if (!taken) {
                throw OrderRefused.conflict("It was begun already, or is over");
            }
            store.withdraw(orderId);
            store.withdrawn(orderId, viewer.name(), clock.instant());
            audit.add(
                    Actor.of(viewer),
                    "order-withdrawn",
                    "job " + order.jobId(),
                    order.jobId(),
                    order.wish().kind().kindName() + " ordered by " + order.author());
            return store.find(orderId).orElseThrow();
        });
    }

    /** The newest first, 100 at most; empty when there is no such job that the viewer may see. */
    @Transactional(readOnly = true)
    public Optional<List<JobOrder>> ofJob(long jobId, Viewer viewer) {
        return ofJob(jobId, MOST_SHOWN, viewer);
    }

    /** The newest first, so many at most; empty when there is no such job that the viewer may see. */
    @Transactional(readOnly = true)
    public Optional<List<JobOrder>> ofJob(long jobId, int most, Viewer viewer) {
        return jobs.summary(jobId, viewer).map(job -> store.ofJob(jobId, most));
    }

    @Transactional(readOnly = true)
    public Optional<JobOrder> find(long jobId, long orderId, Viewer viewer) {
        return jobs.summary(jobId, viewer).flatMap(job -> store.find(orderId)).filter(order -> order.jobId() == jobId);
    }

    /** What the job was doing on a node when an order was begun there. */
    @Transactional(readOnly = true)
    public Optional<SlotEvidence> evidence(long jobId, long orderId, long slotId, Viewer viewer) {
        return find(jobId, orderId, viewer).flatMap(order -> store.evidence(orderId, slotId));
    }

    /** What was ordered of this job already, and neither refused, failed, taken back nor too late. */
    @Transactional(readOnly = true)
    public Set<OrderKind> underWay(long jobId) {
        return store.underWay(jobId);
    }

    /** Why this job's batch system is told nothing at this site; empty when it is. */
    @Transactional(readOnly = true)
    public Optional<String> notThroughBatch(long jobId) {
        return store.target(jobId).flatMap(job -> batch.refusal(job.batchSystem(), job.cluster(), job.batchId()));
    }

    /** What viewers may order of their own jobs; admins may all. */
    public boolean may(OrderKind kind, Viewer viewer) {
        return viewer.admin() || settings.owners().contains(kind);
    }

    /** The public half of the key that signs orders, as PEM, for the nodes. */
    public String publicKey() {
        return key.pem();
    }
}
