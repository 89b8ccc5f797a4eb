package org.slotwarden.portal.notice;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.audit.Actor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tells admins of flags, of the kinds and from the severities on that the site wants ({@link NoticeSettings}). */
@Service
public class FlagNotices {

    private final Notices notices;
    private final NoticeSettings settings;
    private final JdbcClient jdbc;
    private final Clock clock;

    FlagNotices(Notices notices, NoticeSettings settings, JdbcClient jdbc, Clock clock) {
        this.notices = notices;
        this.settings = settings;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Within the transaction that writes the flag.
     *
     * @param before null: it was raised just now
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void flagged(long flagId, FlagKind kind, @Nullable Severity before, Severity severity, String sentence) {
        if (settings.flags().isEmpty()) {
            return;
        }
        record About(long jobId, String batchJobId, String kind) {}
        About about = jdbc.sql("""
                        SELECT j.id, j.batch_job_id, IF(f.kind = 'site_rule', CONCAT('rule:', r.name), f.kind) kind
                        FROM flag f JOIN job j ON j.id = f.job_id
                            LEFT JOIN rule_version v ON v.id = f.rule_version_id LEFT JOIN rule r ON r.id = v.rule_id
                        WHERE f.id = ?
                        """)
                .param(flagId)
                .query((row, number) ->
                        new About(row.getLong("id"), row.getString("batch_job_id"), row.getString("kind")))
                .single();
        Severity least = settings.tellsFrom(about.kind()).orElse(null);
        boolean graver = before == null || severity.compareTo(before) > 0;
        if (least == null || severity.compareTo(least) < 0 || !graver) {
            return;
        }
        String title = kind == FlagKind.SITE_RULE ? about.kind().replaceFirst("^rule:", "") : kind.title();
        notices.add(
                new Notices.News(
                        null,
                        about.jobId(),
                        NoticeKind.FLAG,
                        flagId,
                        about.kind(),
                        "Job " + about.batchJobId() + ": " + title,
                        title + " (" + severity.severityName() + "): " + sentence),
                Actor.PORTAL,
                clock.instant());
    }
}
