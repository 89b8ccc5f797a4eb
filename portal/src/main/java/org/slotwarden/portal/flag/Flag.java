package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.Severity;

/**
 * One flag on one job.
 *
 * @param jobId the portal's own id of the job
 * @param batchJobId the batch system's id of the job
 * @param slotId the slot that it is about, absent when it is about the whole job
 * @param node the node of that slot
 * @param since when the condition began
 * @param raisedAt time of the sample with which the condition had held for long enough
 * @param clearedAt when the cause was gone or the job ended, absent while the flag stands
 * @param sentence the latest evidence in words
 * @param firstSentence the evidence when the flag was raised
 * @param verdict what an admin said of it
 * @param evidence the figures of the latest sentence
 * @param firstEvidence those of the first one; absent of flags of before 22 November 2026
 * @param rule that raised it, of a flag of kind {@code site_rule}
 */
public record Flag(
        long id,
        long jobId,
        String batchJobId,
        @Nullable String jobName,
        @Nullable String user,
        @Nullable Long slotId,
        @Nullable String node,
        FlagKind kind,
        Severity severity,
        FlagState state,
        Instant since,
        Instant raisedAt,
        @Nullable Instant clearedAt,
        @Nullable String acknowledgedBy,
        @Nullable Instant acknowledgedAt,
        @Nullable String note,
        @Nullable FlagVerdict verdict,
        @Nullable String verdictBy,
        @Nullable Instant verdictAt,
        String sentence,
        String firstSentence,
        Evidence evidence,
        @Nullable Evidence firstEvidence,
        @Nullable Rule rule) {

    /**
     * A rule of the site, in the version that raised the flag.
     *
     * @param hint what admins wrote for admins; absent for others, or when there is none
     * @param figures that its condition names
     */
    public record Rule(
            long id, String name, int version, @Nullable String hint, List<JobFigure> figures) {}

    /** A few words for people. */
    public String title() {
        return rule == null ? kind.title() : rule.name();
    }
}
