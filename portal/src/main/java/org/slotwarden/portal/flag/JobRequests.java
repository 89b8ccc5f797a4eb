package org.slotwarden.portal.flag;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.rule.JobNames;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what jobs asked for, of many at a time. */
@Repository
class JobRequests {

    private final JdbcClient jdbc;
    private final Baselines baselines;
    private final Clock clock;

    JobRequests(JdbcClient jdbc, Baselines baselines, Clock clock) {
        this.jdbc = jdbc;
        this.baselines = baselines;
        this.clock = clock;
    }

    private record Slot(
            long id,
            String node,
            @Nullable Integer cores,
            @Nullable Long memoryBytes,
            @Nullable Double intervalSeconds,
            boolean ended,
            JobRequest.Place place) {}

    /** Of those of these jobs that are live, by id. */
    Map<Long, JobRequest> ofLive(Collection<Long> jobIds) {
        return requests(jobIds, true);
    }

    /**
     * Other members of an array, with the highest numbers first, with all slots that they ever had.
     *
     * @param since those that ended before are not among them
     */
    Map<Long, JobRequest> ofPeers(JobRequest.Member member, Instant since, int most) {
        List<Long> jobIds = jdbc.sql("""
                        SELECT id FROM job WHERE array_id = :id AND batch_system = :system AND cluster = :cluster
                            AND array_index <> :index AND (ended_at IS NULL OR ended_at >= :since)
                        ORDER BY array_index DESC, run DESC LIMIT :most
                        """)
                .param("id", member.array().id())
                .param("system", member.array().batchSystem())
                .param("cluster", member.array().cluster())
                .param("index", member.index())
                .param("since", since)
                .param("most", most)
                .query((row, number) -> row.getLong("id"))
                .list();
        return jobIds.isEmpty() ? Map.of() : requests(jobIds, false);
    }

    /** Of these jobs, with all slots that they ever had, by id. */
    Map<Long, JobRequest> ofAny(Collection<Long> jobIds) {
        return requests(jobIds, false);
    }

    /** @param live whether only jobs and slots are wanted that have not ended */
    private Map<Long, JobRequest> requests(Collection<Long> jobIds, boolean live) {
        Map<Long, JobRequest> requests = new HashMap<>();
        Map<Long, List<Slot>> slots = slots(jobIds);
        jdbc.sql("""
                        SELECT id, requested_cores, requested_memory_bytes, node_count, requested_interval_seconds,
                            requested_interval_until, wall_time_limit_seconds, started_at, user_name, name,
                            group_name, account, queue, batch_system, cluster, array_id, array_index
                        FROM job WHERE id IN (:jobs) AND (state IN ('RUNNING', 'SILENT') OR NOT :live)
                        """).param("jobs", jobIds).param("live", live).query((ResultSet row) -> {
            long id = row.getLong("id");
            requests.put(id, request(row, slots.getOrDefault(id, List.of()), live));
        });
        return requests;
    }

    private Map<Long, List<Slot>> slots(Collection<Long> jobIds) {
        Map<Long, List<Slot>> slots = new HashMap<>();
        jdbc.sql("""
                        SELECT s.job_id, s.id, n.name, s.cores, s.memory_bytes, s.sample_interval_seconds, s.ended_at,
                            s.node_id, n.logical_cores, n.link_bytes_per_second
                        FROM slot s JOIN node n ON n.id = s.node_id WHERE s.job_id IN (:jobs)
                        """).param("jobs", jobIds).query((ResultSet row) -> {
            slots.computeIfAbsent(row.getLong("job_id"), job -> new ArrayList<>())
                    .add(new Slot(
                            row.getLong("id"),
                            row.getString("name").intern(),
                            row.getObject("cores", Integer.class),
                            row.getObject("memory_bytes", Long.class),
                            row.getObject("sample_interval_seconds", Double.class),
                            row.getObject("ended_at") != null,
                            new JobRequest.Place(
                                    row.getLong("node_id"),
                                    row.getObject("logical_cores", Integer.class),
                                    row.getObject("link_bytes_per_second", Long.class))));
        });
        return slots;
    }

    private JobRequest request(ResultSet row, List<Slot> slots, boolean live) throws SQLException {
        Instant until = row.getObject("requested_interval_until", Instant.class);
        Double interval = until != null && until.isAfter(clock.instant())
                ? row.getObject("requested_interval_seconds", Double.class)
                : slots.stream()
                        .map(Slot::intervalSeconds)
                        .filter(Objects::nonNull)
                        .min(Double::compare)
                        .orElse(null);
        Map<Long, JobRequest.Slot> known = new HashMap<>();
        slots.stream()
                .filter(slot -> !live || !slot.ended())
                .forEach(slot -> known.put(
                        slot.id(), JobRequest.slot(slot.node(), slot.cores(), slot.memoryBytes(), slot.place())));
        String array = row.getString("array_id");
        Long index = row.getObject("array_index", Long.class);
        return new JobRequest(
                word(row, "queue"),
                row.getObject("requested_cores", Integer.class),
                row.getObject("requested_memory_bytes", Long.class),
                row.getObject("node_count", Integer.class),
                interval,
                row.getObject("wall_time_limit_seconds", Long.class),
                row.getObject("started_at", Instant.class),
                baselines.of(row.getString("user_name"), row.getString("name")),
                array == null || index == null
                        ? null
                        : new JobRequest.Member(
                                new JobRequest.JobArray(
                                        row.getString("batch_system").intern(),
                                        row.getString("cluster").intern(),
                                        array.intern()),
                                index),
                new JobNames(
                        word(row, "user_name"),
                        word(row, "group_name"),
                        word(row, "account"),
                        word(row, "queue"),
                        word(row, "name"),
                        word(row, "batch_system"),
                        slots.stream().map(Slot::node).distinct().toList()),
                known);
    }

    /** Kept for each live job, and the same for many of them: one copy does for all. */
    private static @Nullable String word(ResultSet row, String column) throws SQLException {
        String word = row.getString(column);
        return word == null ? null : word.intern();
    }
}
