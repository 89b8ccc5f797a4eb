package org.slotwarden.portal.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Service;

/**
 * Looks storage systems up. Pools and queues are everybody's to see. Of movers users see those of their own jobs only,
 * and of alarms none: they name others.
 */
@Service
@ReadsOnly
public class StorageQueries {

    private static final int MOST_ALARMS = 500;
    /** More holders are not told. */
    public static final int MOST_HOLDERS = 500;

    private static final String MOVERS = """
             FROM storage_mover m JOIN storage_system s ON s.id = m.storage_id
                LEFT JOIN storage_pool p ON p.storage_id = m.storage_id AND p.name = m.pool
                LEFT JOIN job j ON j.id = m.job_id LEFT JOIN node n ON n.id = m.node_id
            """;

    private static final String MOVER_COLUMNS =
            "SELECT m.*, s.name storage, j.batch_job_id, j.user_name job_user, n.name node, p.read_at";

    private static final String IDLE = "(m.state = 'RUNNING' AND m.last_io_at < p.read_at - INTERVAL :idle SECOND)";

    private static final String LEFT = "(m.job_ended_at < p.read_at - INTERVAL :left SECOND)";

    private static final String WHERE = """
             WHERE (:admin OR j.user_name = :viewer)
                AND (:storage IS NULL OR s.name = :storage) AND (:pool IS NULL OR m.pool = :pool)
                AND (:queue IS NULL OR m.queue = :queue) AND (:job IS NULL OR m.job_id = :job)
                AND (:user IS NULL OR IF(m.job_id IS NULL, m.user_name, j.user_name) = :user)
                AND (:host IS NULL OR n.name = :host OR m.client_address = :host)
            """;

    /** By what movers can be sorted. */
    public enum SortKey {
        SUBMITTED_AT("m.submitted_at"),
        LAST_IO_AT("m.last_io_at"),
        BYTES("m.bytes"),
        POOL("m.pool"),
        GONE_AT("m.gone_at");

        private final String column;

        SortKey(String column) {
            this.column = column;
        }
    }

    /** A page of movers and how many there are in all. */
    public record Found(List<Mover> movers, long total) {}

    private final JdbcClient jdbc;
    private final StorageSettings settings;
    private final Clock clock;

