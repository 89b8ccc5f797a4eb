package org.slotwarden.agent.send;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.AgentDiagnostics;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.agent.send.PortalClient.PortalAway;
import org.slotwarden.agent.send.PortalClient.PortalRefused;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.ReportId;

/** Brings what waits in the spools to the portal, on a thread of its own, and hands its answers on. */
public final class Sender implements Runnable {

    /** What the portal's answers are told to; called on the sender's thread. */
    public interface Listener {
        void answered(ReportAnswer answer);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    /** Smaller than what the contract allows: a batch is held in a small heap. */
    private static final Batch.Limits LIMITS = new Batch.Limits(2_000, 1 << 20);

    /** After a refusal; an admin has to do something first. */
    private static final Duration REFUSED_WAIT = Duration.ofMinutes(1);

    private static final Duration REFUSED_MOST = Duration.ofMinutes(10);

    /** However soon the portal wants to hear from us again. */
    private static final Duration LEAST_CALL_BACK = Duration.ofMillis(200);

    private static final Duration MOST_AWAY = Duration.ofMinutes(2);

    private static final Duration FIRST_BATCH_WITHIN = Duration.ofSeconds(2);

    /** Made when it is used first: on this object's own thread, not on the way to the first sample. */
    private static final RandomGenerator CHANCE =
            () -> ThreadLocalRandom.current().nextLong();

    private final PortalClient portal;
    private final String node;
    private final String version;
    private final NodeSamples nodeSamples;
    private final Listener listener;
    private final Map<String, Spool> spools = new ConcurrentHashMap<>();
    private final Backoff away = new Backoff(Duration.ofMillis(500), MOST_AWAY, CHANCE);
    private final Backoff refused = new Backoff(REFUSED_WAIT, REFUSED_MOST, CHANCE);
    private final RepeatedTrouble trouble = new RepeatedTrouble(LOG);
    private final PortalClock clock;
    private final AgentDiagnostics diagnostics;
    private final LongSupplier storageVersion;
    private final Backlog backlog;

    private volatile @Nullable NodeFacts facts;
    private Batch.Limits limits = LIMITS;
    private boolean factsDue = true;
    private boolean work;
    private boolean closed;
    private long notBefore;
    /** When the portal wants to hear from us although nothing happened. */
    private @Nullable Long callBack;

    private volatile boolean reachable = true;

    /** @param storageVersion of the addresses of storage hosts that are known */
    public Sender(
            Destination destination,
            String node,
            String version,
            NodeSamples nodeSamples,
            SpoolSpace space,
            PortalClock clock,
            AgentDiagnostics diagnostics,
            LongSupplier storageVersion,
            Listener listener) {
        this.portal = new PortalClient(destination.portal(), destination.tokenFile(), destination.caFile());
        this.node = node;
        this.version = version;
        this.nodeSamples = nodeSamples;
        this.backlog = new Backlog(space);
        this.clock = clock;
        this.diagnostics = diagnostics;
        this.storageVersion = storageVersion;
        this.listener = listener;
    }

    public void add(Spool spool) {
        spools.put(spool.slotId(), spool);
    }

    public void remove(Spool spool) {
        spools.remove(spool.slotId());
        backlog.removed(spool);
    }

    /** The node's facts, sent with the next batch and whenever the portal asks. */
    public void nodeFacts(NodeFacts known) {
        facts = known;
        wake();
    }

    /** Something new waits: send it at once, unless the portal is away. */
    public synchronized void wake() {
        work = true;
        notifyAll();
    }

    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** False while the portal does not take what is sent. */
    public boolean reachable() {
        return reachable;
    }

