package org.slotwarden.portal.node;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How the agents themselves are: the latest of each process, and a series. */
@Service
@Transactional
public class AgentProcesses {

    private static final int MOST_SHOWN = 20;
    private static final TypeReference<List<AgentStatus.ErrorCount>> ERRORS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final NamedParameterJdbcTemplate named;
    private final JsonMapper json;
    private final NodeSettings settings;
    private final Clock clock;

    AgentProcesses(
            JdbcClient jdbc,
            JdbcTemplate template,
            NamedParameterJdbcTemplate named,
            JsonMapper json,
            NodeSettings settings,
            Clock clock) {
        this.jdbc = jdbc;
        this.named = named;
        this.template = template;
        this.json = json;
        this.settings = settings;
        this.clock = clock;
    }

    /** How a process of a node's agent told that it is. */
    public record Told(long nodeId, String version, AgentStatus status) {}

    /** Processes told how they are. What is not newer than what is known changes nothing. */
    public void report(List<Told> told) {
        if (told.isEmpty()) {
            return;
        }
        SqlParameterSource[] rows = told.stream()
                .map(one -> new MapSqlParameterSource(columns(one)))
                .toArray(SqlParameterSource[]::new);
        Set<String> columns = columns(told.getFirst()).keySet();
        String updates = columns.stream()
                .filter(column -> !column.equals("cores_used"))
                .filter(column -> !column.equals("time"))
                .map(column -> column + " = IF(VALUE(time) > time, VALUE(" + column + "), " + column + ")")
                .collect(Collectors.joining(", "));
        // Assignments take effect one after the other: first what compares old and new, the time last.
        named.batchUpdate(
                "INSERT INTO agent_process (" + String.join(", ", columns) + ") VALUES (:"
                        + String.join(", :", columns) + ")" + """
                         ON DUPLICATE KEY UPDATE
                            cores_used = IF(VALUE(time) > time,
                                IF(VALUE(cpu_seconds) >= cpu_seconds, (VALUE(cpu_seconds) - cpu_seconds) * 1000000
                                    / TIMESTAMPDIFF(MICROSECOND, time, VALUE(time)), NULL), cores_used),
                        """ + updates
                        + ", time = GREATEST(time, VALUE(time))",
                rows);
        named.batchUpdate("""
                INSERT INTO agent_sample (node_id, time, started_at, own_process_of_slot, cpu_seconds,
                    memory_rss_bytes, memory_pss_bytes, spool_bytes, lag_seconds)
                VALUES (:node_id, :time, :started_at, :own_process_of_slot, :cpu_seconds,
                    :memory_rss_bytes, :memory_pss_bytes, :spool_bytes, :lag_seconds)
                ON DUPLICATE KEY UPDATE node_id = node_id
                """, rows);
        addUp(told.stream().map(Told::nodeId).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static @Nullable Double sinceStart(AgentStatus status) {
        double seconds = Duration.between(status.startedAt(), status.time()).toMillis() / 1000.0;
        return status.cpuSeconds() == null || seconds <= 0 ? null : (Double) (status.cpuSeconds() / seconds);
    }

    private Map<String, @Nullable Object> columns(Told told) {
        AgentStatus status = told.status();
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("node_id", told.nodeId());
        columns.put("version", told.version());
        columns.put("heard_at", clock.instant());
        columns.put("cores_used", sinceStart(status));
        columns.put("time", status.time());
        columns.put("started_at", status.startedAt());
        columns.put("own_process_of_slot", status.ownProcessOfSlot());
        columns.put("after_crash", status.afterCrash());
        columns.put("cpu_seconds", status.cpuSeconds());
        columns.put("memory_rss_bytes", status.memoryRssBytes());
        columns.put("memory_pss_bytes", status.memoryPssBytes());
        columns.put("threads", status.threads());
        columns.put("open_files", status.openFiles());
        columns.put("slots", status.slots());
        columns.put("spool_bytes", status.spoolBytes());
        columns.put("reports_waiting", status.reportsWaiting());
        columns.put("lag_seconds", status.lagSeconds());
        columns.put("sample_cpu_seconds", status.sampleCpuSeconds());
        columns.put("sample_late_seconds", status.sampleLateSeconds());
        columns.put("samples_taken", status.samplesTaken());
        columns.put("samples_given_up", status.samplesGivenUp());
        columns.put("samples_held_back", status.samplesHeldBack());
        columns.put("error_count", status.errorCount());
        columns.put("errors", status.errors().isEmpty() ? null : json.writeValueAsString(status.errors()));
        return columns;
    }

    /** In this order: who looked through all nodes would wait for those that another transaction has locked. */
    private void addUp(Set<Long> nodeIds) {
        jdbc.sql("""
                        UPDATE (
                            SELECT node_id, COUNT(*) processes, SUM(cores_used) cores, SUM(spool_bytes) spool,
                                SUM(COALESCE(memory_pss_bytes, memory_rss_bytes)) memory, MAX(lag_seconds) lag,
                                SUM(samples_given_up) given_up, SUM(error_count) errors
                            FROM agent_process FORCE INDEX (PRIMARY)
                            WHERE node_id IN (:nodes) AND heard_at >= :earliest GROUP BY node_id) a
                            STRAIGHT_JOIN node n ON n.id = a.node_id
                        SET n.agent_processes = a.processes, n.agent_cores_used = a.cores,
                            n.agent_memory_bytes = LEAST(a.memory, 9007199254740992),
                            n.agent_spool_bytes = LEAST(a.spool, 9007199254740992), n.agent_lag_seconds = a.lag,
                            n.agent_samples_given_up = LEAST(a.given_up, 9007199254740992),
                            n.agent_errors = LEAST(a.errors, 9007199254740992)
                        """).param("nodes", nodeIds).param("earliest", earliest()).update();
    }

    private Instant earliest() {
        return clock.instant().minus(settings.silentAfter());
    }

    /** Those that report first, the latest heard of first. */
    @Transactional(readOnly = true)
    public List<AgentProcess> ofNode(long nodeId) {
        Instant earliest = earliest();
        return jdbc.sql("SELECT * FROM agent_process WHERE node_id = ? ORDER BY heard_at DESC, started_at DESC LIMIT ?")
                .params(nodeId, MOST_SHOWN)
                .query((row, number) -> process(row, earliest))
                .list();
    }

    private AgentProcess process(ResultSet row, Instant earliest) throws SQLException {
        Instant heardAt = row.getObject("heard_at", Instant.class);
        String errors = row.getString("errors");
        return new AgentProcess(
                row.getString("version"),
                heardAt,
                !heardAt.isBefore(earliest),
                new AgentStatus(
                        row.getObject("time", Instant.class),
                        row.getObject("started_at", Instant.class),
                        row.getBoolean("after_crash"),
                        row.getBoolean("own_process_of_slot"),
                        row.getObject("cores_used", Double.class),
                        row.getObject("cpu_seconds", Double.class),
                        row.getObject("memory_rss_bytes", Long.class),
                        row.getObject("memory_pss_bytes", Long.class),
                        row.getObject("threads", Integer.class),
                        row.getObject("open_files", Integer.class),
                        row.getObject("slots", Integer.class),
                        row.getObject("spool_bytes", Long.class),
                        row.getObject("reports_waiting", Integer.class),
                        row.getObject("lag_seconds", Double.class),
                        row.getObject("sample_cpu_seconds", Double.class),
                        row.getObject("sample_late_seconds", Double.class),
                        row.getObject("samples_taken", Long.class),
                        row.getObject("samples_given_up", Long.class),
                        row.getObject("samples_held_back", Integer.class),
                        errors == null ? List.of() : json.readValue(errors, ERRORS)));
    }

    /**
     * All processes that were heard of lately, over the whole site.
     *
     * @param greatestMemoryBytes of one process, like the other greatest ones
     */
    public record Site(
            long processes,
            double coresUsed,
            long memoryBytes,
            long greatestMemoryBytes,
            long spoolBytes,
            long greatestSpoolBytes,
            long reportsWaiting,
            double greatestLagSeconds,
            double greatestSampleLateSeconds,
            long samplesGivenUp,
            long samplesHeldBack,
            long errors) {}

    @Transactional(readOnly = true)
    public Site site() {
        return jdbc.sql("""
                        SELECT COUNT(*) processes, COALESCE(SUM(cores_used), 0) cores_used,
                            COALESCE(SUM(memory_rss_bytes), 0) memory_bytes,
                            COALESCE(MAX(memory_rss_bytes), 0) greatest_memory_bytes,
                            COALESCE(SUM(spool_bytes), 0) spool_bytes,
                            COALESCE(MAX(spool_bytes), 0) greatest_spool_bytes,
                            COALESCE(SUM(reports_waiting), 0) reports_waiting,
                            COALESCE(MAX(lag_seconds), 0) greatest_lag_seconds,
                            COALESCE(MAX(sample_late_seconds), 0) greatest_sample_late_seconds,
                            COALESCE(SUM(samples_given_up), 0) samples_given_up,
                            COALESCE(SUM(samples_held_back), 0) samples_held_back,
                            COALESCE(SUM(error_count), 0) errors
                        FROM agent_process WHERE heard_at >= ?
                        """).param(earliest()).query(Site.class).single();
    }

    /** As {@link NodeSamples#between}, with the rates of counters: the processes are put together. */
    @Transactional(readOnly = true)
    NodeSamples.Columns between(long nodeId, Collection<NodeSeries.OfAgent> wanted, Instant from, Instant to) {
        var lines = new AgentLines(
                wanted.stream().map(NodeSeries.OfAgent::metric).distinct().toList());
        template.query(
                "SELECT * FROM agent_sample WHERE node_id = ? AND time >= ? AND time < ? ORDER BY time",
                row -> {
                    lines.add(row);
                },
                nodeId,
                Timestamp.from(from),
                Timestamp.from(to));
        List<Instant> times = lines.times();
        Map<String, List<@Nullable Double>> values = new HashMap<>();
        for (NodeSeries.OfAgent one : wanted) {
            List<@Nullable Double> line = new ArrayList<>();
            times.forEach(time -> line.add(lines.at(time, one.metric())));
            values.put(one.name(), Collections.unmodifiableList(line));
        }
        return new NodeSamples.Columns(times, values);
    }
}
