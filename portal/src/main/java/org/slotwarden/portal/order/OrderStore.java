package org.slotwarden.portal.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.evidence.EvidenceForm;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Orders and what became of them, in the database. Telling agents is {@link DeliveryStore}'s. */
@Repository
class OrderStore {

    /** States in which an agent may still be told. */
    /** One that was begun in time follows output for ten minutes at most; what is older is not heard of any more. */
    private static final Duration LONGEST_TAIL = Duration.ofMinutes(15);

    static final Set<String> OPEN = Set.of(OrderState.WAITING.name(), OrderState.TOLD.name());

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final EvidenceForm form;

    OrderStore(JdbcClient jdbc, JsonMapper json, EvidenceForm form) {
        this.jdbc = jdbc;
        this.json = json;
        this.form = form;
    }

    /** A job that may be ordered about. */
    record Target(
            String batchSystem,
            String cluster,
            String batchId,
            @Nullable String user) {}

    /** A slot of it that has not ended. */
    record TargetSlot(long id, String key, long nodeId, String node) {}

    /** The row stays locked until the transaction ends, as everybody locks it who changes the job. */
    Optional<Target> lockLive(long jobId) {
        return target(jobId, " AND state IN ('RUNNING', 'SILENT') FOR UPDATE");
    }

    /** Whatever its state. */
    Optional<Target> target(long jobId) {
        return target(jobId, "");
    }

    private Optional<Target> target(long jobId, String more) {
        return jdbc.sql("SELECT batch_system, cluster, batch_job_id, user_name FROM job WHERE id = ?" + more)
                .param(jobId)
                .query((row, number) ->
                        new Target(row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
                .optional();
    }

    List<TargetSlot> liveSlots(long jobId) {
        return jdbc.sql("SELECT s.id, s.slot_key, n.id node_id, n.name FROM slot s JOIN node n ON n.id = s.node_id"
                        + " WHERE s.job_id = ? AND s.ended_at IS NULL ORDER BY s.id")
                .param(jobId)
                .query((row, number) -> new TargetSlot(
                        row.getLong("id"), row.getString("slot_key"), row.getLong("node_id"), row.getString("name")))
                .list();
    }

    /** Orders of an account that are not over. */
    int open(String author, Instant now) {
        return jdbc.sql("""
                        SELECT COUNT(*) FROM (
                            SELECT s.order_id FROM slot_order s WHERE s.state IN (:open) AND s.expires_at > :now
                            UNION SELECT c.order_id FROM order_command c WHERE c.state IN ('WAITING', 'BEGUN')) open
                        JOIN job_order o ON o.id = open.order_id WHERE o.author = :author AND NOT o.by_policy
                        """)
                .param("open", OPEN)
                .param("now", now)
                .param("author", author)
                .query(Integer.class)
                .single();
    }

    /** Tails of an account that are not over, those included that an agent has begun. */
    int tails(String author, Instant now) {
        return jdbc.sql("""
                        SELECT COUNT(DISTINCT o.id) FROM slot_order s JOIN job_order o ON o.id = s.order_id
                        WHERE s.state IN ('WAITING', 'TOLD', 'BEGUN') AND s.expires_at > :longestOpen
                            AND o.kind = 'TAIL' AND o.author = :author AND NOT o.by_policy
                        """)
                .param("longestOpen", now.minus(LONGEST_TAIL))
                .param("author", author)
                .query(Integer.class)
                .single();
    }

    /**
     * What was ordered of a job and not given up. Of what this host tells the batch system, that counts; of what agents
     * do, it is given up where one that still looks after the job did not do it.
     */
    Set<OrderKind> underWay(long jobId) {
        return jdbc.sql("""
                        SELECT DISTINCT o.kind FROM job_order o LEFT JOIN order_command c ON c.order_id = o.id
                            LEFT JOIN slot_order s ON s.order_id = o.id
                        WHERE o.job_id = ? AND (COALESCE(c.state, s.state) IN ('WAITING', 'TOLD', 'BEGUN')
                            OR COALESCE(c.state, s.state) = 'DONE' AND (c.state IS NOT NULL OR NOT EXISTS (
                                SELECT 1 FROM slot_order other JOIN slot living ON living.id = other.slot_id
                                WHERE other.order_id = o.id AND living.ended_at IS NULL
                                    AND other.state IN ('EXPIRED', 'WITHDRAWN', 'FAILED', 'REFUSED'))))
                        """)
                .param(jobId)
                .query((row, number) -> OrderKind.valueOf(row.getString(1)))
                .set();
    }

    long insert(long jobId, OrderWish wish, Actor author, String reason, Instant now, Instant expires) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("""
                        INSERT INTO job_order (job_id, kind, wish, author, by_policy, reason, ordered_at, expires_at)
                        VALUES (:job, :kind, :wish, :author, :policy, :reason, :now, :expires)
                        """)
                .param("job", jobId)
                .param("kind", wish.kind().name())
                .param("wish", json.writerFor(OrderWish.class).writeValueAsString(wish))
                .param("author", author.name())
                .param("policy", author.policy())
                .param("reason", reason)
                .param("now", now)
                .param("expires", expires)
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the order no id");
        }
        return id.longValue();
    }

