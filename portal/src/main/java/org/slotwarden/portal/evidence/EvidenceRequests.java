package org.slotwarden.portal.evidence;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.node.NodesToTell;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Asks for evidence when a flag is raised. Agents learn of it with the answers to their next reports, until it comes
 * or some answers have told it: an answer may be lost, an agent may have more to do, and one that is older than this
 * portal never answers. Requests are rows, so they outlive the portal's process.
 */
@Service
@Transactional
public class EvidenceRequests implements RowCache {

    private static final int MOST_TOLD = 5;
    private static final int MOST_IN_AN_ANSWER = 100;
    private static final Duration TOLD_AGAIN = Duration.ofSeconds(20);

    private final JdbcClient jdbc;
    private final EvidenceForm form;
    private final EvidenceSettings settings;
    private final RequestBudget budget;
    private final Clock clock;
    private final NodesToTell open;

    EvidenceRequests(JdbcClient jdbc, EvidenceForm form, EvidenceSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.form = form;
        this.settings = settings;
        this.budget = new RequestBudget(settings.mostPerMinute());
        this.clock = clock;
        this.open = new NodesToTell(jdbc, """
                SELECT s.node_id, MAX(e.expires_at) until FROM evidence e JOIN slot s ON s.id = e.slot_id
                WHERE e.expires_at > ? AND e.stored_at IS NULL GROUP BY s.node_id
                """, clock);
    }

    /** What an agent is to be told. */
    public record Wanted(long id, String slotId, String reason, Duration validFor) {}

    /**
     * Asks because of a flag, within the transaction that raises it. What was asked of a slot just now the flag shares.
     *
     * @param slotId the slot that the flag is about; null: the whole job, of which the slots are asked that weigh most
     * @param kind as in REST
     * @param forKill whether the flag became worth a kill
     */
    public void ask(long jobId, @Nullable Long slotId, long flagId, String kind, boolean forKill) {
        Instant now = clock.instant();
        Map<Long, Long> lately =
                lately(jobId, slotId, now.minus(forKill ? settings.pauseBeforeKill() : settings.pause()));
        List<Long> running = slots(jobId, slotId, kind);
        // A slot that has ended has no more to tell than it has told.
        for (long slot : running.isEmpty() ? lately.keySet() : running) {
            Long evidence = lately.get(slot);
            if (evidence == null && budget.take(now)) {
                evidence = insert(slot, kind, forKill, now);
            }
            if (evidence != null) {
                jdbc.sql("INSERT IGNORE INTO flag_evidence (flag_id, evidence_id) VALUES (?, ?)")
                        .params(flagId, evidence)
                        .update();
            }
        }
    }

    /** The last one of each slot. */
    private Map<Long, Long> lately(long jobId, @Nullable Long slotId, Instant since) {
        Map<Long, Long> bySlot = new LinkedHashMap<>();
        jdbc.sql("SELECT e.slot_id, MAX(e.id) id FROM evidence e JOIN slot s ON s.id = e.slot_id"
                        + " WHERE s.job_id = :job AND (:slot IS NULL OR s.id = :slot) AND e.asked_at > :since"
                        + " GROUP BY e.slot_id ORDER BY id LIMIT :slots")
                .param("job", jobId)
                .param("slot", slotId)
                .param("since", since)
                .param("slots", MOST_IN_AN_ANSWER)
                .query((ResultSet row) -> {
                    bySlot.put(row.getLong("slot_id"), row.getLong("id"));
                });
        return bySlot;
    }

    private List<Long> slots(long jobId, @Nullable Long slotId, String kind) {
        String weight = kind.startsWith("memory")
                ? "memory_rss_bytes"
                : kind.startsWith("socket") ? "open_sockets" : "cores_used";
        return jdbc.sql("SELECT id FROM slot WHERE job_id = :job AND ended_at IS NULL"
                        + " AND (:slot IS NULL OR id = :slot) ORDER BY " + weight + " DESC, id LIMIT :slots")
                .param("job", jobId)
                .param("slot", slotId)
                .param("slots", settings.slots())
                .query((row, number) -> row.getLong(1))
                .list();
    }

    private long insert(long slotId, String kind, boolean forKill, Instant now) {
        Instant expires = now.plus(settings.validFor());
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("""
                        INSERT INTO evidence (slot_id, reason, for_kill, asked_at, expires_at)
                        VALUES (:slot, :reason, :kill, :now, :expires)
                        """)
                .param("slot", slotId)
                .param("reason", kind)
                .param("kill", forKill)
                .param("now", now)
                .param("expires", expires)
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the evidence no id");
        }
        long node = jdbc.sql("SELECT node_id FROM slot WHERE id = ?")
                .param(slotId)
                .query(Long.class)
                .single();
        open.add(List.of(node), expires);
        return id.longValue();
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
        Instant now = clock.instant();
        List<Wanted> wanted = jdbc.sql("""
                        SELECT e.id, s.slot_key, e.reason, e.expires_at
                        FROM evidence e JOIN slot s ON s.id = e.slot_id
                        WHERE e.expires_at > :now AND e.stored_at IS NULL AND e.told < :most AND s.node_id = :node
                            AND s.ended_at IS NULL AND (e.told_at IS NULL OR e.told_at <= :before)
                            AND (:all OR s.id IN (:slots)) ORDER BY e.id LIMIT :limit
                        """)
                .param("now", now)
                .param("most", MOST_TOLD)
                .param("node", nodeId)
                .param("before", now.minus(TOLD_AGAIN))
                .param("all", allOfNode)
                .param("slots", slotIds.isEmpty() ? Set.of(0L) : slotIds)
                .param("limit", MOST_IN_AN_ANSWER)
                .query((row, number) -> new Wanted(
                        row.getLong("id"),
                        row.getString("slot_key"),
                        row.getString("reason"),
                        Duration.between(now, row.getObject("expires_at", Instant.class))))
                .list();
        if (!wanted.isEmpty()) {
            jdbc.sql("UPDATE evidence SET told = told + 1, told_at = :now WHERE id IN (:ids)")
                    .param("now", now)
                    .param("ids", wanted.stream().map(Wanted::id).toList())
                    .update();
        }
        return wanted;
    }

    /**
     * Evidence came. The first that answers a request is stored; what nobody asked this slot for is not.
     *
     * @return whether it was stored
     */
    public boolean came(long slotId, SlotEvidence evidence) {
        return jdbc.sql("""
                        UPDATE evidence SET taken_at = :taken, stored_at = :now, data = :data
                        WHERE id = :id AND slot_id = :slot AND stored_at IS NULL
                        """)
                        .param("taken", evidence.takenAt())
                        .param("now", clock.instant())
                        .param("data", form.write(evidence))
                        .param("id", evidence.requestId())
                        .param("slot", slotId)
                        .update()
                == 1;
    }
}
