package org.slotwarden.portal.rule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.SiteRule;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;

/** Rules, their versions and who did what, in the database. */
@Repository
class RuleStore {

    private static final String VERSION = """
            SELECT v.*, r.name, r.live_version, r.live_since, r.retired_at,
                EXISTS (SELECT 1 FROM rule_trial t WHERE t.version_id = v.id AND t.state IN ('COMPLETE', 'OUT_OF_TIME'))
                    AS tried
            FROM rule_version v JOIN rule r ON r.id = v.rule_id
            """;

    private final JdbcClient jdbc;

    RuleStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String NEWEST =
            " WHERE v.version = (SELECT MAX(version) FROM rule_version n WHERE n.rule_id = v.rule_id)";

    /** By name, but for those that are retired. */
    List<Rule> rules() {
        return jdbc.sql(VERSION + NEWEST + " AND r.in_use ORDER BY r.name")
                .query(RuleStore::rule)
                .list();
    }

    /** Those that were retired last first, 200 at most. */
    List<Rule> retired() {
        return jdbc.sql(VERSION + NEWEST
                        + " AND r.retired_at IS NOT NULL ORDER BY r.retired_at DESC, r.id DESC LIMIT 200")
                .query(RuleStore::rule)
                .list();
    }

    Optional<Rule> find(long id) {
        return jdbc.sql(VERSION + " WHERE v.rule_id = ? ORDER BY v.version DESC LIMIT 1")
                .param(id)
                .query(RuleStore::rule)
                .optional();
    }

    /** The row stays locked until the transaction ends. */
    boolean lock(long id) {
        return jdbc.sql("SELECT id FROM rule WHERE id = ? FOR UPDATE")
                .param(id)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** The newest first. */
    List<RuleVersion> versions(long ruleId) {
        return jdbc.sql(VERSION + " WHERE v.rule_id = ? ORDER BY v.version DESC")
                .param(ruleId)
                .query((row, number) -> version(row))
                .list();
    }

    List<RuleVersion> live() {
        return jdbc.sql(VERSION + " WHERE v.version = r.live_version ORDER BY v.id")
                .query((row, number) -> version(row))
                .list();
    }

    /** When each live version was switched on. */
    Instant liveSince(long ruleId) {
        return jdbc.sql("SELECT live_since FROM rule WHERE id = ?")
                .param(ruleId)
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
    }

    long count() {
        return jdbc.sql("SELECT COUNT(*) FROM rule WHERE in_use")
                .query(Long.class)
                .single();
    }

    /** @throws DuplicateKeyException when a rule of this name is there that is not retired */
    long create(String name) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO rule (name) VALUES (?)").param(name).update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the rule no id");
        }
        return id.longValue();
    }

    void add(long ruleId, int version, SiteRule rule, String who, Instant at) {
        jdbc.sql("""
                        INSERT INTO rule_version (rule_id, version, expression, dwell_seconds, clear_seconds, severity,
                            hint, saved_by, saved_at)
                        VALUES (:rule, :version, :expression, :dwell, :clear, :severity, :hint, :who, :at)
                        """)
                .param("rule", ruleId)
                .param("version", version)
                .param("expression", rule.expression().source())
                .param("dwell", rule.dwellSeconds())
                .param("clear", rule.clearSeconds())
                .param("severity", rule.severity().name())
                .param("hint", rule.hint())
                .param("who", who)
                .param("at", Timestamp.from(at))
                .update();
    }

    void live(long ruleId, @Nullable Integer version, @Nullable Instant since) {
        jdbc.sql("UPDATE rule SET live_version = :version, live_since = :since WHERE id = :id")
                .param("version", version)
                .param("since", since == null ? null : Timestamp.from(since))
                .param("id", ruleId)
                .update();
    }

    void retire(long ruleId, Instant at) {
        jdbc.sql("UPDATE rule SET retired_at = ? WHERE id = ?")
                .params(Timestamp.from(at), ruleId)
                .update();
    }

    void audit(long ruleId, String who, RuleAction action, int version, Instant at) {
        jdbc.sql("INSERT INTO rule_audit (rule_id, at, who, action, version) VALUES (?, ?, ?, ?, ?)")
                .params(ruleId, Timestamp.from(at), who, action.name(), version)
                .update();
    }

    /** The newest first, 200 at most. */
    List<RuleDone> done(long ruleId) {
        return jdbc.sql("SELECT at, who, action, version FROM rule_audit WHERE rule_id = ? ORDER BY id DESC LIMIT 200")
                .param(ruleId)
                .query((row, number) -> new RuleDone(
                        row.getTimestamp("at").toInstant(),
                        row.getString("who"),
                        RuleAction.valueOf(row.getString("action")),
                        row.getInt("version")))
                .list();
    }

    /** Grows with everything that is done. */
    long lastDone() {
        return jdbc.sql("SELECT COALESCE(MAX(id), 0) FROM rule_audit")
                .query(Long.class)
                .single();
    }

    /** By version: what was done last with its rule's being live. */
    Map<Long, String> whyNot(Collection<Long> versionIds) {
        Map<Long, String> why = new HashMap<>();
        if (!versionIds.isEmpty()) {
            jdbc.sql("""
                            SELECT v.id, a.who, a.action, a.version FROM rule_version v
                            JOIN rule_audit a ON a.id = (SELECT MAX(b.id) FROM rule_audit b
                                WHERE b.rule_id = v.rule_id AND b.action IN ('SWITCHED_ON', 'SWITCHED_OFF'))
                            WHERE v.id IN (:versions)
                            """).param("versions", versionIds).query((ResultSet row) -> {
                RuleAction action = RuleAction.valueOf(row.getString("action"));
                why.put(row.getLong("id"), row.getString("who") + " " + action.words(row.getInt("version")));
            });
        }
        return why;
    }

    private static Rule rule(ResultSet row, int number) throws SQLException {
        Timestamp since = row.getTimestamp("live_since");
        Timestamp retired = row.getTimestamp("retired_at");
        return new Rule(
                row.getLong("rule_id"),
                row.getString("name"),
                row.getObject("live_version", Integer.class),
                since == null ? null : since.toInstant(),
                retired == null ? null : retired.toInstant(),
                version(row));
    }

    private static RuleVersion version(ResultSet row) throws SQLException {
        return new RuleVersion(
                row.getLong("id"),
                row.getLong("rule_id"),
                row.getString("name"),
                row.getInt("version"),
                row.getString("expression"),
                row.getDouble("dwell_seconds"),
                row.getDouble("clear_seconds"),
                Severity.valueOf(row.getString("severity")),
                row.getString("hint"),
                row.getString("saved_by"),
                row.getTimestamp("saved_at").toInstant(),
                row.getBoolean("tried"));
    }
}
