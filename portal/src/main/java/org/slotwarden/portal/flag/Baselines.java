package org.slotwarden.portal.flag;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Baseline;
import org.slotwarden.portal.database.RowCache;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What users' earlier jobs used, by workflow: jobs of one user whose names differ in numbers only. Those that ended well
 * within the last three months, the latest first. Read anew every half hour.
 */
@Repository
class Baselines implements RowCache {

    /** Fewer jobs do not say what is usual. */
    static final int LEAST_JOBS = 20;

    private static final int MOST_JOBS = 300;

    /** Jobs of one user that are looked at, however they ended: who starts a million costs no more. */
    private static final int LOOKED_AT = 10_000;

    private static final Duration LOOKED_BACK = Duration.ofDays(90);
    private static final Duration KEPT = Duration.ofMinutes(30);
    private static final int MOST_USERS = 2000;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Map<String, OfUser> users = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, OfUser> eldest) {
            return size() > MOST_USERS;
        }
    };

    private record OfUser(Instant readAt, Map<String, Baseline> byWorkflow) {}

    Baselines(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Null when too few are known, or the job has no name. */
    synchronized @Nullable Baseline of(@Nullable String user, @Nullable String jobName) {
        if (user == null || jobName == null) {
            return null;
        }
        Instant now = clock.instant();
        OfUser known = users.get(user);
        if (known == null || known.readAt().plus(KEPT).isBefore(now)) {
            known = new OfUser(now, read(user, now));
            users.put(user, known);
        }
        return known.byWorkflow().get(workflow(jobName));
    }

    @Override
    public synchronized void forget() {
        users.clear();
    }

    /** {@code reco_0017} and {@code reco_0018} are one workflow. */
    private static String workflow(String jobName) {
        return NUMBER.matcher(jobName).replaceAll("#");
    }

    private Map<String, Baseline> read(String user, Instant now) {
        Map<String, List<Baseline.Earlier>> earlier = new HashMap<>();
        jdbc.sql("""
                        SELECT name, max_memory_rss_bytes, cpu_seconds,
                            TIMESTAMPDIFF(MICROSECOND, started_at, ended_at) / 1e6 seconds
                        FROM (SELECT id FROM job FORCE INDEX (job_user) WHERE user_name = ? AND started_at >= ?
                              ORDER BY started_at DESC LIMIT ?) latest JOIN job USING (id)
                        WHERE state = 'COMPLETED' AND name IS NOT NULL ORDER BY started_at DESC
                        """).params(user, now.minus(LOOKED_BACK), LOOKED_AT).query((ResultSet row) -> {
            List<Baseline.Earlier> alike =
                    earlier.computeIfAbsent(workflow(row.getString("name")), name -> new ArrayList<>());
            if (alike.size() < MOST_JOBS) {
                alike.add(earlier(row));
            }
        });
        Map<String, Baseline> baselines = new HashMap<>();
        earlier.forEach((workflow, jobs) -> {
            if (jobs.size() >= LEAST_JOBS) {
                baselines.put(workflow, Baseline.of(jobs, LEAST_JOBS));
            }
        });
        return baselines;
    }

    private static Baseline.Earlier earlier(ResultSet row) throws SQLException {
        double seconds = number(row.getObject("seconds", Double.class));
        return new Baseline.Earlier(
                number(row.getObject("max_memory_rss_bytes", Long.class)),
                seconds,
                number(row.getObject("cpu_seconds", Double.class)) / seconds);
    }

    private static double number(@Nullable Number number) {
        return number == null ? Double.NaN : number.doubleValue();
    }
}
