package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.ingest.LaneQueue.Waiting;
import org.slotwarden.wire.v1.ReportAnswer;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Stores what some of the nodes tell, in the order in which it comes: all that waits, together. One thread, so that
 * what is known of a slot needs no lock.
 */
final class Lane implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private static final int MOST_SHOWN_AT_ONCE = 500;
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration AWAY = Duration.ofSeconds(5);
    private static final int MOST_UNSHOWABLE = 1000;

    private final Ingest ingest;
    private final IngestMeters meters;
    private final IngestSettings settings;
    private final Clock clock;
    private final Surroundings surroundings;
    private final LaneQueue queue = new LaneQueue();
    private final ListTurns turns = new ListTurns(System.nanoTime());
    private final Queue<Long> silentJobs = new ConcurrentLinkedQueue<>();
    private final LiveSlots live = new LiveSlots();
    private final Set<String> unshowable = new HashSet<>();
    private volatile boolean doubtful;
    private volatile boolean ends;
    private volatile int slots;
    private volatile @Nullable Instant oldest;
    private volatile @Nullable Instant unshownSince;
    private boolean away;

    /** What a lane asks, and tells, beside what it stores. */
    interface Surroundings {

        /** Slots of all lanes. */
        int slots();

        /**
         * The database has answered again after it had not: what is known is forgotten if it may be another one.
         *
         * @throws RuntimeException while it does not answer
         */
        void databaseIsBack();

        /** Nobody could be heard since then. */
        void wasDeaf(Instant since);
    }

    Lane(Ingest ingest, IngestMeters meters, IngestSettings settings, Clock clock, Surroundings surroundings) {
        this.ingest = ingest;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    /** The answer comes after the commit, or a {@link Busy}, or what the database has against this batch. */
    CompletableFuture<ReportAnswer> put(Contents contents) {
        var waiting = new Waiting(contents, clock.instant());
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
        List<Waiting> group = new ArrayList<>();
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

    private void round(List<Waiting> group) throws InterruptedException {
        group.addAll(queue.take(IDLE));
        oldest = group.stream()
                .map(Waiting::since)
                .min(Comparator.naturalOrder())
                .orElse(null);
        if (!away || isBack(group)) {
            believe();
            store(List.copyOf(group));
            if (turns.isNow(System.nanoTime(), !queue.isEmpty(), unshownSeconds())) {
                show(settings.shownAfter(surroundings.slots()));
            }
        }
        live.lookThrough(clock.instant());
        slots = live.size();
        unshownSince = live.unshownSince();
        oldest = queue.oldest();
    }

    /** Asks before anything is stored: what is known of slots may be of another database. */
    private boolean isBack(List<Waiting> group) {
        try {
            surroundings.databaseIsBack();
            away = false;
            return true;
        } catch (RuntimeException e) {
            isAway(group, e);
            return false;
        }
    }

    private void isAway(List<Waiting> group, RuntimeException why) {
        away = true;
        if (!group.isEmpty()) {
            log.warn("Nothing can be stored, {} batches have to come again: {}", group.size(), why.getMessage());
            group.stream().map(Waiting::since).min(Comparator.naturalOrder()).ifPresent(surroundings::wasDeaf);
            group.forEach(waiting -> waiting.answer().completeExceptionally(busy()));
        }
    }

    private void believe() {
        if (doubtful) {
            doubtful = false;
            live.doubt(job -> true);
        }
        Set<Long> jobs = new HashSet<>();
        for (Long job = silentJobs.poll(); job != null; job = silentJobs.poll()) {
            jobs.add(job);
        }
        if (!jobs.isEmpty()) {
            live.doubt(jobs::contains);
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
            if (settings.shownAfter().isZero()) {
                show(Duration.ZERO);
            }
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer().complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (!isOfOneBatch(e)) {
                isAway(group, e);
            } else if (group.size() == 1) {
                group.getFirst().answer().completeExceptionally(e);
            } else {
                // One of them spoils the others.
                group.forEach(this::storeAlone);
            }
        }
    }

    private void storeAlone(Waiting waiting) {
        if (away) {
            waiting.answer().completeExceptionally(busy());
        } else {
            store(List.of(waiting));
        }
    }

    private static Busy busy() {
        return new Busy("The database does not take it: come back later", AWAY);
    }

    private static boolean isOfOneBatch(RuntimeException e) {
        return e instanceof DataIntegrityViolationException || !(e instanceof NestedRuntimeException);
    }

    private void show(Duration after) {
        long begun = System.nanoTime();
        List<String> keys = live.toShow(clock.instant().minus(after), MOST_SHOWN_AT_ONCE);
        while (!keys.isEmpty() && showAll(keys)) {
            boolean more = keys.size() == MOST_SHOWN_AT_ONCE && (after.isZero() || queue.isEmpty());
            keys = more ? live.toShow(clock.instant().minus(after), MOST_SHOWN_AT_ONCE) : List.of();
        }
        turns.took(begun, System.nanoTime());
    }

    /** @return whether the database takes figures at all */
    private boolean showAll(List<String> keys) {
        List<String> together =
                keys.stream().filter(key -> !unshowable.contains(key)).toList();
        List<String> apart = keys.stream().filter(unshowable::contains).toList();
        return show(together) && apart.stream().allMatch(key -> show(List.of(key)));
    }

    /** What the database can never take of one slot delays no other one's. */
    private boolean show(List<String> keys) {
        if (keys.isEmpty()) {
            return true;
        }
        try {
            ingest.show(keys.stream()
                    .map(key -> Objects.requireNonNull(live.get(key)))
                    .toList());
            unshowable.removeAll(keys);
        } catch (RuntimeException e) {
            if (!isOfOneBatch(e)) {
                log.warn("Figures of {} slots could not be shown: {}", keys.size(), e.getMessage());
                away = true;
                return false;
            }
            if (keys.size() > 1) {
                int half = keys.size() / 2;
                return show(keys.subList(0, half)) && show(keys.subList(half, keys.size()));
            }
            return giveUp(keys.getFirst(), e);
        }
        keys.forEach(live::shown);
        return true;
    }

    private boolean giveUp(String key, RuntimeException why) {
        if (unshowable.size() >= MOST_UNSHOWABLE) {
            unshowable.clear();
        }
        if (unshowable.add(key)) {
            log.error("Lists do not show the figures of slot {}: {}", key, why.getMessage());
        }
        try {
            ingest.heard(Objects.requireNonNull(live.get(key)));
        } catch (RuntimeException e) {
            log.warn("Slot {} could not be shown as heard of: {}", key, e.getMessage());
        }
        live.shown(key);
        return true;
    }

    private void refuseAll(Busy why) {
        queue.takeAll().forEach(waiting -> waiting.answer().completeExceptionally(why));
    }
}
