package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real command with real runs; what it wrote is read back as a reader of the format would. */
class RecordTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    private Path program = Path.of("");
    private Path folder = Path.of("");
    private final List<Process> started = new ArrayList<>();

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        program = InstalledAgent.install(root).resolve("record");
        folder = root.resolve("recordings");
    }

    @AfterEach
    void endWhatStillRuns() throws Exception {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** @param words options, and a command behind -- */
    private Process start(String... words) throws IOException {
        return start(ProcessBuilder.Redirect.PIPE, words);
    }

    private Process start(ProcessBuilder.Redirect output, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), folder.toString(), "--java-home"));
        command.add(Objects.requireNonNull(System.getProperty("java.home")));
        command.addAll(List.of(words));
        return start(output, command);
    }

    private Process start(ProcessBuilder.Redirect output, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(Files.createDirectories(root.resolve("work")).toFile())
                .redirectOutput(output)
                .redirectError(root.resolve("err").toFile())
                .start();
        started.add(process);
        return process;
    }

    private Result result(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, Files.readString(root.resolve("err")));
    }

    private Result run(String... words) throws Exception {
        return result(start(words));
    }

    /** Rows by column; a figure that was not measured is missing. Only whole lines: the run may go on. */
    private List<Map<String, Double>> rows(String name) throws IOException {
        String text;
        try {
            text = Files.readString(folder.resolve("runs/" + name + ".csv"));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        List<Map<String, Double>> rows = new ArrayList<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] columns = lines.getFirst().split(",", -1);
            String[] cells = line.split(",", -1);
            assertThat(cells).as(line).hasSameSizeAs(columns);
            Map<String, Double> row = new HashMap<>();
            for (int i = 0; i < cells.length; i++) {
                if (!cells[i].isEmpty()) {
                    row.put(columns[i], Double.valueOf(cells[i]));
                }
            }
            rows.add(row);
        }
        return rows;
    }

    private Map<String, Double> awaitRow(String name, Predicate<Map<String, Double>> wanted) {
        List<Map<String, Double>> found = new ArrayList<>();
        await().until(() ->
                rows(name).stream().filter(wanted).peek(found::add).findFirst().isPresent());
        return found.getFirst();
    }

    private static double of(Map<String, Double> row, String column) {
        return row.getOrDefault(column, Double.NaN);
    }

    private List<String> jobs() throws IOException {
        return Files.readAllLines(folder.resolve("jobs.csv"));
    }

    @Test
    void statusAndOutputAreTheCommandsOwn() throws Exception {
        Result result = run("--name", "r", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        assertThat(result).isEqualTo(new Result(7, "out\n", "err\n"));
        assertThat(run("--", "sh", "-c", "kill -9 $$").status()).as("killed").isEqualTo(128 + 9);
        assertThat(run("--", "no-such-program-anywhere").status()).isEqualTo(127);
        assertThat(jobs()).hasSize(3);
    }

    @Test
    void theRowOfTheJobHoldsWhatItMayUse() throws Exception {
        String[] limits =
                "--cores 2 --memory 9223372036854775807 --walltime 600 --disk-quota 0 --array a --array-index 7"
                        .split(" ");
        List<String> words = new ArrayList<>(List.of("--name", "r"));
        words.addAll(List.of(limits));
        words.addAll(List.of("--", "sh", "-c", "ulimit -Sn"));
        Result result = run(words.toArray(String[]::new));
        assertThat(jobs())
                .containsExactly(
                        "run_id,cores_req,mem_limit,walltime,disk_quota,fd_limit,array,array_index",
                        "r,2,9223372036854775807,600,0," + result.out().strip() + ",a,7");
    }

    @Test
    void nothingOfTheCommandsSurroundingsIsChanged() throws Exception {
        String look =
                "umask; pwd; nice; ulimit -a; ls -l /proc/self/fd | wc -l; grep -E 'Sig(Ign|Blk)' /proc/self/status;"
                        + " env | grep -v '^SLOTWARDEN_RECORD=' | sort; cat";
        String script = "count=1 name=a folder=b command=c state=d target=e self=f; export count name folder command"
                + " state target self; umask 027; exec 7</dev/null; exec \"$@\"";
        List<String> outer = List.of("sh", "-c", script, "sh");
        List<String> plain = new ArrayList<>(outer);
        plain.addAll(List.of("sh", "-c", look));
        List<String> recorded = new ArrayList<>(outer);
        recorded.addAll(List.of(program.toString(), folder.toString(), "--java-home"));
        recorded.addAll(List.of(Objects.requireNonNull(System.getProperty("java.home")), "--name", "r", "--"));
        recorded.addAll(List.of("sh", "-c", look));
        List<String> answers = new ArrayList<>();
        for (List<String> command : List.of(plain, recorded)) {
            Process process = start(ProcessBuilder.Redirect.PIPE, command);
            process.getOutputStream().write("typed\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            answers.add(result(process).out());
        }
        assertThat(answers.getFirst()).endsWith("typed\n").contains("count=1");
        assertThat(answers.get(1)).isEqualTo(answers.getFirst());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("jobs.csv"))))
                .as("the user's umask")
                .isEqualTo("rw-r-----");
    }

    @Test
    void theCommandHasNoChildThatItDidNotMake() throws Exception {
        assertThat(run("--", "perl", "-e", "print wait").out()).isEqualTo("-1");
    }

    @Test
    void figuresOfAKnownLoad() throws Exception {
        String load = "open my $z, '<', '/dev/zero'; sysread $z, my $held, " + 100 * MIB + ";"
                + " open my $w, '>', 'data'; syswrite $w, 'x' x 1000000 for 1 .. 5;"
                + " my @f = map { open my $f, '<', '/dev/null'; $f } 1 .. 50;"
                + " use Socket; my @s = map { socket my $s, PF_UNIX, SOCK_STREAM, 0; $s } 1 .. 10;"
                + " for (1 .. 3) { if (!fork) { sleep 600; exit } }"
                + " while ((times)[0] + (times)[1] < 2) { for (1 .. 10000) {} }"
                + " open my $p, '>', '.slotwarden-progress'; print $p '25%'; close $p;"
                + " $| = 1; print 'y' x 1234; sleep 600";
        Path output = root.resolve("out");
        start(
                ProcessBuilder.Redirect.to(output.toFile()),
                "--name",
                "r",
                "--interval",
                "0.5",
                "--",
                "perl",
                "-e",
                load);
        Map<String, Double> row = awaitRow(
                "r",
                r -> of(r, "stdout_bytes") == 1234
                        && r.containsKey("disk_used")
                        && of(r, "cpu_s") > 1.8
                        && r.containsKey("progress")
                        && r.containsKey("sockets"));
        assertThat(of(row, "cpu_s")).isBetween(1.85, 2.6);
        assertThat(of(row, "cpu_user_s") + of(row, "cpu_system_s"))
                .isBetween(of(row, "cpu_s") - 0.002, of(row, "cpu_s") + 0.002);
        // The pages that the children share with their parent count in each.
        assertThat(of(row, "rss")).isBetween(100.0 * MIB, 4 * 125.0 * MIB);
        assertThat(of(row, "procs")).isEqualTo(4);
        assertThat(of(row, "threads")).isEqualTo(4);
        // 0, 1, 2, /dev/zero, data, 50 files and 10 sockets, the progress file no more; in each process.
        assertThat(of(row, "fds")).isEqualTo(4 * 65);
        assertThat(of(row, "sockets")).as("each once").isEqualTo(10);
        assertThat(of(row, "wchar")).isBetween(5_000_000.0, 5_100_000.0);
        assertThat(of(row, "syscw")).isBetween(5.0, 100.0);
        assertThat(of(row, "rchar")).isBetween(100.0 * MIB, 101.0 * MIB);
        assertThat(of(row, "disk_used")).isBetween(5_000_000.0, 5_001_000.0);
        assertThat(of(row, "disk_free")).isPositive();
        assertThat(of(row, "progress")).isEqualTo(0.25);
        assertThat(of(row, "dstate")).isZero();
        assertThat(row).containsKeys("read_bytes", "write_bytes", "majflt", "syscr");
        assertThat(row).as("no namespace of its own").doesNotContainKeys("net_rx", "net_tx");
        assertRowsGoOn(rows("r"));
        // Cores are what the CPU time rose by.
        OptionalDouble most =
                rows("r").stream().mapToDouble(r -> of(r, "cores")).max();
        assertThat(most.orElseThrow()).isBetween(0.05, 4.0);
        awaitRow("r", r -> of(r, "t") > of(row, "t") && of(r, "cores") < 0.05);
    }

    private static void assertRowsGoOn(List<Map<String, Double>> rows) {
        for (int i = 1; i < rows.size(); i++) {
            for (String counter : List.of("t", "cpu_s", "rchar", "wchar", "syscr", "syscw", "majflt")) {
                assertThat(of(rows.get(i), counter))
                        .as("%s in row %s", counter, i)
                        .isGreaterThanOrEqualTo(of(rows.get(i - 1), counter));
            }
            assertThat(of(rows.get(i), "node_busy")).isBetween(0.0, 1.0);
        }
    }

    @Test
    void whatTheLauncherUsedIsNotTheCommands() throws Exception {
        start("--name", "r", "--interval", "0.2", "--", "sleep", "600");
        Map<String, Double> row = awaitRow("r", r -> of(r, "rss") < 3 * MIB && of(r, "rchar") > 0);
        assertThat(of(row, "cpu_s")).isLessThan(0.05);
        assertThat(of(row, "rchar")).as("the program's own start").isBetween(1.0, 100_000.0);
        assertThat(of(row, "syscw")).isZero();
        assertThat(of(row, "t")).isLessThan(60);
    }

    @Test
    void bytesThroughAPipeAreCountedAndPassed() throws Exception {
        Process process =
                start("--name", "r", "--interval", "0.2", "--", "perl", "-e", "$| = 1; print 'x' x 1000003; sleep 600");
        assertThat(process.getInputStream().readNBytes(1_000_003)).hasSize(1_000_003);
        awaitRow("r", r -> of(r, "stdout_bytes") == 1_000_003);
        assertThat(rows("r").stream().mapToDouble(r -> of(r, "procs")).max().orElse(0))
                .as("what passes them on is no part of the job")
                .isEqualTo(1);
    }

    @Test
    void outputAndErrorsOfOnePipeStayInTheirOrder() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>&1", "sh", program.toString()));
        command.addAll(
                List.of(folder.toString(), "--java-home", Objects.requireNonNull(System.getProperty("java.home"))));
        command.addAll(List.of("--", "sh", "-c", "for i in 1 2 3 4 5; do echo $i; echo e$i >&2; done"));
        assertThat(result(start(ProcessBuilder.Redirect.PIPE, command)).out())
                .isEqualTo("1\ne1\n2\ne2\n3\ne3\n4\ne4\n5\ne5\n");
    }

    @Test
    void orphansInASessionOfTheirOwnBelongToTheJob() throws Exception {
        start("--name", "r", "--interval", "0.2", "--", "sh", "-c", "(setsid sleep 600 &) ; exec sleep 600");
        awaitRow("r", r -> of(r, "procs") == 2);
        Load.endMarked(mark());
    }

    private String mark() throws IOException {
        long pid = started.getFirst().pid();
        String environment = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
        return List.of(environment.split("\0")).stream()
                .filter(variable -> variable.startsWith("SLOTWARDEN_RECORD="))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theCommandOutlivesTheRecorder() throws Exception {
        Process process = start("--name", "r", "--interval", "0.2", "--", "sh", "-c", "read line; echo $line; exit 5");
        awaitRow("r", r -> true);
        ProcessHandle recorder = ProcessHandle.allProcesses()
                .filter(p -> isRecorderOf(p, Long.toString(process.pid())))
                .findFirst()
                .orElseThrow();
        recorder.destroyForcibly();
        await().until(() -> !recorder.isAlive());
        process.getOutputStream().write("still here\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        assertThat(result(process)).isEqualTo(new Result(5, "still here\n", ""));
    }

    private static boolean isRecorderOf(ProcessHandle process, String pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
            return line.contains("\0record\0") && line.contains("\0--process\0" + pid + "\0");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void theRecorderEndsWithTheCommandAndAfterItsTime() throws Exception {
        Process process = start("--name", "r", "--interval", "0.2", "--", "sleep", "600");
        awaitRow("r", r -> true);
        String pid = Long.toString(process.pid());
        process.destroy();
        assertThat(process.waitFor()).isEqualTo(128 + 15);
        await().until(() -> ProcessHandle.allProcesses().noneMatch(p -> isRecorderOf(p, pid)));

        Process timed = start("--name", "s", "--interval", "0.2", "--for", "1", "--", "sleep", "600");
        awaitRow("s", r -> true);
        String timedPid = Long.toString(timed.pid());
        await().until(() -> ProcessHandle.allProcesses().noneMatch(p -> isRecorderOf(p, timedPid)));
        assertThat(timed.isAlive()).as("the command goes on").isTrue();
        assertThat(rows("s")).allMatch(r -> of(r, "t") < 60);
    }

    @Test
    void attachesToAProcessThatRuns() throws Exception {
        String burn = "while ((times)[0] + (times)[1] < 1) { for (1 .. 10000) {} } $0 = 'burnt'; sleep 600";
        try (Load load = Load.perl(burn)) {
            await().until(() -> Files.readString(Path.of("/proc/" + load.pid() + "/cmdline"))
                    .startsWith("burnt"));
            Process process = start("--name", "r", "--pid", Integer.toString(load.pid()), "--interval", "0.2");
            Map<String, Double> row = awaitRow("r", r -> true);
            assertThat(of(row, "cpu_s")).as("since the process began").isBetween(0.95, 1.5);
            assertThat(of(row, "t")).isGreaterThan(0.9);
            assertThat(row).doesNotContainKey("cores");
            load.close();
            assertThat(process.waitFor()).isZero();
        }
        assertThat(run("--name", "s", "--pid", Long.toString(started.getFirst().pid()))
                        .status())
                .as("gone")
                .isEqualTo(2);
        assertThat(folder.resolve("runs/s.csv")).doesNotExist();
    }

    @Test
    void whatCannotBeRecordedIsNotRun() throws Exception {
        Files.createDirectories(folder.resolve("runs"));
        Files.writeString(folder.resolve("jobs.csv"), "cores_req,run_id,more\n1,old,x");
        Files.writeString(folder.resolve("runs/taken.csv"), "mine");
        Path ran = root.resolve("work/ran");
        for (String name :
                List.of("taken", "old", "", ".", "..", "../x", "a/b", "-x", "a,b", "a\nb", "a\"b", "x".repeat(65))) {
            Result result = run("--name", name, "--", "touch", "ran");
            assertThat(result.status()).as(name).isEqualTo(2);
            assertThat(result.err()).as(name).startsWith("record: ");
        }
        for (String option : List.of(
                "--interval=2",
                "--interval 0",
                "--interval x",
                "--for -1",
                "--cores 1.5",
                "--memory 9223372036854775808",
                "--nonsense 1",
                "--interval 1 --interval 2")) {
            List<String> words = new ArrayList<>(List.of(option.split(" ")));
            words.addAll(List.of("--", "touch", "ran"));
            assertThat(run(words.toArray(String[]::new)).status()).as(option).isEqualTo(2);
        }
        assertThat(ran).doesNotExist();
        assertThat(folder.resolve("runs/taken.csv")).hasContent("mine");
        try (var files = Files.list(folder.resolve("runs"))) {
            assertThat(files).as("of what was refused nothing stays").hasSize(1);
        }
        assertThat(run("--name", "new", "--cores", "3", "--", "touch", "ran").status())
                .isZero();
        assertThat(jobs())
                .as("in the order that the file has")
                .containsExactly("cores_req,run_id,more", "1,old,x", "3,new,");
        assertThat(ran).exists();
    }

    @Test
    void trapsInTheFolderAreRefused() throws Exception {
        Files.createDirectories(folder.resolve("runs"));
        Path secret = Files.writeString(root.resolve("secret"), "run_id\n");
        Files.createSymbolicLink(folder.resolve("jobs.csv"), secret);
        assertThat(run("--name", "a", "--", "true").status()).isEqualTo(2);
        assertThat(secret).hasContent("run_id\n");
        Files.delete(folder.resolve("jobs.csv"));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("jobs.csv").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(run("--name", "a", "--", "true").status())
                .as("a FIFO hangs nobody")
                .isEqualTo(2);
        Files.delete(folder.resolve("jobs.csv"));
        Files.createSymbolicLink(folder.resolve("runs/a.csv"), root.resolve("elsewhere"));
        assertThat(run("--name", "a", "--", "true").status()).isEqualTo(2);
        assertThat(root.resolve("elsewhere")).doesNotExist();
        Files.delete(folder.resolve("runs/a.csv"));
        Files.delete(folder.resolve("runs"));
        Files.createSymbolicLink(folder.resolve("runs"), root.resolve("work"));
        assertThat(run("--name", "a", "--", "true").status()).isEqualTo(2);
        assertThat(root.resolve("work/a.csv")).doesNotExist();
    }

    @Test
    void aFolderWhoseNameIsNoText() throws Exception {
        String script = "f=$(printf '%s/a\\377 \\n$(b)' \"$1\"); \"$2\" \"$f\" --java-home \"$3\" --name r -- true &&"
                + " tail -n 1 \"$f/jobs.csv\" | cut -d, -f1 && ls \"$f/runs\"";
        Process process = start(
                ProcessBuilder.Redirect.PIPE,
                List.of(
                        "sh",
                        "-c",
                        script,
                        "sh",
                        root.toString(),
                        program.toString(),
                        Objects.requireNonNull(System.getProperty("java.home"))));
        assertThat(result(process)).isEqualTo(new Result(0, "r\nr.csv\n", ""));
        assertThat(new ProcessBuilder("sh", "-c", "rm -r \"$1\"/a*", "sh", root.toString())
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void manyAtOnceShareOneFolder() throws Exception {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(start("--name", "r" + i, "--", "true"));
        }
        for (Process process : all) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(jobs()).hasSize(5);
        assertThat(jobs().subList(1, 5))
                .extracting(line -> line.split(",", -1)[0])
                .containsExactlyInAnyOrder("r0", "r1", "r2", "r3");
    }
}
