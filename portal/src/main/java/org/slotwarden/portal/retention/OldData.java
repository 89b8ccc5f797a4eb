package org.slotwarden.portal.retention;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes what is older than it is to be, some hundred rows in a transaction. */
@Component
class OldData {

    private static final int BLOCKS_AT_ONCE = 200;
    private static final int ROWS_AT_ONCE = 1000;
    private static final int JOBS_AT_ONCE = 20;
    private static final Logger log = LoggerFactory.getLogger(OldData.class);

    private final JdbcClient jdbc;
    private final JobRemoval removal;
    private final RetentionSettings settings;
    private final Clock clock;

    OldData(JdbcClient jdbc, JobRemoval removal, RetentionSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.removal = removal;
        this.settings = settings;
        this.clock = clock;
    }

    /** All of it, or until the thread is interrupted. */
    void delete() {
        Instant now = clock.instant();
        long blocks = old("sample_block", "last_at", now.minus(settings.blocks()), BLOCKS_AT_ONCE);
        long rollups = old("sample_rollup", "last_at", now.minus(settings.rollups()), BLOCKS_AT_ONCE);
        Instant nodes = now.minus(settings.nodes());
        long samples = 0;
        for (long node : nodes()) {
            samples += ofNode("node_sample", node, nodes) + ofNode("agent_sample", node, nodes);
        }
        long others = old("agent_process", "heard_at", nodes, ROWS_AT_ONCE)
                + old("evidence", "asked_at", now.minus(settings.blocks()), BLOCKS_AT_ONCE)
                + old("sample_request", "expires_at", now.minus(settings.blocks()), ROWS_AT_ONCE)
                + old("disk_use", "time", now.minus(settings.nodes()), ROWS_AT_ONCE);
        long jobs = jobs(now.minus(settings.jobs()));
        if (blocks + rollups + samples + others + jobs > 0) {
            log.info(
                    "Deleted as too old: {} blocks, {} rollups, {} samples of nodes, {} jobs",
                    blocks,
                    rollups,
                    samples,
                    jobs);
        }
    }

    private long old(String table, String time, Instant before, int atOnce) {
        String sql = "DELETE FROM " + table + " WHERE " + time + " < ? ORDER BY " + time + " LIMIT " + atOnce;
        return repeat(() -> jdbc.sql(sql).param(before).update(), atOnce);
    }

    private long ofNode(String table, long node, Instant before) {
        String sql = "DELETE FROM " + table + " WHERE node_id = ? AND time < ? ORDER BY time LIMIT " + ROWS_AT_ONCE;
        return repeat(() -> jdbc.sql(sql).params(node, before).update(), ROWS_AT_ONCE);
    }

    private List<Long> nodes() {
        return jdbc.sql("SELECT id FROM node")
                .query((row, number) -> row.getLong(1))
                .list();
    }

    private interface Deletion {
        int run();
    }

    private static long repeat(Deletion deletion, int atOnce) {
        long all = 0;
        int deleted;
        do {
            deleted = deletion.run();
            all += deleted;
        } while (deleted == atOnce && !Thread.currentThread().isInterrupted());
        return all;
    }

    private long jobs(Instant before) {
        long removed = 0;
        List<Long> some;
        do {
            some = jdbc.sql("SELECT id FROM job WHERE ended_at < ? AND state NOT IN ('RUNNING', 'SILENT')"
                            + " ORDER BY ended_at LIMIT " + JOBS_AT_ONCE)
                    .param(before)
                    .query((row, number) -> row.getLong(1))
                    .list();
            for (long job : some) {
                if (!removal.remove(job)) {
                    return removed;
                }
                removed++;
            }
        } while (some.size() == JOBS_AT_ONCE && !Thread.currentThread().isInterrupted());
        return removed;
    }
}
