package org.slotwarden.agent.decision;

import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/**
 * What a trigger wants.
 *
 * @param verdict on the sample that the event brought
 * @param reason told with what is reported because of this opinion
 * @param release held samples to report now; null: none
 * @param interesting whether other triggers shall hear of it
 */
public record Opinion(
        Verdict verdict, JobSample.Reason reason, @Nullable Span release, boolean interesting) {

    /** What becomes of a sample. */
    public enum Verdict {
        /** No opinion: the next trigger is asked. */
        PASS,
        /** Report it. */
        KEEP,
        /** Keep it in memory for a while. */
        HOLD
    }

    /** A stretch of time, both ends included, in milliseconds since 1970. */
    public record Span(long fromMs, long toMs) {}

    static final Opinion NONE = new Opinion(Verdict.PASS, JobSample.Reason.REGULAR, null, false);

    static final Opinion HOLD = new Opinion(Verdict.HOLD, JobSample.Reason.REGULAR, null, false);

    static Opinion keep(JobSample.Reason reason) {
        return new Opinion(Verdict.KEEP, reason, null, false);
    }

    static Opinion keepAndTell(JobSample.Reason reason) {
        return new Opinion(Verdict.KEEP, reason, null, true);
    }

    static Opinion release(JobSample.Reason reason, long fromMs, long toMs) {
        return new Opinion(Verdict.PASS, reason, new Span(fromMs, toMs), false);
    }
}
