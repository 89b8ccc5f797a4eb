package org.slotwarden.agent.slot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.JobCgroup;

/**
 * The cgroup that Slurm made for a job: {@code [slurm|slurm_NODE]/uid_U/job_J/step_S} below any controller
 * of version 1, {@code [NODE_]slurmstepd.scope/job_J/step_S/user} in version 2. The spelling changes with
 * version and configuration, so the job is searched for, within bounds. It exists neither when the
 * Prolog nor when the Epilog runs.
 */
final class SlurmCgroup {

    private static final int MAX_DEPTH = 7;
    private static final int MAX_FOLDERS = 20_000;

    private final Path processes;
    private final JobCgroup figures;

    private SlurmCgroup(Path processes, List<Path> found) {
        this.processes = processes;
        this.figures = new JobCgroup(found);
    }

    /**
     * Searches below the root of all cgroups; null as long as there is none.
     *
     * @param otherNodes names of the job's other nodes: where several slurmd share a machine, a path that
     *     names one of them is not ours
     */
    static @Nullable SlurmCgroup find(Path root, String jobId, Set<String> otherNodes) {
        List<Path> found = new ArrayList<>();
        String name = "job_" + jobId;
        try {
            Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new SimpleFileVisitor<>() {
                private int visited;

                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (++visited > MAX_FOLDERS) {
                        return FileVisitResult.TERMINATE;
                    }
                    String folderName = String.valueOf(folder.getFileName());
                    if (folderName.equals(name) && isSlurms(root.relativize(folder), otherNodes)) {
                        found.add(folder);
                    }
                    return folderName.startsWith("job_") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            return null;
        }
        // The freezer is what Slurm itself finds a job's processes with; other controllers may be partial.
        return found.stream()
                .min(Comparator.comparing((Path path) -> !path.toString().contains("freezer"))
                        .thenComparing(Comparator.naturalOrder()))
                .map(processes -> new SlurmCgroup(processes, found))
                .orElse(null);
    }

    private static boolean isSlurms(Path path, Set<String> otherNodes) {
        for (Path part : path) {
            String name = part.toString();
            if (name.startsWith("slurm") || name.endsWith("slurmstepd.scope")) {
                String node = name.startsWith("slurm_")
                        ? name.substring("slurm_".length())
                        : name.replaceFirst("_?slurmstepd\\.scope$", "");
                return !otherNodes.contains(node);
            }
        }
        return false;
    }

    /** Pids of all steps; in version 2 without the step daemons, which live in a folder beside {@code user}. */
    Set<Integer> pids() {
        Set<Integer> pids = new HashSet<>();
        try (Stream<Path> folders = Files.walk(processes, 4)) {
            folders.filter(folder -> folder.endsWith("cgroup.procs"))
                    .filter(file -> !processes.relativize(file).toString().matches("step_[^/]*/slurm/.*"))
                    .forEach(file -> readPids(file, pids));
        } catch (IOException | UncheckedIOException e) {
            // A step ended while we walked, or the job did: what was read counts.
        }
        return pids;
    }

    private static void readPids(Path file, Set<Integer> into) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.matches("[1-9][0-9]{0,9}")) {
                    into.add(Integer.parseInt(line));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // As above.
        }
    }

    /** What it counts, daemons of the steps included (some milliseconds of CPU time). */
    JobCgroup figures() {
        return figures;
    }

    boolean exists() {
        return Files.isDirectory(processes);
    }
}
