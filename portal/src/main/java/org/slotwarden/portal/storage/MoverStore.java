package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes movers, many at a time. */
@Component
class MoverStore {

    private static final int AT_ONCE = 1000;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    MoverStore(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** Those that were there in the newest look of their pool. */
    List<MoverRow> there(long storage) {
        return jdbc.sql("SELECT * FROM storage_mover WHERE storage_id = ? AND gone_at IS NULL AND mover_id IS NOT NULL")
                .param(storage)
                .query((row, number) -> MoverRow.of(row))
                .list();
    }

    /**
     * Those that were not seen for a while come back as what they were.
     *
     * @param asOf the moment of which the look tells: what was gone after it stays gone
     */
    void insert(long storage, Map<SeenMover, Verdict> movers, Instant at, Instant asOf) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        movers.forEach((mover, verdict) -> rows.add(join(
                new @Nullable Object[] {storage, mover.pool(), mover.moverId(), mover.submittedAt(), at},
                seen(mover),
                verdict(verdict),
                new @Nullable Object[] {asOf})));
        batch(
                """
                INSERT INTO storage_mover (storage_id, pool, mover_id, submitted_at, first_seen_at, %s, %s)
                VALUES (?, ?, ?, ?, ?, %s, %s)
                ON DUPLICATE KEY UPDATE gone_at = IF(gone_at > ?, gone_at, NULL), %s, %s
                """.formatted(
                                String.join(", ", SEEN),
                                String.join(", ", VERDICT),
                                marks(SEEN),
                                marks(VERDICT),
                                values(SEEN),
                                values(VERDICT)),
                rows);
    }

