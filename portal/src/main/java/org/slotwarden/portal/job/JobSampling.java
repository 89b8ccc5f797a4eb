package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.AfterCommit;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Asks for other sampling intervals: the agents learn of it with the answer to their next report. */
@Service
@Transactional
public class JobSampling implements RowCache {

    public static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    public static final Duration LONGEST_INTERVAL = Duration.ofMinutes(10);
    public static final Duration LONGEST_REQUEST = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(JobSampling.class);

    /** So long a request is told after it has ended: any agent that reports at all has heard of it then. */
    private static final Duration TOLD_AFTER = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final Clock clock;

    /** What was asked for of live jobs, by job; null: to be read. Reports come often, requests seldom. */
    private @Nullable Map<Long, Request> requests;

    JobSampling(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    private record Request(Duration interval, Instant until) {}

    /**
     * Samples a live job of the viewer at another interval for a while. A later request replaces an
     * earlier one.
     *
     * @param interval 1 s to 10 min
     * @param howLong at most one hour
     * @return false when there is no such live job for this viewer
     * @throws IllegalArgumentException with a message for people, when interval or duration is out of bounds
     */
    public boolean request(long jobId, Duration interval, Duration howLong, Viewer viewer) {
        if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw new IllegalArgumentException("the interval must be 1 to 600 seconds");
        }
        if (howLong.isNegative() || howLong.isZero() || howLong.compareTo(LONGEST_REQUEST) > 0) {
            throw new IllegalArgumentException("it can be asked for 1 to 3600 seconds");
        }
        Instant until = clock.instant().plus(howLong);
        boolean done = jdbc.sql("""
                        UPDATE job SET requested_interval_seconds = :interval, requested_interval_until = :until
                        WHERE id = :id AND state IN ('RUNNING', 'SILENT') AND (:admin OR user_name = :viewer)
                        """)
                        .param("interval", interval.toMillis() / 1000.0)
                        .param("until", until)
                        .param("id", jobId)
                        .param("admin", viewer.admin())
                        .param("viewer", viewer.name())
                        .update()
                == 1;
        if (done) {
            AfterCommit.run(() -> remember(jobId, new Request(interval, until)));
            log.info("{} asked to sample job {} every {} for {}", viewer.name(), jobId, interval, howLong);
        }
        return done;
    }

    /**
     * For which of these jobs another interval was ever asked, and which counts now; empty: as configured
     * on the node again. Told with every answer, so that an agent that missed one learns it from the next.
     */
    @Transactional(readOnly = true)
    public Map<Long, Optional<Duration>> requested(Collection<Long> jobIds) {
        Map<Long, Request> known = requests();
        if (known.isEmpty()) {
            return Map.of();
        }
        Map<Long, Optional<Duration>> requested = new HashMap<>();
        Instant now = clock.instant();
        for (long job : jobIds) {
            Request request = known.get(job);
            if (request != null && now.isBefore(request.until().plus(TOLD_AFTER))) {
                requested.put(job, request.until().isAfter(now) ? Optional.of(request.interval()) : Optional.empty());
            }
        }
        return requested;
    }

    private synchronized Map<Long, Request> requests() {
        if (requests == null) {
            Map<Long, Request> read = new ConcurrentHashMap<>();
            jdbc.sql("""
                            SELECT id, requested_interval_seconds seconds, requested_interval_until until FROM job
                            WHERE state IN ('RUNNING', 'SILENT') AND requested_interval_until > ?
                            """).param(clock.instant().minus(TOLD_AFTER)).query((ResultSet row) -> {
                read.put(
                        row.getLong("id"),
                        new Request(
                                Duration.ofMillis(Math.round(row.getDouble("seconds") * 1000)),
                                row.getObject("until", Instant.class)));
            });
            requests = read;
        }
        return requests;
    }

    private synchronized void remember(long jobId, Request request) {
        if (requests != null) {
            requests.values()
                    .removeIf(old -> clock.instant().isAfter(old.until().plus(TOLD_AFTER)));
            requests.put(jobId, request);
        }
    }

    @Override
    public synchronized void forget() {
        requests = null;
    }
}
