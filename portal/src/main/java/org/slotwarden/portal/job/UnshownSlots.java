package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Slots of live jobs, for whoever looks at the start whether lists show all that is stored of them. */
@Service
@Transactional(readOnly = true)
public class UnshownSlots {

    private final JdbcClient jdbc;

    UnshownSlots(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param shownAt time of the newest sample that lists show; null: none */
    public record OfLiveJob(
            long slotId, long jobId, @Nullable Instant shownAt) {}

    /** Of these slots, the most memory that a sample tells of that is not older than the newest that lists show. */
    public Map<Long, Long> peaks(Collection<Long> slotIds) {
        Map<Long, Long> peaks = new HashMap<>();
        jdbc.sql("""
                        SELECT s.id, MAX(m.memory_rss_bytes) peak FROM slot s
                        JOIN job_sample m ON m.slot_id = s.id AND m.time >= COALESCE(s.last_sample_at, '2000-01-01')
                        WHERE s.id IN (:slots) GROUP BY s.id HAVING peak IS NOT NULL
                        """).param("slots", slotIds).query((ResultSet row) -> {
            peaks.put(row.getLong("id"), row.getLong("peak"));
        });
        return peaks;
    }

    /** By id, those after {@code after}. */
    public List<OfLiveJob> after(long after, int most) {
        return jdbc.sql("""
                        SELECT s.id, s.job_id, s.last_sample_at FROM slot s JOIN job j ON j.id = s.job_id
                        WHERE j.state IN ('RUNNING', 'SILENT') AND s.ended_at IS NULL AND s.id > ?
                        ORDER BY s.id LIMIT ?
                        """)
                .params(after, most)
                .query((row, number) -> new OfLiveJob(
                        row.getLong("id"), row.getLong("job_id"), row.getObject("last_sample_at", Instant.class)))
                .list();
    }
}
