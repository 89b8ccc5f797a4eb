package org.slotwarden.portal.job;

import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Adds up the jobs that are live now. */
@Service
public class JobTotals {
    private final JdbcClient database;

    JobTotals(JdbcClient database) {
        this.database = database;
    }

    /**
     * Live jobs of a viewer, added up. A job where a figure is not known adds nothing to it; null when it is known
     * of none.
     *
     * @param users how many people's jobs these are
     */
    public record Totals(
            long running,
            long silent,
            long users,
            @Nullable Long coresAsked,
            @Nullable Double coresUsed,
            @Nullable Long memoryAsked,
            @Nullable Long memoryUsed) {}

    public Totals live(Viewer viewer) {
        return database.sql("""
                        SELECT COUNT(CASE WHEN state = 'RUNNING' THEN 1 END) AS running,
                               COUNT(CASE WHEN state = 'SILENT' THEN 1 END) AS silent,
                               COUNT(DISTINCT user_name) AS users,
                               SUM(requested_cores) AS cores_asked,
                               SUM(cores_used) AS cores_used,
                               SUM(requested_memory_bytes) AS memory_asked,
                               SUM(memory_rss_bytes) AS memory_used
                        FROM job
                        WHERE state IN ('RUNNING', 'SILENT') AND (:admin OR user_name = :viewer)
                        """)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .query(Totals.class)
                .single();
    }
}
