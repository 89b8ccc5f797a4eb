package org.slotwarden.portal.policy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Policies and their versions in the database. */
@Repository
class PolicyStore {

    private static final String VERSION = """
            SELECT v.*, p.name, p.state, p.live_version, p.live_since, p.asked_version, p.asked_by, p.asked_at,
                EXISTS (SELECT 1 FROM policy_backtest b WHERE b.version_id = v.id AND b.shows_enough) AS backtested
            FROM policy_version v JOIN policy p ON p.id = v.policy_id
            """;
    private static final String NEWEST =
            "v.version = (SELECT MAX(version) FROM policy_version n WHERE n.policy_id = v.policy_id)";
    private static final String FOLLOWED =
            "((p.state = 'ON' AND v.version = p.live_version) OR (p.state = 'DRY_RUN' AND " + NEWEST + "))";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    PolicyStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** By name. */
    List<Policy> policies() {
        return jdbc.sql(VERSION + " WHERE " + NEWEST + " ORDER BY p.name")
                .query(this::policy)
                .list();
    }

    Optional<Policy> find(long id) {
        return jdbc.sql(VERSION + " WHERE v.policy_id = ? ORDER BY v.version DESC LIMIT 1")
                .param(id)
                .query(this::policy)
                .optional();
    }

    /** The newest first. */
    List<PolicyVersion> versions(long policyId) {
        return jdbc.sql(VERSION + " WHERE v.policy_id = ? ORDER BY v.version DESC")
                .param(policyId)
                .query((row, number) -> version(row))
                .list();
    }

    /** The row stays locked until the transaction ends. */
    boolean lock(long id) {
        return jdbc.sql("SELECT id FROM policy WHERE id = ? FOR UPDATE")
                .param(id)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** What the engine follows now. */
    List<Running> running() {
        return jdbc.sql(VERSION + " WHERE " + FOLLOWED + " ORDER BY p.id")
                .query(this::followed)
                .list();
    }

    /** What the engine follows of a policy; nobody changes that until the transaction ends. */
    Optional<Running> lockRunning(long policyId) {
        boolean there = jdbc.sql("SELECT id FROM policy WHERE id = ? LOCK IN SHARE MODE")
                .param(policyId)
                .query(Long.class)
                .optional()
                .isPresent();
        return there
                ? jdbc.sql(VERSION + " WHERE p.id = ? AND " + FOLLOWED)
                        .param(policyId)
                        .query(this::followed)
                        .optional()
                : Optional.empty();
    }

    long count() {
        return jdbc.sql("SELECT COUNT(*) FROM policy").query(Long.class).single();
    }

    boolean taken(String name) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM policy WHERE name = ?)")
                .param(name)
                .query(Boolean.class)
                .single();
    }

    /** Whether there is a rule of the site of this name that is not retired. */
    boolean ruleExists(String name) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM rule WHERE name = ? AND in_use)")
                .param(name)
                .query(Boolean.class)
                .single();
    }

    long create(String name) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO policy (name, state) VALUES (?, 'DRY_RUN')")
                .param(name)
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the policy no id");
        }
        return id.longValue();
    }

    void add(long policyId, int version, PolicyTerms terms, String who, Instant at) {
        jdbc.sql("INSERT INTO policy_version (policy_id, version, terms, saved_by, saved_at) VALUES (?, ?, ?, ?, ?)")
                .params(policyId, version, json.writeValueAsString(terms), who, at)
                .update();
    }

    /** Nothing is asked for any more. */
    void state(long policyId, PolicyState state, @Nullable Integer version, @Nullable Instant since) {
        jdbc.sql("UPDATE policy SET state = :state, live_version = :version, live_since = :since,"
                        + " asked_version = NULL, asked_by = NULL, asked_at = NULL WHERE id = :id")
                .param("state", state.name())
                .param("version", version)
                .param("since", since)
                .param("id", policyId)
                .update();
    }

    void asked(long policyId, int version, String who, Instant at) {
        jdbc.sql("UPDATE policy SET asked_version = ?, asked_by = ?, asked_at = ? WHERE id = ?")
                .params(version, who, at, policyId)
                .update();
    }

    void keep(long versionId, Backtest made) {
        jdbc.sql(
                        "INSERT INTO policy_backtest (version_id, made_by, made_at, shows_enough, result) VALUES (?, ?, ?, ?, ?)")
                .params(versionId, made.madeBy(), made.madeAt(), made.showsEnough(), json.writeValueAsString(made))
                .update();
    }

    Optional<Backtest> backtest(long versionId) {
        return jdbc.sql("SELECT result FROM policy_backtest WHERE version_id = ? ORDER BY id DESC LIMIT 1")
                .param(versionId)
                .query(String.class)
                .optional()
                .map(text -> json.readValue(text, Backtest.class));
    }

    private Running followed(ResultSet row, int number) throws SQLException {
        PolicyVersion version = version(row);
        return new Running(
                version.policyId(),
                row.getString("name"),
                version.id(),
                version.version(),
                !row.getString("state").equals(PolicyState.ON.name()),
                version.terms());
    }

    private Policy policy(ResultSet row, int number) throws SQLException {
        return new Policy(
                row.getLong("policy_id"),
                row.getString("name"),
                PolicyState.valueOf(row.getString("state")),
                row.getObject("live_version", Integer.class),
                row.getObject("live_since", Instant.class),
                row.getObject("asked_version", Integer.class),
                row.getString("asked_by"),
                row.getObject("asked_at", Instant.class),
                version(row));
    }

    private PolicyVersion version(ResultSet row) throws SQLException {
        return new PolicyVersion(
                row.getLong("id"),
                row.getLong("policy_id"),
                row.getInt("version"),
                json.readValue(row.getString("terms"), PolicyTerms.class),
                row.getString("saved_by"),
                row.getObject("saved_at", Instant.class),
                row.getBoolean("backtested"));
    }
}
