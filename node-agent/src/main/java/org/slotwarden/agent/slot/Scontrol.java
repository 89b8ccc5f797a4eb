package org.slotwarden.agent.slot;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks Slurm's controller about a job with {@code scontrol -o show job ID}: twice in a job's life, never
 * on the sampling thread.
 */
public final class Scontrol {

    private static final int MAX_ANSWER = 1 << 20;

    private final Path program;
    private final Duration timeout;

    public Scontrol(Path program, Duration timeout) {
        this.program = program;
        this.timeout = timeout;
    }

    /**
     * Empty when the controller gave no usable answer (in time), or does not know the job.
     *
     * @param slurmConf the configuration that the hook saw, for nodes that belong to several clusters
     */
    public Optional<ScontrolRecord> ask(String jobId, @Nullable String slurmConf) {
        if (!jobId.matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "-o", "show", "job", jobId)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
        if (slurmConf != null && slurmConf.startsWith("/")) {
            builder.environment().put("SLURM_CONF", slurmConf);
        }
        try {
            Process process = builder.start();
            var unused = process.onExit()
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(late -> kill(process));
            try (InputStream answer = process.getInputStream()) {
                byte[] bytes = answer.readNBytes(MAX_ANSWER);
                return ScontrolRecord.find(new String(bytes, StandardCharsets.UTF_8), jobId);
            } finally {
                kill(process);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Process kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        return process.destroyForcibly();
    }
}
