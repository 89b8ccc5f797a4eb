package org.slotwarden.agent.node;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slotwarden.wire.v1.GpuSample;

/**
 * Runs NVIDIA's program and reads what it prints. It is known to hang in the kernel when a GPU is in
 * trouble, where not even SIGKILL ends it: then {@link #read} does not return, which is why it is called
 * aside and never twice at once.
 */
final class NvidiaSmi {

    private static final int MAX_OUTPUT = 64 << 10;

    private final Path program;
    private final Duration limit;

    NvidiaSmi(Path program, Duration limit) {
        this.program = program;
        this.limit = limit;
    }

    /** @throws IOException when it fails, is killed for taking too long, or prints something else */
    List<GpuSample> read() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(), "--query-gpu=" + GpuTable.QUERY, "--format=csv,noheader,nounits")
                .directory(new File("/"))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        var late = process.onExit().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        var unused = late.exceptionally(tooLong -> kill(process));
        String output;
        try (InputStream out = process.getInputStream()) {
            output = new String(out.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
        } finally {
            // Whatever it does after it has closed its output: it may not run beside the next one.
            process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            kill(process);
            process.waitFor();
        }
        if (late.isCompletedExceptionally()) {
            throw new IOException(program + " took more than " + limit.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException(program + " ended with status " + process.exitValue());
        }
        return GpuTable.parse(output);
    }

    private static Process kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        return process.destroyForcibly();
    }
}
