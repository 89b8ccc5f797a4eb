package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.job.JobDetails.SlotSummary;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Looks jobs up. Nobody is shown what is not theirs: what a viewer may not see does not exist for them. */
@Service
@ReadsOnly
public class JobQueries {

    /** Where a search finds more, {@link Found#total} is this. */
    public static final int MOST_COUNTED = JobSearch.MOST;

    /** A page of jobs and how many there are in all, {@link #MOST_COUNTED} at most. */
    public record Found(List<JobSummary> jobs, long total) {}

    private static final int MOST_LOSSES = 20;
    private static final int MOST_EXECUTABLES = 20;
    private static final TypeReference<Map<String, Number>> FIGURES = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final SlotDetailRows rows;
    private final JsonMapper json;
    private final Clock clock;

    JobQueries(JdbcClient jdbc, SlotDetailRows rows, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.json = json;
        this.clock = clock;
    }

    /**
     * @param page from 0
     * @param size 1 to 500
     */
    public Found search(JobFilter filter, JobSort sort, int page, int size, Viewer viewer) {
        var search = new JobSearch(filter, viewer);
        long total = count(search.count(), search);
        long offset = (long) page * size;
        List<Long> ids = JobSearch.byTime(sort) && !sort.descending()
                ? oldestFirst(search, sort, size, offset)
                : ids(search.inOrder(sort, total), search, size, offset);
        Map<Long, JobSummary> summaries = summaries(ids);
        return new Found(
                ids.stream().filter(summaries::containsKey).map(summaries::get).toList(), total);
    }

    /** By id, whoever looks. */
    Map<Long, JobSummary> summaries(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<Long, List<String>> nodes = nodes(ids);
        return jdbc
                .sql("SELECT * FROM job WHERE id IN (:ids)")
                .param("ids", ids)
                .query((row, number) -> summary(row, nodes.getOrDefault(row.getLong("id"), List.of())))
                .stream()
                .collect(Collectors.toMap(JobSummary::id, summary -> summary));
    }

    private List<Long> oldestFirst(JobSearch search, JobSort sort, int size, long offset) {
        List<Long> ids = new ArrayList<>(ids(search.known(sort), search, size, offset));
        if (ids.size() < size) {
            long known = ids.isEmpty() ? count(search.countKnown(sort), search) : offset + ids.size();
            ids.addAll(ids(search.unknown(sort), search, size - ids.size(), Math.max(0, offset - known)));
        }
        return ids;
    }

    private long count(String sql, JobSearch search) {
        return jdbc.sql(sql).params(search.parameters()).query(Long.class).single();
    }

    private List<Long> ids(String sql, JobSearch search, int size, long offset) {
        return jdbc.sql(sql + " LIMIT :size OFFSET :offset")
                .params(search.parameters())
                .param("size", size)
                .param("offset", offset)
                .query((row, number) -> row.getLong(1))
                .list();
    }

    /** Without its slots and what they tell. */
    public Optional<JobSummary> summary(long id, Viewer viewer) {
        return Optional.ofNullable(summaries(List.of(id)).get(id)).filter(job -> viewer.maySee(job.user()));
    }

    public Optional<JobDetails> find(long id, Viewer viewer) {
        return find(id).filter(job -> viewer.maySee(job.summary().user()));
    }

    /** For the portal's own judgement, not for people: no viewer is asked. */
    public Optional<JobDetails> find(long id) {
        List<SlotSummary> slots = slots(id);
        List<String> nodes = slots.stream().map(SlotSummary::node).distinct().toList();
        return jdbc.sql("SELECT * FROM job WHERE id = ?")
                .param(id)
                .query((row, number) -> details(row, nodes, slots))
                .optional();
    }

    private Map<Long, List<String>> nodes(Collection<Long> jobIds) {
        record OnNode(long jobId, String node) {}
        return jdbc.sql("""
                        SELECT DISTINCT s.job_id, n.name node FROM slot s JOIN node n ON n.id = s.node_id
                        WHERE s.job_id IN (:ids) ORDER BY n.name
                        """).param("ids", jobIds).query(OnNode.class).list().stream()
                .collect(Collectors.groupingBy(OnNode::jobId, Collectors.mapping(OnNode::node, Collectors.toList())));
    }

    private List<SlotSummary> slots(long jobId) {
        return jdbc.sql("""
                        SELECT s.id, s.slot_key slot_id, n.name node, s.cores, s.memory_bytes, s.started_at, s.ended_at,
                            s.batch_state, s.exit_code, s.end_signal, s.sample_interval_seconds, s.last_sample_at,
                            s.membership, s.progress_fraction, s.progress_text, s.progress_at, s.latest_figures
                        FROM slot s JOIN node n ON n.id = s.node_id WHERE s.job_id = ? ORDER BY n.name, s.id
                        """)
                .param(jobId)
                .query((row, number) -> new SlotSummary(
                        row.getLong("id"),
                        row.getString("slot_id"),
                        row.getString("node"),
                        row.getObject("cores", Integer.class),
                        row.getObject("memory_bytes", Long.class),
                        row.getObject("started_at", Instant.class),
                        row.getObject("ended_at", Instant.class),
                        row.getString("batch_state"),
                        row.getObject("exit_code", Integer.class),
                        row.getObject("end_signal", Integer.class),
                        row.getObject("sample_interval_seconds", Double.class),
                        row.getObject("last_sample_at", Instant.class),
                        row.getString("membership"),
                        progress(row),
                        latest(row.getString("latest_figures"))))
                .list();
    }

