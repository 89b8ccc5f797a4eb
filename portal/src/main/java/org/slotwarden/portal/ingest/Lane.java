package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.wire.v1.ReportAnswer;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Stores what some of the nodes tell, in the order in which it comes: all that waits, together. One thread, so that
 * what is known of a slot needs no lock.
 */
final class Lane implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    /** Samples in one transaction: more do not make it any cheaper, and all of them wait for the last. */
    private static final int MOST_AT_ONCE = 5000;

    private static final int MOST_SHOWN_AT_ONCE = 500;
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration AWAY = Duration.ofSeconds(5);

    private final Ingest ingest;
    private final IngestMeters meters;
    private final IngestSettings settings;
    private final Clock clock;
    private final IntSupplier slotsOfAllLanes;
    private final Runnable databaseIsBack;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Queue<Long> silentJobs = new ConcurrentLinkedQueue<>();
    private final LiveSlots live = new LiveSlots();
    private volatile boolean doubtful;
    private volatile boolean ends;
    private volatile int slots;
    private volatile @Nullable Instant oldest;
    private volatile @Nullable Instant unshownSince;
    private boolean away;

    private record Waiting(Contents contents, Instant since, CompletableFuture<ReportAnswer> answer) {}

    Lane(
            Ingest ingest,
            IngestMeters meters,
            IngestSettings settings,
            Clock clock,
            IntSupplier slotsOfAllLanes,
            Runnable databaseIsBack) {
        this.ingest = ingest;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
        this.slotsOfAllLanes = slotsOfAllLanes;
        this.databaseIsBack = databaseIsBack;
    }

    /** The answer comes after the commit, or a {@link Busy}, or what the database has against this batch. */
    CompletableFuture<ReportAnswer> put(Contents contents) {
        var waiting = new Waiting(contents, clock.instant(), new CompletableFuture<>());
        queue.add(waiting);
        if (ends) {
            refuseAll(new Busy("The portal stops", AWAY));
        }
        return waiting.answer();
    }

    /** The register has to be told of this job's slots again. */
    void doubt(long jobId) {
        silentJobs.add(jobId);
    }

    /** What is known of all slots may be wrong. */
    void doubtAll() {
        doubtful = true;
    }

    /** Slots that are known, and have not ended. */
    int slots() {
        return slots;
    }

    /** How many seconds the batch has waited that has waited longest. */
    double waitingSeconds() {
        return age(oldest);
    }

    /** How many seconds the figures have waited that lists show next. */
    double unshownSeconds() {
        return age(unshownSince);
    }

    private double age(@Nullable Instant since) {
        return since == null ? 0 : Duration.between(since, clock.instant()).toMillis() / 1000.0;
    }

    /** Answers all that waits with what was stored, takes no more, and shows what is not shown yet. */
    void end() {
        ends = true;
    }

    @Override
    public void run() {
        Queue<Waiting> group = new ArrayDeque<>();
        ends = false;
        try {
            while (!ends || !queue.isEmpty()) {
                try {
                    round(group);
                } catch (Error e) {
                    // For want of memory, perhaps: without this lane half of the site would have no answer any more.
                    log.error("A group of batches was given back to its agents", e);
                    doubtful = true;
                    group.forEach(waiting -> waiting.answer()
                            .completeExceptionally(new Busy("The portal failed: come back later", AWAY)));
                }
                group.clear();
            }
            show(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ends = true;
            Busy why = new Busy("The portal stops", AWAY);
            group.forEach(waiting -> waiting.answer().completeExceptionally(why));
            refuseAll(why);
        }
    }

    private void round(Queue<Waiting> group) throws InterruptedException {
        take(group);
        believe();
        store(List.copyOf(group));
        show(settings.shownAfter(slotsOfAllLanes.getAsInt()));
        live.lookThrough(clock.instant());
        slots = live.size();
        unshownSince = live.unshownSince();
        Waiting next = queue.peek();
        oldest = next == null ? null : next.since();
    }

    private void take(Queue<Waiting> group) throws InterruptedException {
        Waiting first = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        int samples = 0;
        for (Waiting next = first; next != null; next = samples < MOST_AT_ONCE ? queue.poll() : null) {
            group.add(next);
            samples += 1 + next.contents().samples();
        }
        oldest = first == null ? null : first.since();
    }

    private void believe() {
        if (doubtful) {
            doubtful = false;
            live.doubt(slot -> true);
        }
        Set<Long> jobs = new HashSet<>();
        for (Long job = silentJobs.poll(); job != null; job = silentJobs.poll()) {
            jobs.add(job);
        }
        if (!jobs.isEmpty()) {
            live.doubt(slot -> jobs.contains(slot.jobId()));
        }
    }

    private void store(List<Waiting> group) {
        if (group.isEmpty()) {
            return;
        }
        try {
            List<ReportAnswer> answers = meters.commit(
                    () -> ingest.store(group.stream().map(Waiting::contents).toList(), live));
            meters.stored(
                    group.stream()
                            .mapToInt(waiting -> waiting.contents().samples())
                            .sum(),
                    group.size());
            back();
            // Not yet: who has an answer may look at the lists.
            show(settings.shownAfter(slotsOfAllLanes.getAsInt()));
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer().complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (!isOfOneBatch(e)) {
                away = true;
                live.doubt(slot -> true);
                log.warn("Nothing can be stored, {} batches have to come again: {}", group.size(), e.getMessage());
                group.forEach(waiting -> waiting.answer()
                        .completeExceptionally(new Busy("The database does not take it: come back later", AWAY)));
            } else if (group.size() == 1) {
                group.getFirst().answer().completeExceptionally(e);
            } else {
                // One of them spoils the others.
                group.forEach(waiting -> store(List.of(waiting)));
            }
        }
    }

    private static boolean isOfOneBatch(RuntimeException e) {
        return e instanceof DataIntegrityViolationException || !(e instanceof NestedRuntimeException);
    }

    private void back() {
        if (away) {
            away = false;
            databaseIsBack.run();
        }
    }

    private void show(Duration after) {
        List<String> keys = live.toShow(clock.instant().minus(after), MOST_SHOWN_AT_ONCE);
        while (!keys.isEmpty()) {
            try {
                ingest.show(keys.stream()
                        .map(key -> Objects.requireNonNull(live.get(key)))
                        .toList());
            } catch (RuntimeException e) {
                log.warn("Figures of {} slots could not be shown: {}", keys.size(), e.getMessage());
                return;
            }
            keys.forEach(live::shown);
            boolean onlySome = keys.size() == MOST_SHOWN_AT_ONCE && queue.isEmpty();
            keys = onlySome ? live.toShow(clock.instant().minus(after), MOST_SHOWN_AT_ONCE) : List.of();
        }
    }

    private void refuseAll(Busy why) {
        List<Waiting> rest = new ArrayList<>();
        queue.drainTo(rest);
        rest.forEach(waiting -> waiting.answer().completeExceptionally(why));
    }
}
