package org.slotwarden.portal.rule;

import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.rule.RuleSet;

/** Judges what is stored of jobs by a rule, as it would have been judged live. */
public interface PastJobs {

    /**
     * What a rule says of one job.
     *
     * @param seconds of its life that were looked at
     * @param raisedAt of the first flag; null: none was raised
     * @param sentence of the first flag
     * @param times how often a flag was raised
     */
    record Verdict(
            long jobId,
            String batchJobId,
            @Nullable String jobName,
            @Nullable String user,
            double seconds,
            @Nullable Instant raisedAt,
            @Nullable String sentence,
            int times) {}

    /**
     * The newest jobs first.
     *
     * @param rule a set of this one rule
     * @param from jobs that ended before are not looked at, nor what was before
     * @param most jobs
     * @param goesOn asked often; false: enough
     * @return whether all jobs were looked at; false when {@code goesOn} said no, or there were more
     */
    boolean judge(RuleSet rule, Instant from, int most, BooleanSupplier goesOn, Consumer<Verdict> told);
}
