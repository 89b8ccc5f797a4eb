package org.slotwarden.portal.storage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.notice.NoticeKind;
import org.slotwarden.portal.notice.Notices;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Opens and clears alarms: after each look what it tells, and between looks that none comes. */
@Component
class StorageAlarms {

    private static final int MOST_NAMED = 3;
    private static final int MOST_TEXT = 1000;

    private final JdbcClient jdbc;
    private final Notices notices;
    private final StorageSettings settings;

    StorageAlarms(JdbcClient jdbc, Notices notices, StorageSettings settings) {
        this.jdbc = jdbc;
        this.notices = notices;
        this.settings = settings;
    }

    private record Subject(
            StorageAlarm.Kind kind,
            @Nullable String pool,
            @Nullable String queue,
            @Nullable String word) {

        String words() {
            return switch (kind) {
                case QUEUE_FULL -> "queue " + queue + " on " + pool + " is full";
                case IDLE_MOVERS -> "idle movers in queue " + queue + " on " + pool;
                case LEFT_MOVERS -> "movers without their jobs in queue " + queue + " on " + pool;
                case WATCH_SILENT -> "its watch is silent";
                case OLD_SOURCE -> "it tells of the past";
                case TROUBLE -> word + (pool == null ? "" : " on " + pool);
            };
        }

        byte[] key() {
            try {
                String all = kind + "\0" + pool + "\0" + queue + "\0" + word;
                return MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java has SHA-256", e);
            }
        }
    }

    private record State(String text, Instant since) {}

    private record QueueOf(String pool, String queue) {}

    /** Within the transaction that stores the look. */
    void look(long storage, Look look, List<LookStore.Held> held, Instant now) {
        Map<Subject, State> states = new LinkedHashMap<>();
        Map<String, Look.Pool> pools = look.pools().stream().collect(Collectors.toMap(Look.Pool::name, pool -> pool));
        Map<QueueOf, List<LookStore.Held>> byQueue = held.stream()
                .collect(Collectors.groupingBy(
                        one -> new QueueOf(one.mover().pool(), one.mover().queue())));
        Map<Long, String> jobs = new HashMap<>();
        full(storage, look, byQueue, jobs, states);
        // Of a pool that did not answer it is not known what its movers have done since.
        byQueue.keySet().removeIf(queue -> {
            Look.Pool pool = pools.get(queue.pool());
            return pool == null || pool.unread();
        });
        Instant idle = look.lookedAt().minus(settings.idleAfter());
        several(
                StorageAlarm.Kind.IDLE_MOVERS,
                byQueue,
                one -> isIdle(one, idle),
                one -> Objects.requireNonNullElse(one.mover().lastIoAt(), look.lookedAt()),
                "had no input or output for " + words(settings.idleAfter()) + " or longer",
                jobs,
                states);
        Instant left = look.lookedAt().minus(settings.leftAfter());
        several(
                StorageAlarm.Kind.LEFT_MOVERS,
                byQueue,
                one -> one.verdict().jobEndedAt() != null
                        && one.verdict().jobEndedAt().isBefore(left),
                one -> Objects.requireNonNullElse(one.verdict().jobEndedAt(), look.lookedAt()),
                "are still there " + words(settings.leftAfter()) + " or longer after the end of their jobs",
                jobs,
                states);
        source(look, states);
        troubles(look, states);
        Map<String, Open> open = open(storage);
        open.values().removeIf(one -> one.kind().ofMovers() && isUntold(one, pools));
        write(storage, states, open, now);
    }

    /** The look does not say whether it is over. */
    private static boolean isUntold(Open alarm, Map<String, Look.Pool> pools) {
        Look.Pool pool = pools.get(String.valueOf(alarm.pool()));
        return pool != null
                && (alarm.kind() == StorageAlarm.Kind.QUEUE_FULL ? pool.queues().isEmpty() : pool.unread());
    }

    /** A look that learned nothing: what was known of queues and movers stays. */
    void failed(long storage, Look look, Instant now) {
        Map<Subject, State> states = new LinkedHashMap<>();
        troubles(look, states);
        Map<String, Open> open = open(storage);
        open.values().removeIf(one -> one.kind().ofMovers());
        write(storage, states, open, now);
    }

    private static void troubles(Look look, Map<Subject, State> states) {
        for (Look.Trouble trouble : look.troubles()) {
            states.putIfAbsent(
                    new Subject(StorageAlarm.Kind.TROUBLE, trouble.pool(), null, trouble.kind()),
                    new State(trouble.text(), trouble.since() == null ? look.lookedAt() : trouble.since()));
        }
    }

    private static boolean isIdle(LookStore.Held one, Instant idle) {
        return one.mover().state() == Mover.State.RUNNING
                && one.mover().lastIoAt() != null
                && one.mover().lastIoAt().isBefore(idle);
    }

