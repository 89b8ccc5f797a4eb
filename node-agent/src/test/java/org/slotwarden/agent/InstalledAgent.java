package org.slotwarden.agent;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The agent as a hook starts it: through its launcher, detached, with a guardian. */
final class InstalledAgent implements AutoCloseable {

    private final AgentProcess agent;
    private final Path launcher;

    InstalledAgent(Path root, AgentProcess agent) throws IOException {
        this.agent = agent;
        this.launcher = install(root).resolve("node-agent");
    }

    /** Puts an agent there that runs the classes under test; the folder with its programs. */
    static Path install(Path root) throws IOException {
        Path home = root.resolve("node-agent");
        Path programs = Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        for (String program : List.of("node-agent", "record")) {
            Files.copy(Path.of("bin", program), programs.resolve(program), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream jar = Files.newOutputStream(home.resolve("lib/node-agent.jar"))) {
            new JarOutputStream(jar, manifest).close();
        }
        return programs;
    }

    /** Starts it as a hook does and returns when it reads the inbox of a state directory. */
    int start(Path state, String... options) throws Exception {
        launch(state, List.of(), options);
        return awaitAgent(state, 0);
    }

    /** @param before program, with arguments, that runs the launcher */
    Process launch(Path state, List<String> before, String... options) throws Exception {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("setsid", "--fork", launcher.toString()));
        command.addAll(List.of("--config", agent.writeConfig().toString(), "--state", state.toString()));
        command.addAll(List.of("--java-home", Objects.requireNonNull(System.getProperty("java.home"))));
        command.addAll(List.of(options));
        File log = state.resolve("agent.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .redirectError(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(Map.of("SLURM_JOB_ID", "1", "JAVA_TOOL_OPTIONS", "-Xbad"));
        return builder.start();
    }

    /** The agent's process once it is another one than that. */
    static int awaitAgent(Path state, int than) {
        await().until(() ->
                pid(state, "agent.pid").filter(InstalledAgent::lives).orElse(than) != than);
        return pid(state, "agent.pid").orElseThrow();
    }

    static int guardian(Path state) {
        return pid(state, "guardian.pid").orElseThrow();
    }

    static Optional<Integer> pid(Path state, String file) {
        try {
            String text = Files.readString(state.resolve(file));
            return text.isBlank() ? Optional.empty() : Optional.of(Integer.parseInt(text.split(" ")[0]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static boolean lives(int pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                && !stat(pid).startsWith("Z");
    }

    static int parent(int pid) {
        return Integer.parseInt(stat(pid).split(" ")[1]);
    }

    static int niceness(int pid) {
        return Integer.parseInt(stat(pid).split(" ")[16]);
    }

    /** From the state on. */
    private static String stat(int pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return "Z 0";
        }
    }

    static void kill(int pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> !lives(pid));
    }

    static void terminate(int pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }

    /** Ends whatever runs for a state directory, whichever of the two is there. */
    static void end(Path state) {
        await().until(() -> {
            List<Integer> living = Stream.of("guardian.pid", "agent.pid")
                    .flatMap(file -> pid(state, file).stream())
                    .filter(InstalledAgent::lives)
                    .toList();
            living.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            return living.isEmpty();
        });
    }

    @Override
    public void close() throws IOException {
        end(agent.state());
        Path own = agent.state().resolve("own");
        if (Files.isDirectory(own)) {
            try (var states = Files.list(own)) {
                states.forEach(InstalledAgent::end);
            }
        }
    }
}
