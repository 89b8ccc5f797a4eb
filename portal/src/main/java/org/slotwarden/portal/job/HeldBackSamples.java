package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.node.NodesToTell;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Asks for the samples that agents hold back, once for each thing that happened. The agents learn of it with the
 * answers to their next reports, until samples come or a few answers have told it: an answer may be lost.
 */
@Service
@Transactional
public class HeldBackSamples implements RowCache {

    /** What is asked for when somebody does not say how much. */
    public static final Duration USUAL = Duration.ofMinutes(10);

    public static final Duration LONGEST = Duration.ofHours(1);

    /** An agent keeps samples for some minutes only: later there is nothing left to ask for. */
    public static final Duration KEPT = Duration.ofMinutes(15);

    private static final int MOST_TOLD = 3;
    private static final int MOST_IN_AN_ANSWER = 1000;
    private static final String BY_HAND = "asked";

    private static final Logger log = LoggerFactory.getLogger(HeldBackSamples.class);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final NodesToTell open;

    HeldBackSamples(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.open = new NodesToTell(jdbc, """
                SELECT s.node_id, MAX(r.expires_at) until FROM sample_request r JOIN slot s ON s.id = r.slot_id
                WHERE r.expires_at > ? GROUP BY s.node_id
                """, clock);
    }

    /**
     * What was asked for of one slot.
     *
     * @param cause {@code flag 17}, {@code end}, or {@code asked}: by hand
     * @param askedBy null: the portal itself
     * @param from by the clock of the node, like {@code to}
     * @param told in how many answers the agent was told
     * @param samples how many came
     */
    public record Request(
            String node,
            String cause,
            @Nullable String askedBy,
            Instant askedAt,
            Instant from,
            Instant to,
            int told,
            int samples) {}

    /** What an agent is to be told. */
    public record Wanted(long id, String slotId, Instant from, Instant to) {}

    /**
     * Asks for what was held back of a job lately, on behalf of somebody. Takes the place of what was asked for by
     * hand before.
     *
     * @return false when there is no such job for this viewer, or it ended too long ago
     * @throws IllegalArgumentException with a message for people, when the time is out of bounds
     */
    public boolean ask(long jobId, Duration last, Viewer viewer) {
        if (last.isNegative() || last.isZero() || last.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("must be 1 to " + LONGEST.toSeconds() + " seconds");
        }
        boolean known = jdbc.sql("""
                        SELECT COUNT(*) FROM job WHERE id = :id AND (:admin OR user_name = :viewer)
                            AND (state IN ('RUNNING', 'SILENT') OR ended_at >= :lately)
                        """)
                        .param("id", jobId)
                        .param("admin", viewer.admin())
                        .param("viewer", viewer.name())
                        .param("lately", clock.instant().minus(KEPT))
                        .query(Long.class)
                        .single()
                == 1;
        if (known) {
            insert(jobId, null, BY_HAND, viewer.name(), last, """
                    asked_by = VALUE(asked_by), asked_at = VALUE(asked_at), expires_at = VALUE(expires_at),
                    from_at = VALUE(from_at), to_at = VALUE(to_at), told = 0, samples = 0
                    """);
            log.info("{} asked for the held-back samples of job {}", viewer.name(), jobId);
        }
        return known;
    }

    /** @param slotId the slot that the flag is about; null: the whole job */
    public void askForFlag(long jobId, @Nullable Long slotId, long flagId) {
        insert(jobId, slotId, "flag " + flagId, null, USUAL, "slot_id = slot_id");
    }

    /** Within the transaction that stores the end, so that already the answer to that report asks. */
    void askAfterFailure(long jobId, Instant endedAt) {
        if (endedAt.isAfter(clock.instant().minus(KEPT))) {
            insert(jobId, null, "end", null, USUAL, "slot_id = slot_id");
        }
    }

