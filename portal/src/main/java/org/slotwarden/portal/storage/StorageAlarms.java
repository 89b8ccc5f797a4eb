package org.slotwarden.portal.storage;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static final int MOST_TEXT = 1000;

    private final JdbcClient jdbc;
    private final Notices notices;
    private final StorageSettings settings;

    StorageAlarms(JdbcClient jdbc, Notices notices, StorageSettings settings) {
        this.jdbc = jdbc;
        this.notices = notices;
        this.settings = settings;
    }

    /** Within the transaction that stores the look. */
    void look(long storage, Look look, List<LookStore.Held> held, Instant now) {
        Map<String, Look.Pool> pools = look.pools().stream().collect(Collectors.toMap(Look.Pool::name, pool -> pool));
        Map<AlarmSubject, LookAlarms.State> states = new LookAlarms(jdbc, settings, look, held).find(storage, pools);
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
        Map<AlarmSubject, LookAlarms.State> states = new LinkedHashMap<>();
        LookAlarms.troubles(look, states);
        Map<String, Open> open = open(storage);
        open.values().removeIf(one -> one.kind().ofMovers());
        write(storage, states, open, now);
    }

    private record Open(
            long id, StorageAlarm.Kind kind, @Nullable String pool, String text) {}

    /** @param open those that are cleared unless their state is among these */
    private void write(long storage, Map<AlarmSubject, LookAlarms.State> states, Map<String, Open> open, Instant now) {
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

    private void insert(long storage, AlarmSubject subject, String text, Instant since, Instant now) {
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

    private void tell(long storage, AlarmSubject subject, String text, Instant now) {
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
        AlarmSubject subject = new AlarmSubject(StorageAlarm.Kind.WATCH_SILENT, null, null, null);
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