    private JobDetails details(ResultSet row, List<String> nodes, List<SlotSummary> slots) throws SQLException {
        return new JobDetails(
                summary(row, nodes),
                row.getObject("uid", Long.class),
                row.getObject("gid", Long.class),
                row.getObject("node_count", Integer.class),
                row.getString("work_directory"),
                row.getString("standard_output"),
                row.getString("standard_error"),
                row.getString("comment"),
                row.getString("command"),
                row.getObject("submitted_at", Instant.class),
                row.getString("batch_state"),
                row.getObject("exit_code", Integer.class),
                row.getObject("end_signal", Integer.class),
                row.getObject("read_bytes", Long.class),
                row.getObject("write_bytes", Long.class),
                sampleInterval(row, slots),
                slots.stream()
                        .map(SlotSummary::progress)
                        .filter(Objects::nonNull)
                        .max(Comparator.comparing(
                                progress -> progress.fraction() == null ? Double.valueOf(-1) : progress.fraction()))
                        .orElse(null),
                sockets(slots),
                executables(row.getLong("id")),
                rows.samplesGivenUp(row.getLong("id")),
                rows.losses(row.getLong("id"), MOST_LOSSES),
                slots);
    }

    private static @Nullable JobProgress progress(ResultSet row) throws SQLException {
        Double fraction = row.getObject("progress_fraction", Double.class);
        String text = row.getString("progress_text");
        Instant at = row.getObject("progress_at", Instant.class);
        return fraction == null && text == null ? null : new JobProgress(fraction, text, at);
    }

    private Map<String, Number> latest(@Nullable String figures) {
        return figures == null ? Map.of() : json.readValue(figures, FIGURES);
    }

    private static Map<String, Long> sockets(List<SlotSummary> slots) {
        Map<String, Long> sockets = new TreeMap<>();
        slots.forEach(slot -> slot.latest().forEach((metric, level) -> {
            if (metric.startsWith("sockets_")) {
                sockets.merge(metric, level.longValue(), Long::sum);
            }
        }));
        return sockets;
    }

    private List<SlotExecutable> executables(long jobId) {
        Map<String, SlotExecutable> byName = new HashMap<>();
        rows.executables(jobId).values().stream()
                .flatMap(List::stream)
                .forEach(executable -> byName.merge(executable.name(), executable, SlotExecutable::and));
        return byName.values().stream()
                .sorted(Comparator.comparing(
                                (SlotExecutable executable) ->
                                        executable.cpuSeconds() == null ? Double.valueOf(-1) : executable.cpuSeconds(),
                                Comparator.reverseOrder())
                        .thenComparing(SlotExecutable::name))
                .limit(MOST_EXECUTABLES)
                .toList();
    }

    private @Nullable Double sampleInterval(ResultSet row, List<SlotSummary> slots) throws SQLException {
        Instant until = row.getObject("requested_interval_until", Instant.class);
        if (until != null && until.isAfter(clock.instant())) {
            return row.getDouble("requested_interval_seconds");
        }
        return slots.stream()
                .map(SlotSummary::sampleIntervalSeconds)
                .filter(interval -> interval != null)
                .min(Double::compare)
                .orElse(null);
    }

    private static JobSummary summary(ResultSet row, List<String> nodes) throws SQLException {
        return new JobSummary(
                row.getLong("id"),
                row.getString("batch_system"),
                row.getString("cluster"),
                row.getString("batch_job_id"),
                row.getObject("restart_count", Integer.class),
                row.getString("array_id"),
                row.getObject("array_index", Long.class),
                row.getString("name"),
                row.getString("user_name"),
                row.getString("group_name"),
                row.getString("account"),
                row.getString("queue"),
                nodes,
                JobState.valueOf(row.getString("state")),
                row.getObject("started_at", Instant.class),
                row.getObject("ended_at", Instant.class),
                row.getObject("requested_cores", Integer.class),
                row.getObject("requested_memory_bytes", Long.class),
                row.getObject("wall_time_limit_seconds", Long.class),
                row.getObject("last_sample_at", Instant.class),
                row.getObject("cores_used", Double.class),
                row.getObject("cpu_seconds", Double.class),
                row.getObject("memory_rss_bytes", Long.class),
                row.getObject("max_memory_rss_bytes", Long.class),
                row.getObject("processes", Integer.class),
                row.getObject("open_sockets", Integer.class),
                flags(row.getString("open_flags")));
    }

    private static Set<String> flags(String kinds) {
        return kinds.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(kinds.split(",")));
    }
}
