package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.JobCgroup;

/**
 * The cgroup that Slurm made for a job: {@code [slurm|slurm_NODE]/uid_U/job_J/step_S} below any controller
 * of version 1, {@code [NODE_]slurmstepd.scope/job_J/step_S/user} in version 2. The spelling changes with
 * version and configuration, so the job is searched for, within bounds. It exists neither when the
 * Prolog nor when the Epilog runs. It and all above it belong to whom the root of all cgroups belongs to.
 */
final class SlurmCgroup {

    private static final int MAX_DEPTH = 7;
    private static final int MAX_FOLDERS = 20_000;

    /** A job may make cgroups of its own below its steps. */
    private static final int MAX_NESTED = 20;

    private static final int MAX_JOB_FOLDERS = 2_000;

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
        return of(root, found);
    }

    private static @Nullable SlurmCgroup of(Path root, List<Path> candidates) {
        List<Path> found =
                candidates.stream().filter(path -> isSystems(root, path)).toList();
        // The freezer is what Slurm itself finds a job's processes with; other controllers may be partial.
        return found.stream()
                .min(Comparator.comparing((Path path) -> !isFreezer(root.relativize(path)))
                        .thenComparing(Comparator.naturalOrder()))
                .map(processes -> new SlurmCgroup(processes, found))
                .orElse(null);
    }

    /** Users may make cgroups of any name where systemd lets them, but those are not root's. */
    private static boolean isSystems(Path root, Path job) {
        try {
            Object owner = Files.getAttribute(root, "unix:uid");
            for (Path folder = job; folder != null && !folder.equals(root); folder = folder.getParent()) {
                if (!owner.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // gone meanwhile
        }
    }

    /** Version 1 has a folder for each controller, or for some that are mounted together. */
    private static boolean isFreezer(Path inRoot) {
        return List.of(inRoot.getName(0).toString().split(",", -1)).contains("freezer");
    }

    /**
     * The job's cgroup as one of its processes tells it ({@code /proc/PID/cgroup}, cgroups(7)), however it is
     * called: the folder below {@code slurmstepd.scope} in version 2, below {@code uid_U} in version 1. Null
     * when that process is in none of Slurm's.
     */
    static @Nullable SlurmCgroup ofMember(Path root, String text, Set<String> otherNodes) {
        List<Path> found = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String[] field = line.split(":", 3);
            Path job = field.length < 3 || !field[2].startsWith("/") ? null : jobPart(field[2].substring(1));
            if (job == null || !isSlurms(job, otherNodes)) {
                continue;
            }
            String controllers = field[1].isEmpty() ? "unified" : field[1].replaceFirst("^name=", "");
            for (Path mount : List.of(root.resolve(controllers), root)) {
                if (Files.isDirectory(mount.resolve(job))) {
                    found.add(mount.resolve(job));
                    break;
                }
            }
        }
        return of(root, found);
    }

    private static @Nullable Path jobPart(String path) {
        Path whole = Path.of(path);
        for (int i = 0; i < whole.getNameCount(); i++) {
            String name = whole.getName(i).toString();
            int job = name.endsWith("slurmstepd.scope") ? i + 1 : name.matches("uid_[0-9]+") ? i + 1 : -1;
            // Below it there is at least a step. The daemon that keeps the scope is in `system`.
            if (job > 0 && job + 1 < whole.getNameCount()) {
                return whole.getName(job).toString().equals("system") ? null : whole.subpath(0, job + 1);
            }
        }
        return null;
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

    /** Pids of all steps and of what the job made below them; in version 2 without the step daemons, which live in a folder beside {@code user}. */
    Set<Integer> pids() {
        Set<Integer> pids = new HashSet<>();
        try {
            Files.walkFileTree(processes, EnumSet.noneOf(FileVisitOption.class), MAX_NESTED, new SimpleFileVisitor<>() {
                private int visited;

                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (++visited > MAX_JOB_FOLDERS) {
                        return FileVisitResult.TERMINATE;
                    }
                    if (isOfStepDaemon(processes.relativize(folder))) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    readPids(folder.resolve("cgroup.procs"), pids);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // a step ended while we walked
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // The job ended while we walked: what was read counts.
        }
        return pids;
    }

    private static boolean isOfStepDaemon(Path inJob) {
        return inJob.getNameCount() == 2 && inJob.getName(0).toString().startsWith("step_") && inJob.endsWith("slurm");
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
