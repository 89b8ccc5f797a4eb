package org.slotwarden.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;

/**
 * The shell that starts the agent again when it dies, seen from the agent: our parent. When it is gone, the
 * agent starts another one, which starts another agent; as soon as that one waits for the lock, this one goes.
 */
final class Guardian {

    private static final Logger LOG = LoggerFactory.getLogger(Guardian.class);

    /** So long a new agent may take until it waits for the lock. */
    private static final Duration START = Duration.ofSeconds(30);

    private static final Duration MOST_PAUSE = Duration.ofMinutes(5);

    private final CommandLine line;
    private final Path state;
    private final StateDirectory directory;
    private final Runnable leave;
    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private Duration pause = START;
    private @Nullable Long calledAt;
    private boolean left;

    /** @param leave tells the agent to end in order, because another one waits for its place */
    Guardian(CommandLine line, StateDirectory directory, Runnable leave) {
        this.line = line;
        this.state = directory.root();
        this.directory = directory;
        this.leave = leave;
    }

    /** True when the process that started us watches over us. */
    private boolean isThere() {
        ProcessStat self = ProcessStat.read(proc, "self");
        return self == null || self.parent() == line.guardian();
    }

    /** Sees to it that there is a guardian; called again and again, on one thread. */
    void look() {
        if (left || line.guardian() == 0 || line.launcher() == null || isThere()) {
            return;
        }
        long now = System.nanoTime();
        try {
            if (calledAt == null) {
                LOG.warn("the guardian (process {}) is gone, another one is called", line.guardian());
                call(line.launcher());
            } else if (directory.nextIsThere()) {
                LOG.info("another agent with a guardian waits, this one ends");
                left = true;
                leave.run();
            } else if (now - calledAt > pause.toNanos()) {
                LOG.warn("no other agent came, its guardian is called again");
                pause = pause.multipliedBy(2).compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : pause.multipliedBy(2);
                call(line.launcher());
            }
        } catch (IOException e) {
            LOG.error("no guardian can be started: {}", e.toString());
        }
    }

    private void call(Path launcher) throws IOException {
        calledAt = System.nanoTime();
        directory.forgetNext();
        // Java closes all descriptors but these three, and setsid leaves us: the new one is nobody's child.
        List<String> command = new ArrayList<>(List.of("setsid", "--fork", launcher.toString()));
        command.addAll(List.of("--config", line.config().toString(), "--state", state.toString()));
        command.addAll(List.of("--successor", "yes"));
        command.addAll(List.of("--java-home", Objects.requireNonNull(System.getProperty("java.home"))));
        if (line.node() != null) {
            command.addAll(List.of("--node", line.node()));
        }
        if (line.shared() != null) {
            command.addAll(List.of("--shared", line.shared().toString()));
        }
        File log = state.resolve("agent.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .redirectError(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
        builder.start();
    }
}