    StorageQueries(JdbcClient jdbc, StorageSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** All of them, by name. */
    public List<StorageStatus> systems() {
        Instant now = clock.instant();
        return jdbc.sql("SELECT * FROM storage_system ORDER BY name")
                .query((row, number) -> StorageRows.status(row, now))
                .list();
    }

    public Optional<StorageStatus> system(String name) {
        return systems().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /** Pools that the newest look named, with their queues, by name. @param storage null: of all systems */
    public List<PoolStatus> pools(@Nullable String storage) {
        Map<Long, List<QueueStatus>> queues = new HashMap<>();
        jdbc.sql("""
                        SELECT q.*, p.name pool, s.name storage FROM storage_queue q
                        JOIN storage_pool p ON p.id = q.pool_id JOIN storage_system s ON s.id = p.storage_id
                        WHERE p.gone_at IS NULL AND (:storage IS NULL OR s.name = :storage)
                            AND q.looked_at >= COALESCE(p.read_at, q.looked_at)
                        ORDER BY q.default_queue DESC, q.name
                        """).param("storage", storage).query(row -> {
            queues.computeIfAbsent(row.getLong("pool_id"), pool -> new ArrayList<>())
                    .add(StorageRows.queue(row));
        });
        return jdbc.sql("""
                        SELECT p.*, s.name storage FROM storage_pool p JOIN storage_system s ON s.id = p.storage_id
                        WHERE p.gone_at IS NULL AND (:storage IS NULL OR s.name = :storage) ORDER BY s.name, p.name
                        """)
                .param("storage", storage)
                .query((row, number) -> new PoolStatus(
                        row.getLong("id"),
                        row.getString("storage"),
                        row.getString("name"),
                        StorageRows.list(row.getString("pool_groups")),
                        row.getBoolean("unread"),
                        StorageRows.time(row, "read_at"),
                        queues.getOrDefault(row.getLong("id"), List.of())))
                .list();
    }

    /** A queue by the portal's id of it. */
    public Optional<QueueStatus> queue(long id) {
        return jdbc.sql("""
                        SELECT q.*, p.name pool, s.name storage FROM storage_queue q
                        JOIN storage_pool p ON p.id = q.pool_id JOIN storage_system s ON s.id = p.storage_id
                        WHERE q.id = ?
                        """)
                .param(id)
                .query((row, number) -> StorageRows.queue(row))
                .optional();
    }

    /**
     * The past of a queue, the oldest first. Between two points nothing changed, unless they are more than some ten
     * minutes apart: then nothing was heard. What is older than two days has the fullest moment of ten minutes each.
     *
     * @param from the newest point before it comes first, so that a line can begin at {@code from}
     */
    public List<QueuePoint> history(long queueId, Instant from, Instant to) {
        return jdbc.sql("""
                        SELECT * FROM storage_queue_history WHERE queue_id = :queue AND time < :to
                            AND time >= COALESCE((SELECT MAX(time) FROM storage_queue_history
                                WHERE queue_id = :queue AND time < :from AND time >= :from - INTERVAL 15 MINUTE), :from)
                        ORDER BY time
                        """)
                .param("queue", queueId)
                .param("from", from)
                .param("to", to)
                .query((row, number) -> StorageRows.point(row))
                .list();
    }

    /** Of a storage system, in the order of time; the newest before {@code from} comes first, as above. */
    List<Looks.Point> looks(String storage, Instant from, Instant to) {
        return jdbc.sql("""
                        SELECT l.* FROM storage_look l JOIN storage_system s ON s.id = l.storage_id
                        WHERE s.name = :storage AND l.time < :to
                            AND l.time >= COALESCE((SELECT MAX(b.time) FROM storage_look b
                                WHERE b.storage_id = s.id AND b.time < :from AND b.time >= :from - INTERVAL 15 MINUTE), :from)
                        ORDER BY l.time
                        """)
                .param("storage", storage)
                .param("from", from)
                .param("to", to)
                .query((row, number) ->
                        new Looks.Point(StorageRows.point(row), row.getObject("interval_seconds", Double.class)))
                .list();
    }

    /**
     * @param page from 0
     * @param size 1 to 500
     */
    public Found movers(MoverFilter filter, SortKey sort, boolean descending, int page, int size, Viewer viewer) {
        String from = MOVERS + WHERE + state(filter.state());
        long total = filtered("SELECT COUNT(*)" + from, filter, viewer)
                .query(Long.class)
                .single();
        String direction = descending ? " DESC" : "";
        String order = " ORDER BY " + sort.column + direction + ", m.id" + direction + " LIMIT :size OFFSET :offset";
        return new Found(
                filtered(MOVER_COLUMNS + from + order, filter, viewer)
                        .param("size", size)
                        .param("offset", (long) page * size)
                        .query((row, number) -> mover(row, viewer))
                        .list(),
                total);
    }

    private static Mover mover(ResultSet row, Viewer viewer) throws SQLException {
        Mover mover = StorageRows.mover(row);
        return viewer.admin() ? mover : mover.forOwner();
    }

    private StatementSpec filtered(String sql, MoverFilter filter, Viewer viewer) {
        return jdbc.sql(sql)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .param("storage", filter.storage())
                .param("pool", filter.pool())
                .param("queue", filter.queue())
                .param("job", filter.jobId())
                .param("user", filter.user())
                .param("host", filter.host())
                .param("idle", settings.idleAfter().toSeconds())
                .param("left", settings.leftAfter().toSeconds());
    }

    private static String state(MoverFilter.@Nullable State state) {
        return switch (state) {
            case null -> " AND m.gone_at IS NULL";
            case QUEUED, RUNNING, UNCONFIRMED, UNKNOWN -> " AND m.gone_at IS NULL AND m.state = '" + state.name() + "'";
            case IDLE -> " AND m.gone_at IS NULL AND " + IDLE;
            case LEFT -> " AND m.gone_at IS NULL AND " + LEFT;
            case ENDED -> " AND m.gone_at IS NOT NULL";
        };
    }

    /** One that the viewer may see. */
    public Optional<Mover> mover(long id, Viewer viewer) {
        return jdbc.sql(MOVER_COLUMNS + MOVERS + " WHERE m.id = :id AND (:admin OR j.user_name = :viewer)")
                .param("id", id)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .query((row, number) -> mover(row, viewer))
                .optional();
    }

    /**
     * What a job holds, and has held, the newest first.
     *
     * @param ended those that are not there any more, too
     */
    public List<Mover> ofJob(long jobId, boolean ended, int most, Viewer viewer) {
        return jdbc.sql(MOVER_COLUMNS + MOVERS + """
                         WHERE m.job_id = :job AND (:admin OR j.user_name = :viewer) AND (:ended OR m.gone_at IS NULL)
                        ORDER BY m.gone_at IS NOT NULL, m.submitted_at DESC, m.id DESC LIMIT :most
                        """)
                .param("job", jobId)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .param("ended", ended)
                .param("most", most)
                .query((row, number) -> mover(row, viewer))
                .list();
    }

    /** What a job holds now, of each queue, the most first. */
    public List<JobHolding> holdings(long jobId, Viewer viewer) {
        return holdings(jobId, viewer.admin(), viewer.name());
    }

    /** The same for whoever tells nobody but those who may see the job. */
    public List<JobHolding> holdings(long jobId) {
        return holdings(jobId, true, "");
    }

    private List<JobHolding> holdings(long jobId, boolean all, String owner) {
        return jdbc.sql(
                        "SELECT s.name storage, m.pool, m.queue, SUM(m.state <> 'QUEUED') movers, SUM(m.state = 'QUEUED')"
                                + " queued, COALESCE(SUM(" + IDLE
                                + "), 0) idle, MIN(q.active) active, MIN(q.max_active) max_active,"
                                + " MIN(q.queued) queue_queued" + MOVERS
                                + " LEFT JOIN storage_queue q ON q.pool_id = p.id AND q.name = m.queue"
                                + " WHERE m.job_id = :job AND m.gone_at IS NULL AND (:admin OR j.user_name = :viewer)"
                                + " GROUP BY s.name, m.pool, m.queue ORDER BY movers DESC, m.pool, m.queue")
                .param("job", jobId)
                .param("admin", all)
                .param("viewer", owner)
                .param("idle", settings.idleAfter().toSeconds())
                .query((row, number) -> new JobHolding(
                        row.getString("storage"),
                        row.getString("pool"),
                        row.getString("queue"),
                        row.getLong("movers"),
                        row.getLong("idle"),
                        row.getLong("queued"),
                        row.getObject("active", Integer.class),
                        row.getObject("max_active", Integer.class),
                        row.getObject("queue_queued", Integer.class)))
                .list();
    }

    /** Who holds most, and has most waiting, 500 at most. A filter's state is not looked at: all that are there now. */
    public List<Holder> holders(MoverFilter filter, Viewer viewer) {
        String sql = "SELECT m.job_id, j.batch_job_id, MAX(CASE m.confidence WHEN 'CERTAIN' THEN 0 WHEN 'LIKELY' THEN 1"
                + " WHEN 'AMBIGUOUS' THEN 2 ELSE 3 END) confidence,"
                + " IF(m.job_id IS NULL, m.user_name, j.user_name) holder, COALESCE(n.name, m.client_address) host, MAX(n.name IS NOT NULL) node,"
                + " SUM(m.state <> 'QUEUED') movers, SUM(m.state = 'QUEUED') queued,"
                + " COALESCE(SUM(" + IDLE + "), 0) idle, COALESCE(SUM(" + LEFT + "), 0) remaining,"
                + " MIN(m.submitted_at) oldest_at, MIN(IF(m.state = 'RUNNING', m.last_io_at, NULL)) quiet_since,"
                + " IF(COUNT(DISTINCT m.reason) = 1, MIN(m.reason), NULL) reason" + MOVERS + WHERE + state(null)
                + " GROUP BY m.job_id, j.batch_job_id, holder, host ORDER BY movers DESC, queued DESC, m.job_id, holder, host"
                + " LIMIT " + MOST_HOLDERS;
        return filtered(sql, filter, viewer)
                .query((row, number) -> new Holder(
                        row.getObject("job_id", Long.class),
                        row.getString("batch_job_id"),
                        Confidence.values()[row.getInt("confidence")],
                        row.getString("holder"),
                        row.getString("host"),
                        row.getBoolean("node"),
                        row.getLong("movers"),
                        row.getLong("queued"),
                        row.getLong("idle"),
                        row.getLong("remaining"),
                        StorageRows.time(row, "oldest_at"),
                        StorageRows.time(row, "quiet_since"),
                        row.getString("reason")))
                .list();
    }

    /**
     * Open ones first, then those that were cleared, the newest first; 500 at most. For admins: others see none.
     *
     * @param storage null: of all systems
     * @param cleared those that are over, too
     */
    public List<StorageAlarm> alarms(@Nullable String storage, boolean cleared, Viewer viewer) {
        if (!viewer.admin()) {
            return List.of();
        }
        return jdbc.sql("""
                        SELECT a.*, s.name storage FROM storage_alarm a JOIN storage_system s ON s.id = a.storage_id
                        WHERE (:storage IS NULL OR s.name = :storage) AND (:cleared OR a.cleared_at IS NULL)
                        ORDER BY a.cleared_at IS NOT NULL, COALESCE(a.cleared_at, a.opened_at) DESC, a.id DESC LIMIT
                        """ + " " + MOST_ALARMS)
                .param("storage", storage)
                .param("cleared", cleared)
                .query((row, number) -> StorageRows.alarm(row))
                .list();
    }
}
