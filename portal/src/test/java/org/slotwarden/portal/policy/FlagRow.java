package org.slotwarden.portal.policy;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.flag.FlagState;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;

/** A flag as it lies in the database: raised when a test wants it, whatever the job does. */
final class FlagRow {

    private final Map<String, @Nullable Object> columns = new LinkedHashMap<>();

    private FlagRow() {}

    /** A leak that stands, worth a warning. */
    static FlagRow of(long jobId, Instant raised) {
        FlagRow flag = new FlagRow();
        flag.columns.put("job_id", jobId);
        flag.columns.put("kind", "memory_leak");
        flag.columns.put("severity", Severity.WARN.name());
        flag.columns.put("state", FlagState.OPEN.name());
        flag.columns.put("since", Timestamp.from(raised));
        flag.columns.put("raised_at", Timestamp.from(raised));
        flag.columns.put("cleared_at", null);
        flag.columns.put("sentence", "Memory +240 MB/h");
        flag.columns.put("first_sentence", "Memory +240 MB/h");
        flag.columns.put("evidence", "{}");
        flag.columns.put("kill_at", null);
        flag.columns.put("rule_version_id", 0);
        return flag;
    }

    FlagRow kind(String kind) {
        columns.put("kind", kind);
        return this;
    }

    FlagRow worthAKill(@Nullable Instant since) {
        columns.put("severity", Severity.KILL.name());
        columns.put("kill_at", since == null ? null : Timestamp.from(since));
        return this;
    }

    FlagRow cleared(Instant at) {
        columns.put("state", FlagState.CLEARED.name());
        columns.put("cleared_at", Timestamp.from(at));
        return this;
    }

    long store(JdbcTemplate jdbc) {
        return new SimpleJdbcInsert(jdbc)
                .withTableName("flag")
                .usingColumns(columns.keySet().toArray(String[]::new))
                .usingGeneratedKeyColumns("id")
                .executeAndReturnKey(columns)
                .longValue();
    }
}
