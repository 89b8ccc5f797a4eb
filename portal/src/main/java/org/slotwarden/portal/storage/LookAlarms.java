package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is wrong at a storage system by one look: full queues, idle movers, movers that were left behind. Used once. */
final class LookAlarms {

    private static final int MOST_NAMED = 3;

    private final JdbcClient jdbc;
    private final StorageSettings settings;
    private final Look look;
    private final Map<QueueOf, List<LookStore.Held>> byQueue;
    private final Map<Long, String> jobs = new HashMap<>();
    private final Map<AlarmSubject, State> states = new LinkedHashMap<>();

    LookAlarms(JdbcClient jdbc, StorageSettings settings, Look look, List<LookStore.Held> held) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.look = look;
        this.byQueue = held.stream()
                .collect(Collectors.groupingBy(
                        one -> new QueueOf(one.mover().pool(), one.mover().queue())));
    }

    /** @param since when it began, by the clock of the watch or of the storage system */
    record State(String text, Instant since) {}

    private record QueueOf(String pool, String queue) {}

    /**
     * What is wrong, and since when.
     *
     * @param pools of the look, by name
     */
    Map<AlarmSubject, State> find(long storage, Map<String, Look.Pool> pools) {
        full(storage);
        // Of a pool that did not answer it is not known what its movers have done since.
        byQueue.keySet().removeIf(queue -> {
            Look.Pool pool = pools.get(queue.pool());
            return pool == null || pool.unread();
        });
        Instant idle = look.lookedAt().minus(settings.idleAfter());
        several(
                StorageAlarm.Kind.IDLE_MOVERS,
                one -> isIdle(one, idle),
                one -> Objects.requireNonNullElse(one.mover().lastIoAt(), look.lookedAt()),
                "had no input or output for " + words(settings.idleAfter()) + " or longer");
        Instant left = look.lookedAt().minus(settings.leftAfter());
        several(
                StorageAlarm.Kind.LEFT_MOVERS,
                one -> one.verdict().jobEndedAt() != null
                        && one.verdict().jobEndedAt().isBefore(left),
                one -> Objects.requireNonNullElse(one.verdict().jobEndedAt(), look.lookedAt()),
                "are still there " + words(settings.leftAfter()) + " or longer after the end of their jobs");
        source();
        troubles(look, states);
        return states;
    }

    /** What the watch complains of. */
    static void troubles(Look look, Map<AlarmSubject, State> states) {
        for (Look.Trouble trouble : look.troubles()) {
            states.putIfAbsent(
                    new AlarmSubject(StorageAlarm.Kind.TROUBLE, trouble.pool(), null, trouble.kind()),
                    new State(trouble.text(), trouble.since() == null ? look.lookedAt() : trouble.since()));
        }
    }

    private static boolean isIdle(LookStore.Held one, Instant idle) {
        return one.mover().state() == Mover.State.RUNNING
                && one.mover().lastIoAt() != null
                && one.mover().lastIoAt().isBefore(idle);
    }

    private void full(long storage) {
        jdbc.sql("""
                        SELECT q.*, p.name pool FROM storage_queue q JOIN storage_pool p ON p.id = q.pool_id
                        WHERE p.storage_id = ? AND q.looked_at = ? AND q.full_since <= ? ORDER BY p.name, q.name
                        """)
                .params(storage, look.lookedAt(), look.lookedAt().minus(settings.fullAfter()))
                .query(row -> {
                    QueueOf queue = new QueueOf(row.getString("pool"), row.getString("name"));
                    int places = row.getInt("max_active");
                    int waiting = row.getInt("queued");
                    String text = (places == 1 ? "The only place" : "All " + places + " places") + " of queue "
                            + queue.queue() + " on " + queue.pool() + (places == 1 ? " is taken, " : " are taken, ")
                            + waiting + (waiting == 1 ? " waits." : " wait.");
                    List<LookStore.Held> holders = byQueue.getOrDefault(queue, List.of()).stream()
                            .filter(one -> one.mover().state() != Mover.State.QUEUED)
                            .toList();
                    states.put(
                            new AlarmSubject(StorageAlarm.Kind.QUEUE_FULL, queue.pool(), queue.queue(), null),
                            new State(text + named(holders), row.getObject("full_since", Instant.class)));
                });
    }

    private void several(
            StorageAlarm.Kind kind,
            Predicate<LookStore.Held> wanted,
            Function<LookStore.Held, Instant> since,
            String what) {
        Map<QueueOf, List<LookStore.Held>> sorted =
                new TreeMap<>(Comparator.comparing(QueueOf::pool).thenComparing(QueueOf::queue));
        sorted.putAll(byQueue);
        sorted.forEach((queue, all) -> {
            List<LookStore.Held> those = all.stream().filter(wanted).toList();
            if (!those.isEmpty()) {
                String text = those.size() + " of " + all.size() + " movers of queue " + queue.queue() + " on "
                        + queue.pool() + " " + what + "." + named(those);
                states.put(
                        new AlarmSubject(kind, queue.pool(), queue.queue(), null),
                        new State(
                                text,
                                those.stream()
                                        .map(since)
                                        .min(Instant::compareTo)
                                        .orElseThrow()));
            }
        });
    }

    private void source() {
        Instant gathered = look.gatheredAt();
        if (gathered != null
                && Duration.between(gathered, look.lookedAt()).compareTo(StorageRows.believed(look.intervalSeconds()))
                        > 0) {
            states.put(
                    new AlarmSubject(StorageAlarm.Kind.OLD_SOURCE, null, null, null),
                    new State(
                            "The storage system answers, and tells what was at "
                                    + gathered.truncatedTo(ChronoUnit.SECONDS) + ".",
                            gathered));
        }
    }

    /** Who has most of these movers. */
    private String named(List<LookStore.Held> movers) {
        Map<Object, Long> counts = movers.stream()
                .collect(Collectors.groupingBy(
                        one -> one.verdict().jobId() != null
                                ? one.verdict().jobId()
                                : unknown(one.mover().client()),
                        Collectors.counting()));
        List<Map.Entry<Object, Long>> most = counts.entrySet().stream()
                .sorted(Map.Entry.<Object, Long>comparingByValue()
                        .reversed()
                        .thenComparing(entry -> entry.getKey().toString()))
                .limit(MOST_NAMED)
                .toList();
        if (most.isEmpty()) {
            return "";
        }
        return " Most are held by "
                + most.stream()
                        .map(entry -> (entry.getKey() instanceof Long job
                                        ? jobs.computeIfAbsent(job, this::job)
                                        : entry.getKey())
                                + " (" + entry.getValue() + ")")
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private static String unknown(SeenMover.Client client) {
        return (client.user() == null ? "somebody" : client.user())
                + (client.address() == null ? "" : " from " + client.address());
    }

    private String job(long id) {
        return jdbc.sql("SELECT batch_job_id, user_name FROM job WHERE id = ?")
                .param(id)
                .query((row, number) ->
                        "job " + row.getString(1) + (row.getString(2) == null ? "" : " of " + row.getString(2)))
                .optional()
                .orElse("a job");
    }

    static String words(Duration duration) {
        long minutes = duration.toMinutes();
        return minutes * 60 == duration.toSeconds() && minutes > 0
                ? minutes + (minutes == 1 ? " minute" : " minutes")
                : duration.toSeconds() + " seconds";
    }
}