    /** By id. */
    void update(Map<Long, SeenMover> movers) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        movers.forEach((id, mover) -> rows.add(join(seen(mover), new @Nullable Object[] {id})));
        batch("UPDATE storage_mover SET " + assignments(SEEN) + " WHERE id = ?", rows);
    }

    /** What changes of most. By id. */
    void progress(Map<Long, SeenMover> movers) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        movers.forEach((id, mover) -> rows.add(new @Nullable Object[] {mover.lastIoAt(), mover.bytes(), id}));
        batch("UPDATE storage_mover SET last_io_at = ?, bytes = ? WHERE id = ?", rows);
    }

    /** By id. */
    void judge(Map<Long, Verdict> verdicts) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        verdicts.forEach((id, verdict) -> rows.add(join(verdict(verdict), new @Nullable Object[] {id})));
        batch("UPDATE storage_mover SET " + assignments(VERDICT) + " WHERE id = ?", rows);
    }

    void gone(Collection<Long> ids, Instant at) {
        batch(
                "UPDATE storage_mover SET gone_at = ? WHERE id = ?",
                ids.stream().map(id -> new @Nullable Object[] {at, id}).toList());
    }

    // ------------------------------------------------------------------------------------------------------- records

    /** Which of these are known. */
    Set<String> sessions(long storage, Collection<String> sessions) {
        Set<String> known = new HashSet<>();
        chunks(
                sessions,
                some -> known.addAll(jdbc.sql(
                                "SELECT session FROM storage_mover WHERE storage_id = :storage AND session IN (:sessions)")
                        .param("storage", storage)
                        .param("sessions", some)
                        .query(String.class)
                        .list()));
        return known;
    }

    /** Movers of these files that no record has told of yet, by file, and gone no longer ago than {@code since}. */
    Map<String, List<MoverRow>> ofFiles(long storage, Collection<String> files, Instant since) {
        Map<String, List<MoverRow>> found = new HashMap<>();
        chunks(
                files,
                some -> jdbc.sql(
                                "SELECT * FROM storage_mover WHERE file_id IN (:files) AND storage_id = :storage"
                                        + " AND session IS NULL AND mover_id IS NOT NULL AND (gone_at IS NULL OR gone_at >= :since)")
                        .param("files", some)
                        .param("storage", storage)
                        .param("since", since)
                        .query((row, number) -> MoverRow.of(row))
                        .list()
                        .forEach(row -> found.computeIfAbsent(
                                        String.valueOf(row.seen().fileId()), file -> new ArrayList<>())
                                .add(row)));
        return found;
    }

    /** What a record tells of a mover that is known. */
    record Completed(long id, Look.EndedMover record, Verdict verdict) {}

    void complete(List<Completed> completed) {
        batch(
                """
                UPDATE storage_mover SET session = ?, ended_at = ?, gone_at = LEAST(COALESCE(gone_at, ?), ?),
                    held_seconds = ?, queued_seconds = ?, bytes = COALESCE(?, bytes), end_status = ?, end_text = ?,
                    client_port = COALESCE(?, client_port), storage_endpoint = COALESCE(?, storage_endpoint), %s
                WHERE id = ? AND session IS NULL
                """.formatted(assignments(VERDICT)),
                completed.stream()
                        .map(one -> {
                            Look.EndedMover record = one.record();
                            return join(
                                    new @Nullable Object[] {
                                        record.session(),
                                        record.endedAt(),
                                        record.endedAt(),
                                        record.endedAt(),
                                        record.heldSeconds(),
                                        record.queuedSeconds(),
                                        record.bytes(),
                                        record.status(),
                                        record.statusText(),
                                        record.client().port(),
                                        record.client().endpoint()
                                    },
                                    verdict(one.verdict()),
                                    new @Nullable Object[] {one.id()});
                        })
                        .toList());
    }

    /** Movers that no look has seen. One of two portals' that tell the same counts. */
    void insertEnded(long storage, Map<Look.EndedMover, Verdict> ended) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        ended.forEach((record, verdict) -> {
            SeenMover.Client client = record.client();
            rows.add(join(
                    new @Nullable Object[] {
                        storage,
                        record.pool(),
                        record.submittedAt(),
                        record.startedAt(),
                        record.bytes(),
                        record.direction(),
                        record.protocol(),
                        client.address(),
                        client.port(),
                        client.user(),
                        client.uid(),
                        client.gid(),
                        record.path(),
                        record.fileId(),
                        client.endpoint(),
                        record.endedAt(),
                        record.endedAt(),
                        record.session(),
                        record.endedAt(),
                        record.heldSeconds(),
                        record.queuedSeconds(),
                        record.status(),
                        record.statusText()
                    },
                    verdict(verdict)));
        });
        batch("""
                INSERT INTO storage_mover (storage_id, pool, submitted_at, started_at, bytes, direction, protocol,
                    client_address, client_port, user_name, uid, gid, path, file_id, storage_endpoint, first_seen_at,
                    gone_at, session, ended_at, held_seconds, queued_seconds, end_status, end_text, state, %s)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', %s)
                ON DUPLICATE KEY UPDATE id = id
                """.formatted(String.join(", ", VERDICT), marks(VERDICT)), rows);
    }

    // ------------------------------------------------------------------------------------------------------- columns

    private static final List<String> SEEN = List.of(
            "queue",
            "state",
            "state_text",
            "started_at",
            "last_io_at",
            "bytes",
            "direction",
            "protocol",
            "door",
            "session_status",
            "path",
            "file_id",
            "client_address",
            "client_chain",
            "client_port",
            "client_process",
            "user_name",
            "uid",
            "gid",
            "storage_endpoint");

    private static @Nullable Object[] seen(SeenMover mover) {
        SeenMover.Client client = mover.client();
        return new @Nullable Object[] {
            mover.queue(),
            mover.state().name(),
            mover.stateText(),
            mover.startedAt(),
            mover.lastIoAt(),
            mover.bytes(),
            mover.direction(),
            mover.protocol(),
            mover.door(),
            mover.sessionStatus(),
            mover.path(),
            mover.fileId(),
            client.address(),
            client.chain().isEmpty() ? null : String.join(",", client.chain()),
            client.port(),
            client.process(),
            client.user(),
            client.uid(),
            client.gid(),
            client.endpoint()
        };
    }

    private static final List<String> VERDICT =
            List.of("confidence", "reason", "job_id", "slot_id", "node_id", "candidates", "job_ended_at");

    private static @Nullable Object[] verdict(Verdict verdict) {
        return new @Nullable Object[] {
            verdict.confidence().name(),
            verdict.reason(),
            verdict.jobId(),
            verdict.slotId(),
            verdict.node(),
            verdict.candidates(),
            verdict.jobEndedAt()
        };
    }

    private static String marks(List<String> columns) {
        return String.join(", ", columns.stream().map(column -> "?").toList());
    }

    private static String values(List<String> columns) {
        return String.join(
                ", ",
                columns.stream()
                        .map(column -> column + " = VALUE(" + column + ")")
                        .toList());
    }

    private static String assignments(List<String> columns) {
        return String.join(", ", columns.stream().map(column -> column + " = ?").toList());
    }

    private static @Nullable Object[] join(@Nullable Object[]... parts) {
        List<@Nullable Object> all = new ArrayList<>();
        for (@Nullable Object[] part : parts) {
            all.addAll(Arrays.asList(part));
        }
        return all.toArray();
    }

    private void batch(String sql, List<@Nullable Object[]> rows) {
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            batches.batchUpdate(sql, rows.subList(from, Math.min(from + AT_ONCE, rows.size())));
        }
    }

    private interface Some<T> {
        void take(List<T> some);
    }

    private static <T> void chunks(Collection<T> all, Some<T> each) {
        List<T> list = List.copyOf(all);
        for (int from = 0; from < list.size(); from += AT_ONCE) {
            each.take(list.subList(from, Math.min(from + AT_ONCE, list.size())));
        }
    }
}
