package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.Conflict;
import org.slotwarden.wire.v1.StorageAnswer;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores a look in one transaction: all of it or nothing. Of what is there already only what changed is written. Looks of
 * one storage system are stored one after the other, whichever portal they come to.
 */
@Component
class LookStore {

    private static final RetryPolicy AGAIN = RetryPolicy.builder()
            .predicate(Conflict::isOne)
            .maxRetries(5)
            .delay(Duration.ofMillis(50))
            .jitter(Duration.ofMillis(50))
            .build();

    /** What was judged longer ago is known as well as it will be: what would make it surer is not kept longer. */
    private static final Duration JUDGED_ANEW = EvidenceStore.LOOKED_BACK;

    /** More than a clock that is set differs. */
    private static final Duration CLOCK_AHEAD = Duration.ofMinutes(1);

    /** A record may tell of the submission a bit otherwise than the pool did. */
    private static final Duration SAME_MOVER = Duration.ofSeconds(5);

    private final JdbcClient jdbc;
    private final QueueStore queues;
    private final MoverStore movers;
    private final EvidenceStore evidence;
    private final StorageAlarms alarms;
    private final ReleaseStore releases;
    private final StorageSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final RetryTemplate retry = new RetryTemplate(AGAIN);

    LookStore(
            JdbcClient jdbc,
            QueueStore queues,
            MoverStore movers,
            EvidenceStore evidence,
            StorageAlarms alarms,
            ReleaseStore releases,
            StorageSettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.jdbc = jdbc;
        this.queues = queues;
        this.movers = movers;
        this.evidence = evidence;
        this.alarms = alarms;
        this.releases = releases;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** A mover that is there, and whose it is. */
    record Held(SeenMover mover, Verdict verdict) {}

    /**
     * A look that is stored already changes nothing. One that is older than the newest adds to the past of queues and to
     * the movers that have ended.
     */
    StorageAnswer store(long storage, Look look) {
        return Objects.requireNonNull(retry.invoke(() -> transaction.execute(status -> inTransaction(storage, look))));
    }

    private StorageAnswer inTransaction(long storage, Look look) {
        Instant now = clock.instant();
        Instant newest = newest(storage);
        if (newest == null || newest.isBefore(look.lookedAt()) || ahead(newest, look.lookedAt(), now)) {
            newest(storage, look, now);
        } else if (newest.isAfter(look.lookedAt())) {
            queues.past(storage, look);
            if (!look.blind()) {
                queues.pastSum(storage, look);
            }
            ended(storage, look, judge(look.records().stream().map(Look.EndedMover::client), Set.of(), look));
        }
        releases.results(storage, look.results());
        return releases.answer(storage, now);
    }

    /** A clock that was ahead and was set since: what it told then shall not stand above all looks until that time. */
    private static boolean ahead(Instant newest, Instant lookedAt, Instant now) {
        return newest.isAfter(now.plus(CLOCK_AHEAD)) && !newest.equals(lookedAt);
    }

    private void newest(long storage, Look look, Instant now) {
        if (look.failed()) {
            ended(storage, look, judge(look.records().stream().map(Look.EndedMover::client), Set.of(), look));
            alarms.failed(storage, look, now);
        } else {
            queues.store(storage, look);
            if (!look.blind()) {
                queues.sum(storage, look);
            }
            queues.hosts(storage, look.hosts());
            alarms.look(storage, look, movers(storage, look), now);
        }
        system(storage, look, now);
    }

    /** Of the newest report; locks out others of this storage system. */
    private @Nullable Instant newest(long storage) {
        record Row(@Nullable Instant toldAt) {}
        return jdbc.sql("SELECT told_at FROM storage_system WHERE id = ? FOR UPDATE")
                .param(storage)
                .query((row, number) -> new Row(StorageRows.time(row, "told_at")))
                .single()
                .toldAt();
    }

    private void system(long storage, Look look, Instant now) {
        jdbc.sql("""
                        UPDATE storage_system SET told_at = :looked, heard_at = :now,
                            looked_at = IF(:blind, looked_at, :looked), received_at = IF(:blind, received_at, :now),
                            gathered_at = IF(:blind, gathered_at, :gathered),
                            source = :source, poll_interval_seconds = :interval, software = :software,
                            watch_version = :version, watch_started_at = :started, may_release = :release
                        WHERE id = :id
                        """)
                .param("looked", look.lookedAt())
                .param("now", now)
                .param("blind", look.blind())
                .param("gathered", look.gatheredAt())
                .param("source", look.source().name())
                .param("interval", look.intervalSeconds())
                .param("software", look.software())
                .param("version", look.watchVersion())
                .param("started", look.watchStartedAt())
                .param("release", look.mayRelease())
                .param("id", storage)
                .update();
    }

    private MoverJudge judge(Stream<SeenMover.Client> clients, Set<Long> slots, Look look) {
        return new MoverJudge(evidence.read(MoverJudge.addresses(clients), slots, look.hosts()), settings.sameUids());
    }

    /** @return all that are there now */
    private List<Held> movers(long storage, Look look) {
        List<MoverRow> there = movers.there(storage);
        Map<SeenMover.Identity, MoverRow> known = new HashMap<>();
        there.forEach(row -> known.put(row.seen().identity(), row));
        Set<String> unread = look.pools().stream()
                .filter(Look.Pool::unread)
                .map(Look.Pool::name)
                .collect(Collectors.toSet());
        Map<SeenMover.Identity, SeenMover> now = new LinkedHashMap<>();
        for (SeenMover seen : look.movers()) {
            MoverRow row = known.get(seen.identity());
            now.put(seen.identity(), row == null ? seen : seen.knowing(row.seen()));
        }
        Set<Long> gone = new HashSet<>();
        for (MoverRow row : there) {
            boolean begunSince = row.seen().submittedAt().isAfter(look.asOf().minus(SAME_MOVER));
            if (unread.contains(row.seen().pool()) || look.gatheredAt() != null && begunSince) {
                now.putIfAbsent(row.seen().identity(), row.seen());
            } else if (!now.containsKey(row.seen().identity())) {
                gone.add(row.id());
            }
        }
        MoverJudge judge = judge(
                Stream.concat(
                        now.values().stream().map(SeenMover::client),
                        look.records().stream().map(Look.EndedMover::client)),
                there.stream()
                        .map(row -> row.verdict().slotId())
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()),
                look);
        List<Held> held = write(storage, look, now, known, judge);
        movers.gone(gone, look.lookedAt());
        ended(storage, look, judge);
        return held;
    }

