package org.slotwarden.portal.report;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobState;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;

/** A job as it lies in the database once all was told of it: figures to the second, for sums done by hand. */
final class JobRow {

    private final Map<String, @Nullable Object> columns = new LinkedHashMap<>();

    private JobRow() {}

    /** One core and no memory asked for, nothing measured. */
    static JobRow of(String user, String from, @Nullable String to, JobState state) {
        JobRow job = new JobRow();
        job.columns.put("batch_system", "local");
        job.columns.put("cluster", "");
        job.columns.put("batch_job_id", "1");
        job.columns.put("user_name", user);
        job.columns.put("state", state.name());
        job.columns.put("started_at", Timestamp.from(Instant.parse(from)));
        job.columns.put("ended_at", to == null ? null : Timestamp.from(Instant.parse(to)));
        job.columns.put("last_report_at", Timestamp.from(Instant.parse(to == null ? from : to)));
        job.columns.put("requested_cores", 1);
        job.columns.put("open_flags", "");
        return job;
    }

    JobRow neverSeenToStart() {
        columns.put("started_at", null);
        return this;
    }

    JobRow cores(@Nullable Integer cores) {
        columns.put("requested_cores", cores);
        return this;
    }

    JobRow cpuHours(double hours) {
        columns.put("cpu_seconds", hours * 3600);
        return this;
    }

    JobRow memory(@Nullable Long used, @Nullable Long asked) {
        columns.put("max_memory_rss_bytes", used);
        columns.put("requested_memory_bytes", asked);
        return this;
    }

    JobRow group(String group) {
        columns.put("group_name", group);
        return this;
    }

    JobRow queue(@Nullable String queue) {
        columns.put("queue", queue);
        return this;
    }

    void store(JdbcTemplate jdbc) {
        columns.put(
                "run",
                JdbcClient.create(jdbc)
                        .sql("SELECT COUNT(*) + 1 FROM job")
                        .query(Integer.class)
                        .single());
        new SimpleJdbcInsert(jdbc)
                .withTableName("job")
                .usingColumns(columns.keySet().toArray(String[]::new))
                .execute(columns);
    }
}
