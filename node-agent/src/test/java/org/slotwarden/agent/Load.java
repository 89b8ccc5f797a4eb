package org.slotwarden.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real process that consumes a known amount of something, started by a shell; ended with the test. */
public final class Load implements AutoCloseable {

    private final Process process;

    private Load(Process process) {
        this.process = process;
    }

    public static Load shell(String script) throws IOException {
        return shell(script, Map.of());
    }

    public static Load shell(String script, Map<String, String> environment) throws IOException {
        return start(List.of("sh", "-c", script), environment);
    }

    /** A program of perl, which a Debian has everywhere: for what a shell cannot hold. */
    public static Load perl(String program) throws IOException {
        return start(List.of("perl", "-e", program), Map.of());
    }

    public static Load perl(String program, Map<String, String> environment) throws IOException {
        return start(List.of("perl", "-e", program), environment);
    }

    private static Load start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        return new Load(builder.start());
    }

    public int pid() {
        return (int) process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public void await() throws InterruptedException {
        process.waitFor();
    }

    /** Pids whose environment holds a variable: orphans, whom nobody else can name. */
    public static List<Integer> marked(String variable) throws IOException {
        List<Integer> pids = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path folder : folders) {
                try {
                    String environment = Files.readString(folder.resolve("environ"), StandardCharsets.ISO_8859_1);
                    if (List.of(environment.split("\0")).contains(variable)) {
                        pids.add(Integer.parseInt(String.valueOf(folder.getFileName())));
                    }
                } catch (IOException e) {
                    // gone, or not ours
                }
            }
        }
        return pids;
    }

    public static void endMarked(String variable) throws IOException {
        for (int pid : marked(variable)) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