    private void full(
            long storage,
            Look look,
            Map<QueueOf, List<LookStore.Held>> byQueue,
            Map<Long, String> jobs,
            Map<Subject, State> states) {
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
                            new Subject(StorageAlarm.Kind.QUEUE_FULL, queue.pool(), queue.queue(), null),
                            new State(text + named(holders, jobs), row.getObject("full_since", Instant.class)));
                });
    }

    private void several(
            StorageAlarm.Kind kind,
            Map<QueueOf, List<LookStore.Held>> byQueue,
            Predicate<LookStore.Held> wanted,
            Function<LookStore.Held, Instant> since,
            String what,
            Map<Long, String> jobs,
            Map<Subject, State> states) {
        Map<QueueOf, List<LookStore.Held>> sorted =
                new TreeMap<>(Comparator.comparing(QueueOf::pool).thenComparing(QueueOf::queue));
        sorted.putAll(byQueue);
        sorted.forEach((queue, all) -> {
            List<LookStore.Held> those = all.stream().filter(wanted).toList();
            if (!those.isEmpty()) {
                String text = those.size() + " of " + all.size() + " movers of queue " + queue.queue() + " on "
                        + queue.pool() + " " + what + "." + named(those, jobs);
                states.put(
                        new Subject(kind, queue.pool(), queue.queue(), null),
                        new State(
                                text,
                                those.stream()
                                        .map(since)
                                        .min(Instant::compareTo)
                                        .orElseThrow()));
            }
        });
    }

    private static void source(Look look, Map<Subject, State> states) {
        Instant gathered = look.gatheredAt();
        if (gathered != null
                && Duration.between(gathered, look.lookedAt()).compareTo(StorageRows.believed(look.intervalSeconds()))
                        > 0) {
            states.put(
                    new Subject(StorageAlarm.Kind.OLD_SOURCE, null, null, null),
                    new State(
                            "The storage system answers, and tells what was at "
                                    + gathered.truncatedTo(ChronoUnit.SECONDS) + ".",
                            gathered));
        }
    }

    /** Who has most of these movers. */
    private String named(List<LookStore.Held> movers, Map<Long, String> jobs) {
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

    private record Open(
            long id, StorageAlarm.Kind kind, @Nullable String pool, String text) {}

    /** @param open those that are cleared unless their state is among these */
    private void write(long storage, Map<Subject, State> states, Map<String, Open> open, Instant now) {
        states.forEach((subject, state) -> {
            String text = state.text().length() > MOST_TEXT ? state.text().substring(0, MOST_TEXT) : state.text();
            Open known = open.remove(HexFormat.of().formatHex(subject.key()));
            if (known == null) {
                insert(storage, subject, text, state.since(), now);
            } else if (!known.text().equals(text)) {
                jdbc.sql("UPDATE storage_alarm SET text = ? WHERE id = ?")
                        .params(text, known.id())
                        .update();
            }
        });
        clear(open.values().stream().map(Open::id).toList(), now);
    }

    private void insert(long storage, Subject subject, String text, Instant since, Instant now) {
        jdbc.sql("""
                        INSERT INTO storage_alarm (storage_id, kind, open_key, pool, queue, trouble, text, since, opened_at)
                        VALUES (:storage, :kind, :key, :pool, :queue, :trouble, :text, :since, :now)
                        ON DUPLICATE KEY UPDATE text = :text
                        """)
                .param("storage", storage)
                .param("kind", subject.kind().name())
                .param("key", subject.key())
                .param("pool", subject.pool())
                .param("queue", subject.queue())
                .param("trouble", subject.word())
                .param("text", text)
                .param("since", since)
                .param("now", now)
                .update();
        if (settings.tell().contains(subject.kind())) {
            tell(storage, subject, text, now);
        }
    }

    private void tell(long storage, Subject subject, String text, Instant now) {
        String name = jdbc.sql("SELECT name FROM storage_system WHERE id = ?")
                .param(storage)
                .query(String.class)
                .single();
        notices.add(
                new Notices.News(
                        null,
                        null,
                        NoticeKind.ALARM,
                        null,
                        subject.kind().kindName(),
                        "Storage " + name + ": " + subject.words(),
                        text),
                Actor.PORTAL,
                now);
    }

    private Map<String, Open> open(long storage) {
        Map<String, Open> open = new HashMap<>();
        jdbc.sql(
                        "SELECT id, kind, open_key, pool, text FROM storage_alarm WHERE storage_id = ? AND open_key IS NOT NULL")
                .param(storage)
                .query(row -> {
                    open.put(
                            HexFormat.of().formatHex(row.getBytes("open_key")),
                            new Open(
                                    row.getLong("id"),
                                    StorageAlarm.Kind.valueOf(row.getString("kind")),
                                    row.getString("pool"),
                                    row.getString("text")));
                });
        return open;
    }

    private void clear(List<Long> ids, Instant now) {
        if (!ids.isEmpty()) {
            jdbc.sql("UPDATE storage_alarm SET open_key = NULL, cleared_at = :now WHERE id IN (:ids)")
                    .param("now", now)
                    .param("ids", new ArrayList<>(ids))
                    .update();
        }
    }

    /** Nothing is heard of the watch any more. Its next look clears it. */
    void silent(StorageStatus system, Instant now) {
        Subject subject = new Subject(StorageAlarm.Kind.WATCH_SILENT, null, null, null);
        Instant since = Objects.requireNonNull(system.heardAt());
        if (!open(system.id()).containsKey(HexFormat.of().formatHex(subject.key()))) {
            insert(
                    system.id(),
                    subject,
                    "Nothing was heard of the watch of " + system.name() + " since "
                            + since.truncatedTo(ChronoUnit.SECONDS) + ": what is shown is of then.",
                    since,
                    now);
        }
    }
}
