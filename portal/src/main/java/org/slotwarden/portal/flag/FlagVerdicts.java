package org.slotwarden.portal.flag;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.user.Viewer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Whether flags were right: what admins say, and what comes of it for each kind. */
@Service
public class FlagVerdicts {

    private static final Logger log = LoggerFactory.getLogger(FlagVerdicts.class);

    private final FlagQueries queries;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    FlagVerdicts(FlagQueries queries, JdbcClient jdbc, Clock clock, ApplicationEventPublisher events) {
        this.queries = queries;
        this.jdbc = jdbc;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Whatever became of the flag; the last word counts.
     *
     * @param verdict null takes it back
     * @return the flag as it is now; empty when there is none with this id that the viewer may see
     * @throws AccessDeniedException when the viewer sees the flag and is no admin
     */
    @Transactional
    public Optional<Flag> say(long id, @Nullable FlagVerdict verdict, Viewer viewer) {
        if (queries.find(id, viewer).isEmpty()) {
            return Optional.empty();
        }
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins say whether flags were right");
        }
        jdbc.sql("UPDATE flag SET verdict = :verdict, verdict_by = :by, verdict_at = :at WHERE id = :id")
                .param("verdict", verdict == null ? null : verdict.name())
                .param("by", verdict == null ? null : viewer.name())
                .param("at", verdict == null ? null : Timestamp.from(clock.instant()))
                .param("id", id)
                .update();
        events.publishEvent(new SaidOfFlag(id));
        log.info("{} says of flag {}: {}", viewer.name(), id, verdict == null ? "nothing any more" : verdict);
        return queries.find(id, viewer);
    }

    /**
     * @param last flags raised in this time
     * @return of each kind and rule that was raised, in the order of kinds
     */
    @Transactional(readOnly = true)
    public List<Precision> precision(Duration last) {
        Instant from = clock.instant().minus(last);
        // Counted in the index alone; what rules are called is looked up once for each version.
        return jdbc.sql("""
                        SELECT c.kind, r.id AS rule_id, r.name AS rule_name, r.retired_at, SUM(c.raised) raised,
                            SUM(c.problems) problems, SUM(c.false_alarms) false_alarms
                        FROM (SELECT kind, rule_version_id, COUNT(*) raised,
                                COALESCE(SUM(verdict = 'PROBLEM'), 0) problems,
                                COALESCE(SUM(verdict = 'NOT_A_PROBLEM'), 0) false_alarms
                            FROM flag WHERE raised_at >= ? GROUP BY kind, rule_version_id) c
                        LEFT JOIN rule_version v ON v.id = c.rule_version_id
                        LEFT JOIN rule r ON r.id = v.rule_id
                        GROUP BY c.kind, r.id
                        """).param(Timestamp.from(from)).query((row, number) -> precision(row)).list().stream()
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Precision::kind).thenComparing(Precision::title))
                .toList();
    }

    private static Optional<Precision> precision(ResultSet row) throws SQLException {
        String name = row.getString("rule_name");
        Precision.OfRule rule = name == null
                ? null
                : new Precision.OfRule(row.getLong("rule_id"), name, row.getObject("retired_at") != null);
        long raised = row.getLong("raised");
        long problems = row.getLong("problems");
        long falseAlarms = row.getLong("false_alarms");
        return FlagKind.named(row.getString("kind"))
                .map(kind -> new Precision(kind, rule, raised, problems, falseAlarms));
    }
}