    /** @param alone whether one agent of the job is to be told, and no other */
    void insert(
            long orderId, long slotId, long wireId, byte[] signed, byte[] signature, Instant expires, boolean alone) {
        jdbc.sql("""
                        INSERT INTO slot_order (id, order_id, slot_id, state, expires_at, signed, signature, alone)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(wireId, orderId, slotId, OrderState.WAITING.name(), expires, signed, signature, alone)
                .update();
    }

    /** An order for one slot, as far as it has come. */
    record Known(
            long id,
            long orderId,
            long jobId,
            OrderKind kind,
            boolean alone,
            OrderState state,
            String author,
            boolean policy) {}

    /** The row stays locked until the transaction ends. */
    Optional<Known> lock(long id, long slotId) {
        return jdbc.sql("""
                        SELECT s.id, s.order_id, o.job_id, o.kind, s.alone, s.state, o.author, o.by_policy
                        FROM slot_order s JOIN job_order o ON o.id = s.order_id
                        WHERE s.id = ? AND s.slot_id = ? FOR UPDATE
                        """)
                .params(id, slotId)
                .query((row, number) -> new Known(
                        row.getLong("id"),
                        row.getLong("order_id"),
                        row.getLong("job_id"),
                        OrderKind.valueOf(row.getString("kind")),
                        row.getBoolean("alone"),
                        OrderState.valueOf(row.getString("state")),
                        row.getString("author"),
                        row.getBoolean("by_policy")))
                .optional();
    }

    void came(OrderNews news, Instant now) {
        jdbc.sql("""
                        UPDATE slot_order SET state = :state, heard_at = :now, detail = COALESCE(:detail, detail),
                            begun_at = IF(:state = 'BEGUN', :time, begun_at),
                            ended_at = IF(:state = 'BEGUN', ended_at, :time),
                            killed = COALESCE(:killed, killed)
                        WHERE id = :id
                        """)
                .param("state", news.state().name())
                .param("now", now)
                .param("detail", news.detail())
                .param("time", news.time())
                .param("killed", news.killed() == null ? null : json.writeValueAsString(news.killed()))
                .param("id", news.id())
                .update();
    }

    /** When it was begun, heard after its end. */
    void begun(long id, Instant at) {
        jdbc.sql("UPDATE slot_order SET begun_at = COALESCE(begun_at, ?) WHERE id = ?")
                .params(at, id)
                .update();
    }

    /** The first that comes is kept. */
    void evidence(long id, SlotEvidence evidence) {
        jdbc.sql("UPDATE slot_order SET evidence = COALESCE(evidence, ?) WHERE id = ?")
                .params(form.write(evidence), id)
                .update();
    }

    /** Whether it was refused or failed on some node. */
    boolean inVain(long orderId) {
        return jdbc.sql(
                        "SELECT EXISTS (SELECT 1 FROM slot_order WHERE order_id = ? AND state IN ('REFUSED', 'FAILED'))")
                .param(orderId)
                .query(Boolean.class)
                .single();
    }

    /** A policy's order. */
    record PolicysOrder(long jobId, OrderKind kind, String policy) {}

    /** Orders of policies of which some slot's is about to be closed. */
    List<PolicysOrder> policiesOrdersExpired(Instant before) {
        return jdbc.sql("SELECT DISTINCT o.id, o.job_id, o.kind, o.author FROM slot_order s"
                        + " JOIN job_order o ON o.id = s.order_id"
                        + " WHERE s.state IN (:open) AND s.expires_at <= :before AND o.by_policy")
                .param("open", OPEN)
                .param("before", before)
                .query((row, number) -> new PolicysOrder(
                        row.getLong("job_id"), OrderKind.valueOf(row.getString("kind")), row.getString("author")))
                .list();
    }

    /** What no agent took in time. */
    void closeExpired(Instant before) {
        jdbc.sql("UPDATE slot_order SET state = 'EXPIRED' WHERE state IN (:open) AND expires_at <= :before")
                .param("open", OPEN)
                .param("before", before)
                .update();
    }

    /** What was ordered of slots that have ended. */
    void closeEnded() {
        List<Long> ids = jdbc.sql("SELECT o.id FROM slot_order o JOIN slot s ON s.id = o.slot_id"
                        + " WHERE o.state IN (:open) AND s.ended_at IS NOT NULL LIMIT 1000")
                .param("open", OPEN)
                .query((row, number) -> row.getLong(1))
                .list();
        if (!ids.isEmpty()) {
            jdbc.sql("UPDATE slot_order SET state = 'TOO_LATE' WHERE id IN (:ids) AND state IN (:open)")
                    .param("ids", ids)
                    .param("open", OPEN)
                    .update();
        }
    }

    /** What was begun and never ended, of jobs that are over: the agent or its node has gone. */
    void closeUnheard(Instant heardBefore) {
        List<Long> ids = jdbc.sql("SELECT o.id FROM slot_order o JOIN slot s ON s.id = o.slot_id"
                        + " JOIN job j ON j.id = s.job_id WHERE o.state = 'BEGUN' AND o.heard_at <= ?"
                        + " AND j.state NOT IN ('RUNNING', 'SILENT') LIMIT 1000")
                .param(heardBefore)
                .query((row, number) -> row.getLong(1))
                .list();
        if (!ids.isEmpty()) {
            jdbc.sql("UPDATE slot_order SET state = 'EXPIRED', detail = 'Begun, and nothing was heard of it since'"
                            + " WHERE id IN (:ids) AND state = 'BEGUN'")
                    .param("ids", ids)
                    .update();
        }
    }

    /** @return how many slots' orders were taken back */
    int withdraw(long orderId) {
        return jdbc.sql("UPDATE slot_order SET state = 'WITHDRAWN' WHERE order_id = :order AND state IN (:open)")
                .param("order", orderId)
                .param("open", OPEN)
                .update();
    }

    void withdrawn(long orderId, String who, Instant at) {
        jdbc.sql("UPDATE job_order SET withdrawn_by = ?, withdrawn_at = ? WHERE id = ?")
                .params(who, at, orderId)
                .update();
    }

    Optional<JobOrder> find(long orderId) {
        return orders("o.id = :key", orderId, 1).stream().findFirst();
    }

    /** The newest first. */
    List<JobOrder> ofJob(long jobId, int most) {
        return orders("o.job_id = :key", jobId, most);
    }

    private List<JobOrder> orders(String where, long key, int most) {
        Map<Long, JobOrder> orders = new LinkedHashMap<>();
        jdbc.sql("SELECT o.*, c.state, c.begun_at, c.ended_at, c.detail FROM job_order o"
                        + " LEFT JOIN order_command c ON c.order_id = o.id WHERE " + where
                        + " ORDER BY o.id DESC LIMIT :most")
                .param("key", key)
                .param("most", most)
                .query((ResultSet row) -> {
                    orders.put(row.getLong("id"), order(row, List.of()));
                });
        if (orders.isEmpty()) {
            return List.of();
        }
        record OfOrder(long orderId, SlotOrder slot) {}
        Map<Long, List<SlotOrder>> slots = jdbc
                .sql("""
                        SELECT o.*, o.evidence IS NOT NULL has_evidence, n.name FROM slot_order o
                            JOIN slot s ON s.id = o.slot_id JOIN node n ON n.id = s.node_id
                        WHERE o.order_id IN (:orders) ORDER BY n.name, s.id
                        """)
                .param("orders", orders.keySet())
                .query((row, number) -> new OfOrder(row.getLong("order_id"), slot(row)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        OfOrder::orderId, Collectors.mapping(OfOrder::slot, Collectors.toList())));
        return orders.values().stream()
                .map(order -> new JobOrder(
                        order.id(),
                        order.jobId(),
                        order.wish(),
                        order.author(),
                        order.byPolicy(),
                        order.reason(),
                        order.orderedAt(),
                        order.expiresAt(),
                        order.withdrawnBy(),
                        order.withdrawnAt(),
                        slots.getOrDefault(order.id(), List.of()),
                        order.command()))
                .toList();
    }

    private JobOrder order(ResultSet row, List<SlotOrder> slots) throws SQLException {
        return new JobOrder(
                row.getLong("id"),
                row.getLong("job_id"),
                json.readValue(row.getString("wish"), OrderWish.class),
                row.getString("author"),
                row.getBoolean("by_policy"),
                row.getString("reason"),
                row.getObject("ordered_at", Instant.class),
                row.getObject("expires_at", Instant.class),
                row.getString("withdrawn_by"),
                row.getObject("withdrawn_at", Instant.class),
                slots,
                command(row));
    }

    private static @Nullable OrderCommand command(ResultSet row) throws SQLException {
        String state = row.getString("state");
        return state == null
                ? null
                : new OrderCommand(
                        OrderState.valueOf(state),
                        row.getObject("begun_at", Instant.class),
                        row.getObject("ended_at", Instant.class),
                        row.getString("detail"));
    }

    private SlotOrder slot(ResultSet row) throws SQLException {
        String killed = row.getString("killed");
        return new SlotOrder(
                row.getLong("slot_id"),
                row.getString("name"),
                OrderState.valueOf(row.getString("state")),
                row.getObject("told_at", Instant.class),
                row.getObject("begun_at", Instant.class),
                row.getObject("ended_at", Instant.class),
                row.getString("detail"),
                killed == null ? null : json.readValue(killed, SlotOrder.Killed.class),
                row.getBoolean("has_evidence"));
    }

    /** What the job was doing on a node when the order was begun. */
    Optional<SlotEvidence> evidence(long orderId, long slotId) {
        return jdbc.sql("SELECT evidence FROM slot_order"
                        + " WHERE order_id = ? AND slot_id = ? AND evidence IS NOT NULL")
                .params(orderId, slotId)
                .query((row, number) -> form.read(row.getBytes(1)))
                .optional();
    }
}
