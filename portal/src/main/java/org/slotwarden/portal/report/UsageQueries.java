package org.slotwarden.portal.report;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Adds up what jobs have used. Users get their own jobs only, whatever they group by. */
@Service
public class UsageQueries {

    /**
     * One row per group: the jobs that lie, wholly or in part, within the stretch, each with the share of its wall
     * time that does. A job that never was seen to start counts by its end, without wall time. A limit of 2^60 bytes
     * and more is a batch system's word for none. The casts are needed: a moment arrives as text, and text it would be
     * compared as.
     */
    private static final String SUMS = """
            SELECT name,
                COUNT(*) AS jobs,
                SUM(state IN ('RUNNING', 'SILENT')) AS running,
                SUM(state = 'COMPLETED') AS completed,
                SUM(state = 'FAILED') AS failed,
                SUM(state = 'TIMEOUT') AS timeout,
                SUM(state = 'OUT_OF_MEMORY') AS out_of_memory,
                SUM(state = 'CANCELLED') AS cancelled,
                SUM(state = 'REQUEUED') AS requeued,
                SUM(state = 'VANISHED') AS vanished,
                SUM(wall) AS wall,
                SUM(wall * cores) AS asked,
                SUM(cpu * share) AS cpu,
                SUM(IF(cores IS NULL, NULL, cpu * share)) AS cpu_of_both,
                SUM(IF(cpu IS NULL, NULL, wall * cores)) AS asked_of_both,
                SUM(wall * memory_share) AS memory_share_times_wall,
                SUM(IF(memory_share IS NULL, NULL, wall)) AS wall_with_memory_share,
                SUM(memory_share IS NULL) AS without_memory_share
            FROM (
                SELECT name, state, cores, cpu, memory_share,
                    GREATEST(0, TIMESTAMPDIFF(MICROSECOND, GREATEST(begin, first), LEAST(finish, last))) / 1e6 AS wall,
                    IF(begin < finish,
                        TIMESTAMPDIFF(MICROSECOND, GREATEST(begin, first), LEAST(finish, last))
                            / (1e0 * TIMESTAMPDIFF(MICROSECOND, begin, finish)),
                        1) AS share
                FROM (
                    SELECT %s AS name, state,
                        NULLIF(requested_cores, 0) AS cores,
                        cpu_seconds AS cpu,
                        IF(requested_memory_bytes > 0 AND requested_memory_bytes < 1 << 60,
                            1e0 * max_memory_rss_bytes / requested_memory_bytes, NULL) AS memory_share,
                        COALESCE(started_at, ended_at, CAST(:now AS DATETIME(3))) AS begin,
                        COALESCE(ended_at, CAST(:now AS DATETIME(3))) AS finish,
                        CAST(:from AS DATETIME(3)) AS first,
                        CAST(:to AS DATETIME(3)) AS last
                    FROM job
                    WHERE (ended_at >= :from OR ended_at IS NULL)
                        AND (started_at < :to OR started_at IS NULL)
                        %s
                ) AS run
                WHERE begin < last AND (finish > first OR begin >= first)
            ) AS part
            GROUP BY name
            """;

    private final JdbcClient jdbc;
    private final Clock clock;

    UsageQueries(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public UsageReport report(Stretch stretch, Grouping by, Viewer viewer) {
        Instant now = clock.instant();
        List<Line> lines = lines(stretch, by, viewer.admin() ? null : viewer.name(), now);
        return new UsageReport(
                stretch,
                now,
                by,
                lines.stream()
                        .sorted(Comparator.comparingDouble(
                                        (Line line) -> line.sums().asked())
                                .reversed()
                                .thenComparing(line -> line.name() == null ? "" : line.name()))
                        .map(line ->
                                new UsageReport.Line(line.name(), line.sums().usage()))
                        .toList(),
                lines.stream().map(Line::sums).reduce(Sums.NONE, Sums::plus).usage());
    }

    /** Empty when the viewer may not see this user; a user without jobs has a usage of zero. */
    public Optional<UserUsage> ofUser(String user, Stretch stretch, Viewer viewer) {
        if (!viewer.maySee(user)) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        List<UserUsage.Month> months = new ArrayList<>();
        YearMonth last = YearMonth.from(stretch.to().minusNanos(1).atZone(ZoneOffset.UTC));
        for (YearMonth month = YearMonth.from(stretch.from().atZone(ZoneOffset.UTC));
                !month.isAfter(last);
                month = month.plusMonths(1)) {
            months.add(new UserUsage.Month(month, ofUser(user, stretch.within(month), now)));
        }
        return Optional.of(new UserUsage(user, stretch, now, ofUser(user, stretch, now), months));
    }

    private Usage ofUser(String user, Stretch stretch, Instant now) {
        return lines(stretch, Grouping.USER, user, now).stream()
                .map(Line::sums)
                .reduce(Sums.NONE, Sums::plus)
                .usage();
    }

    private record Line(@Nullable String name, Sums sums) {}

    private List<Line> lines(Stretch stretch, Grouping by, @Nullable String user, Instant now) {
        // What has not happened yet is not used.
        Instant to = stretch.to().isBefore(now) ? stretch.to() : now;
        JdbcClient.StatementSpec statement = jdbc.sql(
                        SUMS.formatted(column(by), user == null ? "" : "AND user_name = :user"))
                .param("from", Timestamp.from(stretch.from()))
                .param("to", Timestamp.from(to))
                .param("now", Timestamp.from(now));
        if (user != null) {
            statement = statement.param("user", user);
        }
        return statement
                .query((row, number) -> new Line(row.getString("name"), Sums.of(row)))
                .list();
    }

    private static String column(Grouping by) {
        return switch (by) {
            case USER -> "user_name";
            case GROUP -> "group_name";
            case QUEUE -> "queue";
            case ACCOUNT -> "account";
        };
    }
}
