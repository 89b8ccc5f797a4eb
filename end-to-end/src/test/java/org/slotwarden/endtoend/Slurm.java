package org.slotwarden.endtoend;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A private Slurm on loopback: one slurmctld and the slurmds n1 and n2, started by {@code end-to-end/slurm/up}. */
final class Slurm implements AutoCloseable {

    static final List<String> NODES = List.of("n1", "n2");

    private final Path directory;
    private final String user;
    private final Path jobDirectory;
    private final Map<String, String> environment = new TreeMap<>();

    Slurm(Path directory, Installation installation) {
        this.directory = directory;
        String said = Command.succeed(
                Duration.ofMinutes(2),
                Map.of(
                        "PROLOG", installation.hook("slurm", "prologue").toString(),
                        "EPILOG", installation.hook("slurm", "epilogue").toString()),
                List.of(Command.checkout().resolve("end-to-end/slurm/up").toString(), directory.toString()));
        said.lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> environment.put(pair[0], pair[1]));
        user = java.util.Objects.requireNonNull(environment.remove("JOB_USER"), "up told no JOB_USER");
        jobDirectory = directory.resolve("jobs");
        Command.succeed(
                Duration.ofSeconds(10), Map.of(), List.of("install", "-d", "-o", user, jobDirectory.toString()));
    }

    String user() {
        return user;
    }

    /** A place that the job's user may write to. */
    Path jobDirectory() {
        return jobDirectory;
    }

    /** The id of a job of the cluster's user that runs {@code script} with bash. */
    String submit(String script, String... options) {
        List<String> words = new ArrayList<>(List.of("sbatch", "--parsable", "--chdir=" + jobDirectory));
        words.addAll(List.of(options));
        words.addAll(List.of("--wrap", script));
        return asUser(words).strip();
    }

    String asUser(List<String> words) {
        List<String> all = new ArrayList<>(List.of(
                "runuser", "-u", user, "--", "env", "-i", "HOME=" + jobDirectory, "PATH=/usr/local/bin:/usr/bin:/bin"));
        environment.forEach((name, value) -> all.add(name + "=" + value));
        all.addAll(words);
        return Command.succeed(Duration.ofMinutes(5), Map.of(), all);
    }

    String asAdmin(String... words) {
        return Command.succeed(Duration.ofMinutes(1), environment, List.of(words));
    }

    /** What scontrol says of the job's state, for example COMPLETED. */
    String state(String id) {
        String record = asAdmin("scontrol", "-o", "show", "job", id);
        java.util.regex.Matcher matcher =
                java.util.regex.Pattern.compile("JobState=([A-Z_]+)").matcher(record);
        return matcher.find() ? matcher.group(1) : "UNKNOWN";
    }

    void awaitState(String id, String state) {
        await("Slurm's job " + id + " to be " + state)
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> state(id).equals(state));
    }

    /** No node may be drained by a hook of ours. */
    List<String> nodeStates() {
        return asAdmin("sinfo", "-h", "-N", "-o", "%N %T").lines().sorted().toList();
    }

    @Override
    public void close() {
        Command.succeed(
                Duration.ofMinutes(2),
                Map.of(),
                List.of(Command.checkout().resolve("end-to-end/slurm/down").toString(), directory.toString()));
    }
}