    private void insert(
            long jobId, @Nullable Long slotId, String cause, @Nullable String by, Duration last, String again) {
        Instant now = clock.instant();
        jdbc.sql("""
                        INSERT INTO sample_request (slot_id, cause, asked_by, asked_at, expires_at, from_at, to_at)
                        SELECT s.id, :cause, :by, :now, :expires,
                            :from + INTERVAL CAST(1000000 * COALESCE(n.clock_offset_seconds, 0) AS SIGNED) MICROSECOND,
                            :now + INTERVAL CAST(1000000 * COALESCE(n.clock_offset_seconds, 0) AS SIGNED) MICROSECOND
                        FROM slot s JOIN node n ON n.id = s.node_id
                        WHERE s.job_id = :job AND (:slot IS NULL OR s.id = :slot)
                            AND (s.ended_at IS NULL OR s.ended_at >= :lately)
                        ON DUPLICATE KEY UPDATE\s""" + again)
                .param("cause", cause)
                .param("by", by)
                .param("now", now)
                .param("expires", now.plus(KEPT))
                .param("from", now.minus(last))
                .param("job", jobId)
                .param("slot", slotId)
                .param("lately", now.minus(KEPT))
                .update();
        List<Long> nodes = jdbc.sql("SELECT DISTINCT node_id FROM slot WHERE job_id = ?")
                .param(jobId)
                .query((row, number) -> row.getLong(1))
                .list();
        open.add(nodes, now.plus(KEPT));
    }

    @Override
    public void forget() {
        open.forget();
    }

    /**
     * What the agents of a node are to be told now; it counts as told.
     *
     * @param slotIds slots that the agent process looks after for certain
     * @param allOfNode whether it looks after the node's other slots, too
     */
    public List<Wanted> tell(long nodeId, Collection<Long> slotIds, boolean allOfNode) {
        if (!open.mayContain(nodeId) || (slotIds.isEmpty() && !allOfNode)) {
            return List.of();
        }
        List<Wanted> wanted = jdbc.sql("""
                        SELECT r.id, s.slot_key, r.from_at, r.to_at FROM sample_request r JOIN slot s ON s.id = r.slot_id
                        WHERE r.expires_at > :now AND r.samples = 0 AND r.told < :most AND s.node_id = :node
                            AND (:all OR s.id IN (:slots)) ORDER BY r.id LIMIT :limit
                        """)
                .param("now", clock.instant())
                .param("most", MOST_TOLD)
                .param("node", nodeId)
                .param("all", allOfNode)
                .param("slots", slotIds.isEmpty() ? Set.of(0L) : slotIds)
                .param("limit", MOST_IN_AN_ANSWER)
                .query((row, number) -> new Wanted(
                        row.getLong("id"),
                        row.getString("slot_key"),
                        row.getObject("from_at", Instant.class),
                        row.getObject("to_at", Instant.class)))
                .list();
        if (!wanted.isEmpty()) {
            jdbc.sql("UPDATE sample_request SET told = told + 1 WHERE id IN (:ids)")
                    .params(Map.of("ids", wanted.stream().map(Wanted::id).toList()))
                    .update();
        }
        return wanted;
    }

    /** Samples came that had been held back. */
    public void came(long slotId, Collection<Instant> times) {
        record Open(long id, Instant from, Instant to) {}
        List<Open> open = jdbc.sql("SELECT id, from_at, to_at FROM sample_request WHERE slot_id = ?")
                .param(slotId)
                .query((row, number) -> new Open(
                        row.getLong("id"),
                        row.getObject("from_at", Instant.class),
                        row.getObject("to_at", Instant.class)))
                .list();
        for (Open request : open) {
            long within = times.stream()
                    .filter(time -> !time.isBefore(request.from()) && !time.isAfter(request.to()))
                    .count();
            if (within > 0) {
                jdbc.sql("UPDATE sample_request SET samples = samples + ? WHERE id = ?")
                        .params(within, request.id())
                        .update();
            }
        }
    }

    /** The latest first. Whether the asker may see the job is for the caller to have asked. */
    @Transactional(readOnly = true)
    public List<Request> ofJob(long jobId, int most) {
        return jdbc.sql("""
                        SELECT n.name, r.* FROM sample_request r
                            JOIN slot s ON s.id = r.slot_id JOIN node n ON n.id = s.node_id
                        WHERE s.job_id = ? ORDER BY r.asked_at DESC, r.id DESC LIMIT ?
                        """)
                .params(jobId, most)
                .query((ResultSet row, int number) -> new Request(
                        row.getString("name"),
                        row.getString("cause"),
                        row.getString("asked_by"),
                        row.getObject("asked_at", Instant.class),
                        row.getObject("from_at", Instant.class),
                        row.getObject("to_at", Instant.class),
                        row.getInt("told"),
                        row.getInt("samples")))
                .list();
    }
}
