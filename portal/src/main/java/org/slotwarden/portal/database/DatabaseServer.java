package org.slotwarden.portal.database;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Which server answers, and since when it runs. After a restart it may be another node of a cluster, or have a restored
 * backup: what was read before does not hold any more.
 */
@Component
public class DatabaseServer {

    /** Between asking and being answered, and between two clocks. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private @Nullable Run known;

    private record Run(String server, Instant startedAt) {
        boolean same(Run other) {
            return server.equals(other.server)
                    && Duration.between(startedAt, other.startedAt).abs().compareTo(TOLERANCE) <= 0;
        }
    }

    DatabaseServer(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Whether the server is the one that answered the last time, and was not started again since; true the first time.
     *
     * @throws org.springframework.dao.DataAccessException while it does not answer
     */
    public synchronized boolean isSame() {
        Run now = jdbc.queryForObject(
                "SELECT CONCAT(@@hostname, ' ', @@port, ' ', @@datadir) server, variable_value uptime"
                        + " FROM information_schema.global_status WHERE variable_name = 'UPTIME'",
                (row, number) ->
                        new Run(row.getString("server"), clock.instant().minusSeconds(row.getLong("uptime"))));
        boolean same = known == null || (now != null && known.same(now));
        known = now;
        return same;
    }
}
