package org.slotwarden.judging.replay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.JobFacts;
import org.slotwarden.judging.rule.JobNames;

/** Reads {@code jobs.csv}. Limits of zero, or of 2^60 and more, are none. */
final class JobList {

    static final String FILE = "jobs.csv";
    static final String RUNS = "runs";

    /** What may be part of the name of a file, and cannot lead out of the folder. */
    private static final Pattern ID = Pattern.compile("(?!\\.)[^/\\\\\\p{Cntrl}]{1,200}");

    private JobList() {}

    /** In the order of the file; recordings that it does not name come last, as jobs of which nothing is known. */
    static List<Run> read(Path folder, Problems problems) {
        List<Run> runs = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Path path = folder.resolve(FILE);
        try (CsvFile file = new CsvFile(path, problems)) {
            if (file.column("run_id") < 0) {
                problems.report(path, 1, "no column run_id");
            } else {
                read(file, runs, ids);
            }
        } catch (IOException e) {
            problems.report(path, 0, String.valueOf(e.getMessage()));
        }
        for (String id : recorded(folder, problems)) {
            if (ids.add(id)) {
                problems.report(path, 0, "names no run " + id + ": judged as a job of which nothing is known");
                runs.add(new Run(id, JobFacts.UNKNOWN.withStart(0), JobNames.UNKNOWN, ""));
            }
        }
        return runs;
    }

    private static void read(CsvFile file, List<Run> runs, Set<String> ids) throws IOException {
        int id = file.column("run_id");
        int array = file.column("array");
        for (List<String> row = file.row(); row != null; row = file.row()) {
            String name = row.get(id).strip();
            if (!ID.matcher(name).matches()) {
                file.problem("run_id cannot be the name of a file: \"" + name + "\"");
            } else if (!ids.add(name)) {
                file.problem("run_id comes twice: \"" + name + "\", the first counts");
            } else {
                JobFacts facts = JobFacts.UNKNOWN
                        .withStart(0)
                        .withCores(number(file, row, "cores_req"))
                        .withMemory(number(file, row, "mem_limit"))
                        .withWalltime(number(file, row, "walltime"))
                        .withDiskQuota(number(file, row, "disk_quota"))
                        .withOpenFiles(number(file, row, "fd_limit"));
                runs.add(new Run(
                        name,
                        facts,
                        names(file, row),
                        array < 0 ? "" : row.get(array).strip()));
            }
        }
    }

    private static JobNames names(CsvFile file, List<String> row) {
        String nodes = word(file, row, "nodes");
        return new JobNames(
                word(file, row, "user"),
                word(file, row, "group"),
                word(file, row, "account"),
                word(file, row, "queue"),
                word(file, row, "job_name"),
                word(file, row, "batch_system"),
                nodes == null ? List.of() : List.of(nodes.split(" +")));
    }

    private static @Nullable String word(CsvFile file, List<String> row, String name) {
        int column = file.column(name);
        String word = column < 0 ? "" : row.get(column).strip();
        return word.isEmpty() ? null : word;
    }

    private static double number(CsvFile file, List<String> row, String name) {
        return file.number(row, file.column(name), name);
    }

    private static Set<String> recorded(Path folder, Problems problems) {
        Set<String> ids = new TreeSet<>();
        Path runs = folder.resolve(RUNS);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(runs, "*.csv")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                String id = name.substring(0, name.length() - ".csv".length());
                if (ID.matcher(id).matches()) {
                    ids.add(id);
                }
            }
        } catch (IOException e) {
            problems.report(runs, 0, "cannot be listed: " + e);
        }
        return ids;
    }
}
