package org.slotwarden.batch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a batch system is reached from this machine.
 *
 * @param commands folder of its commands, absolute
 * @param environment what they need to know: SLURM_CONF, SGE_ROOT, CONDOR_CONFIG. They get nothing else of ours
 * @param deadline for one act, all its commands together
 */
public record BatchAccess(Path commands, Map<String, String> environment, Duration deadline) {

    public static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Pattern VARIABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,63})=([^\\p{Cntrl}]{0,4096})");

    public BatchAccess {
        if (!commands.isAbsolute()) {
            throw new IllegalArgumentException("the folder of the commands must be an absolute path, not " + commands);
        }
        environment = Map.copyOf(environment);
    }

    /**
     * @param environment each NAME=VALUE
     * @throws IllegalArgumentException with what cannot be, for whoever configured it
     */
    public static BatchAccess of(Path commands, List<String> environment) {
        Map<String, String> variables = new TreeMap<>();
        for (String one : environment) {
            Matcher variable = VARIABLE.matcher(one.strip());
            if (!variable.matches()) {
                throw new IllegalArgumentException("the environment must be NAME=VALUE, not " + one);
            }
            variables.put(variable.group(1), variable.group(2));
        }
        return new BatchAccess(commands, variables, DEADLINE);
    }

    /**
     * Does it, and waits for the answer.
     *
     * @param text of {@link BatchText}
     * @return what the batch system was told, for people
     * @throws BatchFailed when it was not done, or not for certain
     */
    public String carryOut(BatchJob job, BatchAct act, String text) throws BatchFailed {
        return job.system().dialect().carryOut(job, act, text, new Commands(this));
    }
}
