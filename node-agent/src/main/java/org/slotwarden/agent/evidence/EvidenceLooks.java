package org.slotwarden.agent.evidence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.EvidenceRequest;

/**
 * Looks at jobs because the portal asked. They are made by another thread; what has not answered after some seconds
 * is told as far as it came. However often a portal asks: a few looks at once, and one of a slot in half a minute.
 * Used by one thread.
 */
public final class EvidenceLooks {

    /** What came of a look. */
    public record Result(Evidence evidence, double cpuSeconds) {}

    private static final long PATIENCE_NANOS = 8_000_000_000L;
    private static final long PAUSE_NANOS = 30_000_000_000L;
    private static final int MOST_AT_ONCE = 8;
    private static final int MOST_STUCK = 4;
    private static final int MOST_REMEMBERED = 10_000;

    private final EvidenceScope scope;
    private final ProcFiles proc;
    private final KernelUnits units;
    private final Consumer<Runnable> tasks;
    /** Not that of samples: what hangs here harms no figure. */
    private final SideWork side = new SideWork(PATIENCE_NANOS, MOST_STUCK);

    private final Set<Long> answered = new LinkedHashSet<>();
    private final Map<String, Long> lastOfSlot = new HashMap<>();
    private final List<Underway> underway = new ArrayList<>();

    private record Underway(EvidenceParts parts, long overdue, Consumer<Result> told) {}

    /** @param tasks runs what it is given on the thread that uses this */
    public EvidenceLooks(EvidenceScope scope, ProcFiles proc, KernelUnits units, Consumer<Runnable> tasks) {
        this.scope = scope;
        this.proc = proc;
        this.units = units;
        this.tasks = tasks;
    }

    /** Whether a look is to be made now. A request that is left out is told again with the next answer. */
    public boolean wants(EvidenceRequest request, long now) {
        Long last = lastOfSlot.get(request.getSlotId());
        return request.getValidForSeconds() > 0
                && underway.size() < MOST_AT_ONCE
                && !answered.contains(request.getRequestId())
                && (last == null || now - last >= PAUSE_NANOS);
    }

    /**
     * Begins a look.
     *
     * @param told is told once what came of it, by the thread that uses this
     */
    public void begin(EvidenceRequest request, EvidenceSubject subject, Consumer<Result> told) {
        long now = System.nanoTime();
        lastOfSlot.values().removeIf(last -> now - last >= PAUSE_NANOS);
        lastOfSlot.put(request.getSlotId(), now);
        remember(request.getRequestId());
        begin(request.getRequestId(), subject, false, PATIENCE_NANOS, told);
    }

    /**
     * Begins a look that an order asks for. Whoever orders bounds how many.
     *
     * @param threads where threads wait, too
     * @param patienceNanos after that it is told as far as it came
     * @param told as above
     */
    public void begin(EvidenceSubject subject, boolean threads, long patienceNanos, Consumer<Result> told) {
        begin(0, subject, threads, patienceNanos, told);
    }

    private void begin(
            long request, EvidenceSubject subject, boolean threads, long patienceNanos, Consumer<Result> told) {
        EvidenceParts parts = new EvidenceParts(request, System.currentTimeMillis());
        Underway one = new Underway(parts, System.nanoTime() + patienceNanos, told);
        underway.add(one);
        if (scope == EvidenceScope.OFF) {
            parts.next(null);
            parts.gap("No evidence is sent from this node, as its admins chose");
            finish(one);
            return;
        }
        EvidenceLook look = new EvidenceLook(
                subject,
                scope,
                threads,
                proc.forAnotherThread(),
                units,
                side,
                parts,
                () -> tasks.accept(() -> finish(one)));
        if (!look.begin()) {
            finish(one);
        }
    }

    /** Whether what jobs write may leave this node. */
    public boolean sendsOutput() {
        return scope.output();
    }

    private void remember(long request) {
        answered.add(request);
        if (answered.size() > MOST_REMEMBERED) {
            answered.remove(answered.iterator().next());
        }
    }

    /** Takes what there is of looks that have not come back; to be called every some seconds. */
    public void giveUpOverdue(long now) {
        for (Underway one : List.copyOf(underway)) {
            if (now - one.overdue >= 0) {
                finish(one);
            }
        }
    }

    /** When {@link #giveUpOverdue} has something to do, on the clock of {@link System#nanoTime}. */
    public long nextOverdue(long otherwise) {
        long next = otherwise;
        for (Underway one : underway) {
            next = one.overdue - next < 0 ? one.overdue : next;
        }
        return next;
    }

    private void finish(Underway one) {
        if (underway.remove(one)) {
            Evidence evidence = one.parts.take();
            if (evidence != null) {
                one.told.accept(new Result(evidence, one.parts.cpuSeconds()));
            }
        }
    }
}
