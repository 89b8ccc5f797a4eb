package org.slotwarden.agent.slot;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.v1.JobFacts;

/**
 * What the environment of a job's own process tells: Slurm's Prolog knows neither the job's name nor its
 * array. Only three names are taken from it. The user can put anything there, which is the user's right
 * with a job's name.
 */
final class JobEnvironment {

    private static final Set<String> TAKEN =
            Set.of("SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID");

    private JobEnvironment() {}

    /**
     * Facts that the environment of one of the processes holds about this job.
     *
     * @param told called for each process that was read, up to the one that knows the job's name
     */
    static void read(EnvironmentReads reads, Collection<ProcessStat> processes, String jobId, Consumer<JobFacts> told) {
        reads.read(
                processes,
                JobFacts.getDefaultInstance(),
                (text, length) -> parse(text, length, jobId),
                JobFacts::hasName,
                (process, facts) -> told.accept(facts));
    }

    static JobFacts parse(byte[] environment, int length, String jobId) {
        JobFacts.Builder facts = JobFacts.newBuilder();
        boolean ours = false;
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (environment[i] != 0) {
                continue;
            }
            String variable = new String(environment, start, i - start, StandardCharsets.UTF_8);
            start = i + 1;
            int equals = variable.indexOf('=');
            if (equals < 0 || !TAKEN.contains(variable.substring(0, equals))) {
                continue;
            }
            String value = variable.substring(equals + 1);
            switch (variable.substring(0, equals)) {
                case "SLURM_JOB_ID" -> ours = value.equals(jobId);
                case "SLURM_JOB_NAME" -> facts.setName(BoundedText.cut(value));
                case "SLURM_ARRAY_JOB_ID" -> {
                    if (value.matches("[0-9]{1,10}")) {
                        facts.setArrayId(value);
                    }
                }
                case "SLURM_ARRAY_TASK_ID" -> {
                    if (value.matches("[0-9]{1,10}")) {
                        facts.setArrayIndex(Long.parseLong(value));
                    }
                }
                default -> throw new AssertionError(variable);
            }
        }
        return ours ? facts.build() : JobFacts.getDefaultInstance();
    }
}