    private List<Held> write(
            long storage,
            Look look,
            Map<SeenMover.Identity, SeenMover> now,
            Map<SeenMover.Identity, MoverRow> known,
            MoverJudge judge) {
        Map<SeenMover, Verdict> come = new LinkedHashMap<>();
        Map<Long, SeenMover> changed = new LinkedHashMap<>();
        Map<Long, SeenMover> progressed = new LinkedHashMap<>();
        Map<Long, Verdict> judged = new LinkedHashMap<>();
        List<Held> held = new ArrayList<>();
        now.forEach((identity, mover) -> {
            MoverRow row = known.get(identity);
            Verdict verdict = judge.judge(new MoverJudge.Case(
                    mover.pool(),
                    mover.door(),
                    mover.submittedAt(),
                    mover.startedAt(),
                    look.lookedAt(),
                    mover.client()));
            if (row == null) {
                come.put(mover, verdict);
            } else {
                verdict = surer(row, verdict, judge, look.lookedAt());
                if (!verdict.equals(row.verdict())) {
                    judged.put(row.id(), verdict);
                }
                if (!mover.equals(row.seen())) {
                    (mover.onlyProgressed(row.seen()) ? progressed : changed).put(row.id(), mover);
                }
            }
            held.add(new Held(mover, verdict));
        });
        movers.insert(storage, come, look.lookedAt(), look.asOf());
        movers.update(changed);
        movers.progress(progressed);
        movers.judge(judged);
        return held;
    }

    /** What was found when there was more to find it by is not given up for less. */
    private static Verdict surer(MoverRow row, Verdict verdict, MoverJudge judge, Instant lookedAt) {
        Verdict before = row.verdict();
        boolean old = row.seen().submittedAt().isBefore(lookedAt.minus(JUDGED_ANEW));
        return old && before.surerThan(verdict) ? judge.stillHolds(before) : verdict;
    }

    // ------------------------------------------------------------------------------------------------------ records

    private void ended(long storage, Look look, MoverJudge judge) {
        Set<String> known = movers.sessions(
                storage, look.records().stream().map(Look.EndedMover::session).toList());
        List<Look.EndedMover> fresh = look.records().stream()
                .filter(record -> !known.contains(record.session()))
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        Map<String, List<MoverRow>> candidates = movers.ofFiles(
                storage,
                fresh.stream()
                        .map(Look.EndedMover::fileId)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()),
                fresh.stream()
                        .map(Look.EndedMover::endedAt)
                        .min(Instant::compareTo)
                        .orElse(look.lookedAt())
                        .minus(SAME_MOVER));
        Map<String, Instant> readAt = queues.readAt(storage);
        List<MoverStore.Completed> completed = new ArrayList<>();
        Map<Look.EndedMover, Verdict> others = new LinkedHashMap<>();
        Set<Long> taken = new HashSet<>();
        for (Look.EndedMover record : fresh) {
            Verdict verdict = judge.judge(new MoverJudge.Case(
                    record.pool(), null, record.submittedAt(), record.startedAt(), record.endedAt(), record.client()));
            Instant poolReadAt = readAt.getOrDefault(record.pool(), Instant.EPOCH);
            List<MoverRow> possible = candidates.getOrDefault(String.valueOf(record.fileId()), List.of()).stream()
                    .filter(row -> row.goneAt() != null || !lastsSince(row, record, poolReadAt))
                    .toList();
            MoverRow row = match(record, possible, taken);
            if (row == null) {
                others.put(record, verdict);
            } else {
                taken.add(row.id());
                Verdict better = row.verdict().confidence().compareTo(verdict.confidence()) <= 0
                                && record.client().port() == null
                        ? row.verdict()
                        : verdict.surerThan(row.verdict()) ? verdict : row.verdict();
                completed.add(new MoverStore.Completed(row.id(), record, better));
            }
        }
        movers.complete(completed);
        movers.insertEnded(storage, others);
    }

    /** Its pool had it after the end of which the record tells: that was another one of the same file. */
    private static boolean lastsSince(MoverRow row, Look.EndedMover record, Instant poolReadAt) {
        return row.seen().state() != Mover.State.UNCONFIRMED && record.endedAt().isBefore(poolReadAt.minus(SAME_MOVER));
    }

    /** The only mover that a record can be of; null: none, or one of several. */
    private static @Nullable MoverRow match(Look.EndedMover record, List<MoverRow> candidates, Set<Long> taken) {
        Instant submittedAt = record.submittedAt();
        List<MoverRow> fit = candidates.stream()
                .filter(row -> !taken.contains(row.id())
                        && row.seen().pool().equals(record.pool())
                        && Objects.equals(
                                row.seen().client().address(), record.client().address())
                        && submittedAt != null
                        && Duration.between(row.seen().submittedAt(), submittedAt)
                                        .abs()
                                        .compareTo(SAME_MOVER)
                                <= 0)
                .toList();
        return fit.size() == 1 ? fit.getFirst() : null;
    }
}
