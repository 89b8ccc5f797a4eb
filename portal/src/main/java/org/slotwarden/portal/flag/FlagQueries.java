package org.slotwarden.portal.flag;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.rule.NamedFigures;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** Looks flags up. Users see the flags of their own jobs; others' do not exist for them. */
@Service
public class FlagQueries {

    private static final String FROM = " FROM flag f JOIN job j ON j.id = f.job_id LEFT JOIN slot s ON s.id = f.slot_id"
            + " LEFT JOIN node n ON n.id = s.node_id LEFT JOIN rule_version v ON v.id = f.rule_version_id"
            + " LEFT JOIN rule r ON r.id = v.rule_id";
    private static final String SELECT =
            "SELECT f.*, j.batch_job_id, j.name AS job_name, j.user_name, n.name AS node_name, r.id AS rule_id,"
                    + " r.name AS rule_name, v.version AS rule_version, v.hint AS rule_hint, v.expression" + FROM;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final NamedFigures namedFigures;

    FlagQueries(JdbcClient jdbc, JsonMapper json, NamedFigures namedFigures) {
        this.jdbc = jdbc;
        this.json = json;
        this.namedFigures = namedFigures;
    }

    /** Where a search finds more, {@link Found#total} is this. */
    public static final int MOST_COUNTED = 100_000;

    /** A page of flags and how many there are in all, {@link #MOST_COUNTED} at most. */
    public record Found(List<Flag> flags, long total) {}

    /**
     * Standing flags first, then the latest raised first.
     *
     * @param page from 0
     * @param size 1 to 500
     */
    public Found search(FlagFilter filter, int page, int size, Viewer viewer) {
        Where where = new Where(filter, viewer);
        long total = jdbc.sql("SELECT COUNT(*) FROM (SELECT 1 FROM " + where.tables + where.sql + " LIMIT "
                        + MOST_COUNTED + ") some")
                .params(where.params)
                .query(Long.class)
                .single();
        List<Flag> flags = jdbc.sql(SELECT + where.sql
                        + " ORDER BY f.standing DESC, f.raised_at DESC, f.id DESC LIMIT :size OFFSET :offset")
                .params(where.params)
                .param("size", size)
                .param("offset", (long) page * size)
                .query((row, number) -> flag(row, viewer))
                .list();
        return new Found(flags, total);
    }

    /** All flags of a job by the time they were raised; none when the job is not the viewer's to see. */
    public List<Flag> ofJob(long jobId, Viewer viewer) {
        Where where = new Where(new FlagFilter(Set.of(), null, jobId, null), viewer);
        return jdbc.sql(SELECT + where.sql + " ORDER BY f.raised_at, f.id")
                .params(where.params)
                .query((row, number) -> flag(row, viewer))
                .list();
    }

    public Optional<Flag> find(long id, Viewer viewer) {
        Where where = new Where(FlagFilter.ALL, viewer);
        return jdbc.sql(SELECT + where.sql + " AND f.id = :id")
                .params(where.params)
                .param("id", id)
                .query((row, number) -> flag(row, viewer))
                .optional();
    }

    /** How many flags of each kind stand now; kinds without any are left out. */
    public Map<FlagKind, Long> standingByKind(Viewer viewer) {
        Where where = new Where(FlagFilter.ALL, viewer);
        Map<FlagKind, Long> counts = new EnumMap<>(FlagKind.class);
        jdbc.sql("SELECT f.kind, COUNT(*) AS flags FROM " + where.tables + where.sql
                        + " AND f.standing GROUP BY f.kind")
                .params(where.params)
                .query(row -> {
                    counts.put(kind(row), row.getLong("flags"));
                });
        return counts;
    }

    /** What must hold of {@code f} and {@code j}, with its parameters. */
    private static final class Where {
        private final String sql;
        /** Of which only those are counted that are asked about. */
        private final String tables;

        private final Map<String, Object> params = new HashMap<>();

        Where(FlagFilter filter, Viewer viewer) {
            List<String> parts = new ArrayList<>(List.of("TRUE"));
            if (!viewer.admin()) {
                parts.add("j.user_name = :viewer");
                params.put("viewer", viewer.name());
            }
            if (!filter.states().isEmpty()) {
                boolean standing = filter.states().stream().allMatch(FlagState::standing);
                parts.add(standing ? "f.standing AND f.state IN (:states)" : "f.state IN (:states)");
                params.put("states", filter.states().stream().map(Enum::name).toList());
            }
            if (filter.kind() != null) {
                parts.add("f.kind = :kind");
                params.put("kind", filter.kind().kindName());
            }
            if (filter.jobId() != null) {
                parts.add("f.job_id = :job");
                params.put("job", filter.jobId());
            }
            if (filter.rule() != null) {
                parts.add("f.rule_version_id IN (SELECT w.id FROM rule_version w WHERE w.rule_id = :rule)");
                params.put("rule", filter.rule());
            }
            if (filter.user() != null) {
                parts.add("j.user_name = :user");
                params.put("user", filter.user());
            }
            sql = " WHERE " + String.join(" AND ", parts);
            tables = viewer.admin() && filter.user() == null ? "flag f" : "flag f JOIN job j ON j.id = f.job_id";
        }
    }

    private Flag flag(ResultSet row, Viewer viewer) throws SQLException {
        String verdict = row.getString("verdict");
        String first = row.getString("first_evidence");
        return new Flag(
                row.getLong("id"),
                row.getLong("job_id"),
                row.getString("batch_job_id"),
                row.getString("job_name"),
                row.getString("user_name"),
                row.getObject("slot_id", Long.class),
                row.getString("node_name"),
                kind(row),
                Severity.valueOf(row.getString("severity")),
                FlagState.valueOf(row.getString("state")),
                row.getTimestamp("since").toInstant(),
                row.getTimestamp("raised_at").toInstant(),
                instant(row, "cleared_at"),
                row.getString("acknowledged_by"),
                instant(row, "acknowledged_at"),
                row.getString("note"),
                verdict == null ? null : FlagVerdict.valueOf(verdict),
                row.getString("verdict_by"),
                instant(row, "verdict_at"),
                row.getString("sentence"),
                row.getString("first_sentence"),
                json.readValue(row.getString("evidence"), Evidence.class),
                first == null ? null : json.readValue(first, Evidence.class),
                rule(row, viewer));
    }

    private Flag.@Nullable Rule rule(ResultSet row, Viewer viewer) throws SQLException {
        String name = row.getString("rule_name");
        if (name == null) {
            return null;
        }
        String hint = row.getString("rule_hint");
        boolean shown = viewer.admin() && !hint.isEmpty();
        return new Flag.Rule(
                row.getLong("rule_id"),
                name,
                row.getInt("rule_version"),
                shown ? hint : null,
                namedFigures.of(row.getLong("rule_version_id"), row.getString("expression")));
    }

    private static FlagKind kind(ResultSet row) throws SQLException {
        String name = row.getString("kind");
        return FlagKind.named(name).orElseThrow(() -> new IllegalStateException("Unknown kind of flag: " + name));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
