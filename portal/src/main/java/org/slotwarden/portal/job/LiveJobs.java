package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** The jobs that are live now, looked through once for all that an overview says of them: there are many. */
@Service
@ReadsOnly
public class LiveJobs {

    private static final int FETCH = 1000;

    private final JdbcClient database;
    private final JobQueries jobs;

    LiveJobs(JdbcClient database, JobQueries jobs) {
        this.database = database;
        this.jobs = jobs;
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

    /** Those that have most of something come first; those of which it is not known come last. */
    public record Overview(
            Totals totals,
            List<JobSummary> byCoresUsed,
            List<JobSummary> byMemoryUsed,
            List<JobSummary> byOpenSockets) {}

    /** @param most how many jobs are named of each kind */
    public Overview overview(int most, Viewer viewer) {
        var look = new Look(most);
        database.sql("""
                        SELECT id, state, user_name, requested_cores, cores_used, requested_memory_bytes,
                            memory_rss_bytes, open_sockets
                        FROM job WHERE state IN ('RUNNING', 'SILENT') AND (:admin OR user_name = :viewer)
                        """)
                .withFetchSize(FETCH)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .query((ResultSet row) -> look.at(row));
        Set<Long> named = new TreeSet<>();
        List<Top> tops = List.of(look.cores, look.memory, look.sockets);
        tops.forEach(top -> top.best.forEach(ranked -> named.add(ranked.id())));
        Map<Long, JobSummary> summaries = jobs.summaries(named);
        return new Overview(
                look.totals(), look.cores.in(summaries), look.memory.in(summaries), look.sockets.in(summaries));
    }

    private record Ranked(long id, double figure) {}

    /** Keeps the greatest. */
    private static final class Top {
        private static final Comparator<Ranked> LEAST_FIRST =
                Comparator.comparingDouble(Ranked::figure).thenComparingLong(Ranked::id);

        private final int most;
        private final PriorityQueue<Ranked> best = new PriorityQueue<>(LEAST_FIRST);

        Top(int most) {
            this.most = most;
        }

        void offer(long id, @Nullable Number figure) {
            double known = figure == null ? Double.NEGATIVE_INFINITY : figure.doubleValue();
            if (best.size() < most
                    || known >= Objects.requireNonNull(best.peek()).figure()) {
                best.add(new Ranked(id, known));
                if (best.size() > most) {
                    best.remove();
                }
            }
        }

        List<JobSummary> in(Map<Long, JobSummary> summaries) {
            return best.stream()
                    .sorted(LEAST_FIRST.reversed())
                    .map(ranked -> summaries.get(ranked.id()))
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    private static final class Look {
        private final Top cores;
        private final Top memory;
        private final Top sockets;
        private final Set<String> users = new HashSet<>();
        private long running;
        private long silent;
        private @Nullable Long coresAsked;
        private @Nullable Double coresUsed;
        private @Nullable Long memoryAsked;
        private @Nullable Long memoryUsed;

        Look(int most) {
            cores = new Top(most);
            memory = new Top(most);
            sockets = new Top(most);
        }

        void at(ResultSet row) throws SQLException {
            long id = row.getLong(1);
            if (JobState.RUNNING.name().equals(row.getString(2))) {
                running++;
            } else {
                silent++;
            }
            String user = row.getString(3);
            if (user != null) {
                users.add(user);
            }
            coresAsked = sum(coresAsked, whole(row, 4));
            Double used = real(row, 5);
            coresUsed = used == null ? coresUsed : (Double) (coresUsed == null ? used : coresUsed + used);
            memoryAsked = sum(memoryAsked, whole(row, 6));
            Long resident = whole(row, 7);
            memoryUsed = sum(memoryUsed, resident);
            cores.offer(id, used);
            memory.offer(id, resident);
            sockets.offer(id, whole(row, 8));
        }

        private static @Nullable Long whole(ResultSet row, int column) throws SQLException {
            long value = row.getLong(column);
            return row.wasNull() ? null : (Long) value;
        }

        private static @Nullable Double real(ResultSet row, int column) throws SQLException {
            double value = row.getDouble(column);
            return row.wasNull() ? null : (Double) value;
        }

        private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
            return one == null || other == null ? (one == null ? other : one) : (Long) (one + other);
        }

        Totals totals() {
            return new Totals(running, silent, users.size(), coresAsked, coresUsed, memoryAsked, memoryUsed);
        }
    }
}
