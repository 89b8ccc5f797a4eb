package org.slotwarden.portal.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.ReadsOnly;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps what was done. An entry belongs to the transaction of what it tells: it is there when that was done, and only
 * then. Entries are added one after the other, so it is the last thing that a transaction does.
 */
@Service
public class Audit {

    private static final int MOST_SUBJECT = 255;
    private static final int MOST_ABOUT = 1000;
    private static final int AT_ONCE = 1000;

    /** Before the first entry. */
    private static final byte[] BEGIN = new byte[32];

    private final JdbcClient jdbc;
    private final Clock clock;

    Audit(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Adds an entry; texts that are too long are cut. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(Actor actor, String action, String subject, @Nullable Long jobId, String about) {
        jdbc.sql("INSERT INTO audit_end (id, last_id, hash) VALUES (1, 0, ?) ON DUPLICATE KEY UPDATE id = id")
                .param(BEGIN)
                .update();
        End end = end(" FOR UPDATE");
        AuditEntry entry = new AuditEntry(
                end.id() + 1,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                actor,
                action,
                cut(subject, MOST_SUBJECT),
                jobId,
                cut(about, MOST_ABOUT));
        byte[] hash = entry.hash(end.hash());
        jdbc.sql("""
                        INSERT INTO audit (id, at, who, actor, action, subject, job_id, about, previous, hash)
                        VALUES (:id, :at, :who, :actor, :action, :subject, :job, :about, :previous, :hash)
                        """)
                .param("id", entry.id())
                .param("at", entry.at())
                .param("who", actor.name())
                .param("actor", actor.kind().name())
                .param("action", action)
                .param("subject", entry.subject())
                .param("job", jobId)
                .param("about", entry.about())
                .param("previous", end.hash())
                .param("hash", hash)
                .update();
        jdbc.sql("UPDATE audit_end SET last_id = ?, hash = ? WHERE id = 1")
                .params(entry.id(), hash)
                .update();
    }

    private record End(long id, byte[] hash) {}

    private End end(String lock) {
        return jdbc.sql("SELECT last_id, hash FROM audit_end WHERE id = 1" + lock)
                .query((row, number) -> new End(row.getLong(1), row.getBytes(2)))
                .optional()
                .orElse(new End(0, BEGIN));
    }

    private static String cut(String text, int most) {
        int length = text.codePointCount(0, text.length());
        return length <= most ? text : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }

    /**
     * What to look for; null: whatever it is.
     *
     * @param text somewhere in subject or reason
     */
    public record Filter(
            @Nullable String who,
            @Nullable String action,
            @Nullable Long jobId,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String text) {}

    private static final String WHERE = """
             FROM audit WHERE (:who IS NULL OR who = :who) AND (:action IS NULL OR action = :action)
                AND (:job IS NULL OR job_id = :job) AND (:from IS NULL OR at >= :from) AND (:to IS NULL OR at < :to)
                AND (:text IS NULL OR LOCATE(:text, subject) > 0 OR LOCATE(:text, about) > 0)
            """;

    /** A page of entries, and how many there are in all. */
    public record Found(List<AuditEntry> entries, long total) {}

    /** The newest first. */
    @ReadsOnly
    public Found search(Filter filter, int page, int size) {
        long total = where("SELECT COUNT(*)" + WHERE, filter).query(Long.class).single();
        return new Found(
                where("SELECT *" + WHERE + " ORDER BY id DESC LIMIT :size OFFSET :offset", filter)
                        .param("size", size)
                        .param("offset", (long) page * size)
                        .query((row, number) -> entry(row))
                        .list(),
                total);
    }

    private JdbcClient.StatementSpec where(String sql, Filter filter) {
        return jdbc.sql(sql)
                .param("who", filter.who())
                .param("action", filter.action())
                .param("job", filter.jobId())
                .param("from", filter.from())
                .param("to", filter.to())
                .param("text", filter.text());
    }

    /** An entry with its hash. */
    public record Chained(AuditEntry entry, String hash) {}

    /** All entries, the oldest first, some at a time. */
    @ReadsOnly
    public void each(Consumer<Chained> told) {
        walk(
                Long.MAX_VALUE,
                (entry, previous, hash) ->
                        told.accept(new Chained(entry, HexFormat.of().formatHex(hash))));
    }

    /**
     * Whether all entries are there, as they were written.
     *
     * @param entries how many there are
     * @param firstWrong the first that is missing or not as it was written; null: none
     * @param lastHash of the last one: written down elsewhere, it shows later that nothing before it was changed
     */
    public record Checked(long entries, @Nullable Long firstWrong, String lastHash) {}

    @ReadsOnly
    public Checked check() {
        // What is added meanwhile is left for the next time.
        End end = end("");
        var state = new Object() {
            long entries;

            @Nullable
            Long wrong;

            byte[] hash = BEGIN;
        };
        walk(end.id(), (entry, previous, hash) -> {
            state.entries++;
            boolean right = entry.id() == state.entries
                    && Arrays.equals(previous, state.hash)
                    && Arrays.equals(hash, entry.hash(previous));
            if (!right && state.wrong == null) {
                state.wrong = state.entries;
            }
            state.hash = hash;
        });
        if (state.wrong == null && !Arrays.equals(end.hash(), state.hash)) {
            state.wrong = state.entries + 1;
        }
        return new Checked(state.entries, state.wrong, HexFormat.of().formatHex(state.hash));
    }

    private interface Walker {
        void at(AuditEntry entry, byte[] previous, byte[] hash);
    }

    private void walk(long until, Walker walker) {
        long last = 0;
        int found;
        do {
            record Row(AuditEntry entry, byte[] previous, byte[] hash) {}
            List<Row> rows = jdbc.sql("SELECT * FROM audit WHERE id > ? AND id <= ? ORDER BY id LIMIT " + AT_ONCE)
                    .params(last, until)
                    .query((row, number) -> new Row(entry(row), row.getBytes("previous"), row.getBytes("hash")))
                    .list();
            rows.forEach(row -> walker.at(row.entry(), row.previous(), row.hash()));
            found = rows.size();
            last = rows.isEmpty() ? last : rows.getLast().entry().id();
        } while (found == AT_ONCE);
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("id"),
                row.getObject("at", Instant.class),
                new Actor(Actor.Kind.valueOf(row.getString("actor")), row.getString("who")),
                row.getString("action"),
                row.getString("subject"),
                row.getObject("job_id", Long.class),
                row.getString("about"));
    }
}