    @Override
    public void run() {
        // A job of a thousand nodes starts a thousand agents in one second.
        notBefore = System.nanoTime() + CHANCE.nextLong(FIRST_BATCH_WITHIN.toNanos());
        try {
            while (awaitWork()) {
                sendAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitWork() throws InterruptedException {
        while (!closed) {
            long now = System.nanoTime();
            Long due = work ? Long.valueOf(notBefore) : callBack;
            if (due != null && due - now <= 0) {
                work = false;
                callBack = null;
                return true;
            }
            if (due == null) {
                wait();
            } else {
                wait(Math.max(1, Duration.ofNanos(due - now).toMillis()));
            }
        }
        return false;
    }

    private void sendAll() {
        try {
            boolean more;
            do {
                more = sendOne();
            } while (more);
            trouble.over("reports are taken again");
            away.reset();
            refused.reset();
            reachable = true;
        } catch (PortalAway e) {
            reachable = false;
            ErrorCounts.count(ErrorKind.PORTAL_AWAY);
            trouble.report(e.kind, "portal away, reports are kept: " + e.getMessage());
            Duration wait = away.next();
            retryIn(e.retryAfter == null || e.retryAfter.compareTo(wait) < 0 ? wait : e.retryAfter);
        } catch (PortalRefused e) {
            reachable = false;
            ErrorCounts.count(ErrorKind.PORTAL_REFUSED);
            String status = e.status == 0 ? "" : "HTTP " + e.status + " ";
            trouble.report(
                    e.status == 0 ? String.valueOf(e.getMessage()) : status,
                    "portal refuses, reports are kept: " + status + e.getMessage());
            if (e.status == HttpURLConnection.HTTP_ENTITY_TOO_LARGE && limits.maxReports() > 1) {
                limits = new Batch.Limits(limits.maxReports() / 2, Math.max(1, limits.maxBytes() / 2));
                retryIn(Duration.ofSeconds(1));
            } else {
                retryIn(refused.next());
            }
        } catch (RuntimeException e) {
            ErrorCounts.count(ErrorKind.SENDING_FAILED);
            LOG.error("sending failed", e);
            retryIn(MOST_AWAY);
        }
    }

    private boolean sendOne() throws PortalAway, PortalRefused {
        Batch batch = Batch.build(head(), spools.values(), nodeSamples, limits);
        PortalClient.Answered answered = portal.post(batch.body());
        ReportAnswer answer = answered.answer();
        clock.answered(answered.trip(), answer.getAnsweredAtMs());
        LOG.debug(
                "sent {} bytes; the portal stored {} reports, refused {}, asks for {} evidences, and gave {} orders",
                batch.body().length,
                answer.getAcknowledgedCount(),
                answer.getRefusedCount(),
                answer.getSendEvidenceOfCount(),
                answer.getOrdersCount());
        nodeSamples.acknowledge(batch.nodeSamples());
        factsDue = (factsDue && !batch.withFacts()) || answer.getSendNodeFacts();
        forget(answer);
        if (answer.hasNextReportInMs()) {
            synchronized (this) {
                // "At the latest": some come earlier, so that those who were asked together come apart.
                long latest = Math.max(
                        LEAST_CALL_BACK.toNanos(),
                        Duration.ofMillis(Integer.toUnsignedLong(answer.getNextReportInMs()))
                                .toNanos());
                callBack = System.nanoTime() + latest - CHANCE.nextLong(latest / 4 + 1);
            }
        }
        listener.answered(answer);
        return batch.more() && answer.getAcknowledgedCount() + answer.getRefusedCount() > 0;
    }

    private ReportBatch head() {
        long now = System.currentTimeMillis();
        ReportBatch.Builder head = ReportBatch.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setNode(node)
                .setAgentVersion(version)
                .setSentAtMs(now)
                .setStorageAddressesVersion(storageVersion.getAsLong())
                .setAgentStatus(backlog.into(diagnostics.status(now), spools.values(), nodeSamples.bytes()));
        NodeFacts known = facts;
        if (factsDue && known != null) {
            head.setNodeFacts(known);
        }
        return head.build();
    }

    private void forget(ReportAnswer answer) {
        Map<String, Collection<Long>> forgotten = new HashMap<>();
        for (ReportId id : answer.getAcknowledgedList()) {
            forgotten.computeIfAbsent(id.getSlotId(), s -> new ArrayList<>()).add(id.getSequence());
        }
        for (Refusal refusal : answer.getRefusedList()) {
            ErrorCounts.count(ErrorKind.REPORT_REFUSED);
            LOG.warn(
                    "Slot {}: the portal will never take report {}: {}",
                    LogText.clean(refusal.getSlotId()),
                    refusal.getSequence(),
                    LogText.clean(refusal.getReason()));
            forgotten
                    .computeIfAbsent(refusal.getSlotId(), s -> new ArrayList<>())
                    .add(refusal.getSequence());
        }
        forgotten.forEach((slot, sequences) -> {
            Spool spool = spools.get(slot);
            if (spool != null) {
                spool.acknowledge(sequences);
            }
        });
    }

    private synchronized void retryIn(Duration wait) {
        work = true;
        notBefore = System.nanoTime() + wait.toNanos();
    }

    /** True when the portal has everything. */
    public boolean allSent() {
        return nodeSamples.isEmpty() && List.copyOf(spools.values()).stream().allMatch(Spool::isEmpty);
    }
}
