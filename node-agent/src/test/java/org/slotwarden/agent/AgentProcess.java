package org.slotwarden.agent;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The agent as it really runs: a process of its own with a state directory, and hooks that write there. */
public final class AgentProcess implements AutoCloseable {

    static final String TOKEN = "node-token-that-nobody-may-see";

    private final Path root;
    private final Map<String, String> config = new LinkedHashMap<>();
    private @Nullable Process process;
    private final List<Process> all = new ArrayList<>();
    private int files;

    AgentProcess(Path root, String portal) throws IOException {
        this.root = root;
        Files.createDirectories(state().resolve("inbox"));
        Path token = root.resolve("token");
        Files.writeString(token, TOKEN + "\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        config.put("portal.url", portal);
        config.put("portal.token_file", token.toString());
        config.put("state", state().toString());
        config.put("sample_interval_seconds", "1");
        config.put("idle_exit_seconds", "600");
        config.put("scontrol", "off");
    }

    AgentProcess with(String key, Object value) {
        config.put(key, value.toString());
        return this;
    }

    Path state() {
        return root.resolve("state");
    }

    Path token() {
        return root.resolve("token");
    }

    AgentProcess start() throws IOException {
        return start(List.of());
    }

    /** @param before commands of a shell that then becomes the agent */
    AgentProcess startAfter(String before) throws IOException {
        return start(List.of("sh", "-c", before + "; exec \"$@\"", "sh"));
    }

    private AgentProcess start(List<String> prefix) throws IOException {
        process = launch(prefix);
        return this;
    }

    Path writeConfig() throws IOException {
        StringBuilder text = new StringBuilder();
        config.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        return Files.writeString(root.resolve("agent.conf"), text);
    }

    /** Starts one more agent on the same state directory. */
    Process launch(List<String> prefix) throws IOException {
        Path file = writeConfig();
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--config",
                file.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(root.resolve("out").toFile())
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(root.resolve("err").toFile()));
        builder.environment().put("http_proxy", "http://127.0.0.1:9");
        builder.environment().put("JAVA_TOOL_OPTIONS", "");
        Process launched = builder.start();
        all.add(launched);
        return launched;
    }

    /** What a hook does: a file is written aside and renamed. */
    void hook(String event, String... records) throws IOException {
        Path inbox = state().resolve("inbox");
        Path written = inbox.resolve("h" + files + ".tmp");
        Files.write(written, (String.join("\0", records) + "\0").getBytes(StandardCharsets.UTF_8));
        Files.move(written, inbox.resolve("h" + files++ + "." + event), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a hook does for a slot with a process of its own. */
    void hookOfOwn(Path own, String event, String jobId, @Nullable Load job, String... more) throws IOException {
        Path inbox = Files.createDirectories(own.resolve("inbox"));
        Path written = inbox.resolve("h" + files + ".tmp");
        Files.write(written, (String.join("\0", records(jobId, job, more)) + "\0").getBytes(StandardCharsets.UTF_8));
        Files.move(written, inbox.resolve("h" + files++ + "." + event), StandardCopyOption.ATOMIC_MOVE);
    }

    AgentProcess prologue(String jobId, Load job, String... more) throws IOException {
        hook("prologue", records(jobId, job, more));
        return this;
    }

    void epilogue(String jobId, String... more) throws IOException {
        hook("epilogue", records(jobId, null, more));
    }

    private static String[] records(String jobId, @Nullable Load job, String... more) {
        List<String> records = new ArrayList<>(List.of("job_id=" + jobId, "node=n1"));
        if (Arrays.stream(more).noneMatch(record -> record.startsWith("batch_system="))) {
            records.add("batch_system=local");
        }
        if (job != null) {
            records.add("job_pid=" + job.pid());
        }
        records.addAll(List.of(more));
        return records.toArray(String[]::new);
    }

    Process process() {
        return Objects.requireNonNull(process);
    }

    void kill() throws InterruptedException {
        process().destroyForcibly().waitFor();
    }

    int awaitExit() throws InterruptedException {
        if (!process().waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the agent does not end: " + log());
        }
        return process().exitValue();
    }

    String log() {
        try {
            return Files.readString(state().resolve("agent.log"));
        } catch (IOException e) {
            return "";
        }
    }

    void awaitInboxEmpty() {
        await().until(() -> {
            try (var entries = Files.list(state().resolve("inbox"))) {
                return entries.findAny().isEmpty();
            }
        });
    }

    List<Path> slotFolders() throws IOException {
        try (var entries = Files.list(state().resolve("slots"))) {
            return entries.toList();
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Process started : all) {
            started.destroyForcibly().waitFor();
        }
    }
}
