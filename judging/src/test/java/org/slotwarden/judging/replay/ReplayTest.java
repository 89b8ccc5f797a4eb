package org.slotwarden.judging.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded jobs in, flags out: whatever the files hold. */
class ReplayTest {

    private static final String JOBS = "run_id,cores_req,mem_limit,walltime,disk_quota,fd_limit,array,array_index\n";
    private static final String GREEDY = "t,cpu_s,cores,rss\n";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void an_empty_folder_of_runs() throws IOException {
        Files.createDirectory(folder.resolve("runs"));
    }

    private int replay(String... arguments) {
        return Replay.run(
                arguments,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void jobs(String rows) throws IOException {
        Files.writeString(folder.resolve("jobs.csv"), JOBS + rows);
    }

    private void run(String id, String content) throws IOException {
        Files.writeString(folder.resolve("runs").resolve(id + ".csv"), content);
    }

    /** Sampled every 30 s, with so many cores busy. */
    private static String cores(int samples, IntToDoubleFunction cores) {
        StringBuilder text = new StringBuilder(GREEDY);
        double cpu = 0;
        for (int i = 0; i <= samples; i++) {
            cpu += 30 * cores.applyAsDouble(i);
            text.append(String.format(Locale.ROOT, "%d,%.2f,%.3f,1000000%n", i * 30, cpu, cores.applyAsDouble(i)));
        }
        return text.toString();
    }

    @Test
    void settings_can_be_tried() throws IOException {
        jobs("greedy,1,,,,,,\n");
        run("greedy", cores(100, i -> 3.0));

        assertThat(replay(folder.toString(), "--set", "cpu-overuse.dwell=20m", "--set", "gap=15m"))
                .isZero();
        assertThat(lines()).containsExactly("run_id,t,class,severity", "greedy,1200,cpu_overuse,warn");

        out.reset();
        assertThat(replay("--set", "cpu-overuse.raise-at=4", folder.toString())).isZero();
        assertThat(lines()).containsExactly("run_id,t,class,severity");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "socket-leak.block=150s | no such setting: socket-leak.block",
                "hang.dwell=soon | hang.dwell cannot be soon",
                "hang.busy-share=2 | hang.busyShare cannot be 2",
                "cpu-overuse.raise-at=1 | what raises and what clears must not overlap",
                "hang.dwell | --set needs GROUP.NAME=VALUE",
            })
    void a_setting_that_is_none_is_an_error(String set, String said) throws IOException {
        jobs("greedy,1,,,,,,\n");

        assertThat(replay(folder.toString(), "--set", set)).isEqualTo(2);
        assertThat(lines()).isEmpty();
        assertThat(said()).contains(said);
    }

    @Test
    void a_run_that_uses_too_many_cores_gives_one_line() throws IOException {
        jobs("greedy,1,,,,,,\nmodest,4,,,,,,\n");
        run("greedy", cores(100, i -> 3.0));
        run("modest", cores(100, i -> 3.0));

        assertThat(replay(folder.toString())).isZero();
        assertThat(lines()).containsExactly("run_id,t,class,severity", "greedy,360,cpu_overuse,warn");
        assertThat(said()).isEmpty();
    }

    @Test
    void explaining_adds_the_sentence_quoted() throws IOException {
        jobs("greedy,1,,,,,,\n");
        run("greedy", cores(100, i -> 3.0));

        assertThat(replay("--explain", folder.toString())).isZero();
        assertThat(lines().getFirst()).isEqualTo("run_id,t,class,severity,sentence");
        assertThat(lines().get(1))
                .isEqualTo("greedy,360,cpu_overuse,warn,Used 3 cores for 6 min where 1 was asked for"
                        + " (threshold 1.3); clears when below 1.1 for 5 min");
    }

    @Test
    void members_of_an_array_are_judged_together() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            rows.append("member").append(i).append(",2,,,,,sweep,").append(i).append('\n');
            double cores = i == 2 ? 0.6 : 1.9;
            run("member" + i, cores(100, sample -> cores));
        }
        jobs(rows.toString());

        assertThat(replay(folder.toString())).isZero();
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).startsWith("member2,").endsWith(",outlier,warn");
    }

    @Test
    void of_a_run_that_does_not_compute_the_others_tell_how_it_was_stretched() throws IOException {
        jobs("computes,1,,,,,,\nsends,1,,,,,,\n");
        StringBuilder computes = new StringBuilder("t,cpu_s,cores,wchar\n");
        StringBuilder sends = new StringBuilder("t,cpu_s,cores,net_tx\n");
        for (int i = 0; i < 100; i++) {
            computes.append(String.format(Locale.ROOT, "%d,%.2f,0.9,%d%n", i * 30, i * 0.9, i));
            sends.append(String.format(Locale.ROOT, "%d,%.2f,0.05,%d%n", i * 30, i * 0.05, i * 200_000_000L));
        }
        run("computes", computes.toString());
        run("sends", sends.toString());

        assertThat(replay(folder.toString())).isZero();
        assertThat(lines()).containsExactly("run_id,t,class,severity", "sends,300,network_flood,warn");
    }

    @Test
    void counters_of_a_stretched_recording_that_were_left_as_they_were_are_multiplied() throws IOException {
        jobs("stretched,1,,,,,,\n");
        StringBuilder text = new StringBuilder("t,cpu_s,cores,net_tx\n");
        for (int i = 0; i < 100; i++) {
            text.append(String.format(Locale.ROOT, "%d,%.2f,0.9,%d%n", i * 30, i * 0.9, i * 200_000_000L));
        }
        run("stretched", text.toString());

        assertThat(replay(folder.toString())).isZero();
        assertThat(lines().getLast()).isEqualTo("stretched,300,network_flood,warn");
        assertThat(said()).contains("stretched.csv: counters pass 30.0 times slower than the clock");
    }

    @Test
    void what_is_broken_is_told_with_file_and_line_and_the_rest_is_judged() throws IOException {
        jobs("greedy,1,,,,,,\nabsent,1,,,,,,\n../../etc/passwd,1,,,,,,\ngreedy,9,,,,,,\nodd,one,,,,,,\nshort,1\n");
        run("greedy", cores(100, i -> 3.0).replace("\n300,", "\nnonsense,").replace("\n600,", "\n600,1,"));
        run("odd", cores(10, i -> 0.5));
        run("stray", cores(10, i -> 0.5));

        assertThat(replay(folder.toString())).isEqualTo(1);
        assertThat(lines()).containsExactly("run_id,t,class,severity", "greedy,360,cpu_overuse,warn");
        assertThat(said())
                .contains("absent.csv: not judged: no such file")
                .contains("jobs.csv:4: run_id cannot be the name of a file")
                .contains("jobs.csv:5: run_id comes twice")
                .contains("jobs.csv:6: cores_req is no number: \"one\"")
                .contains("jobs.csv:7: 2 cells where there are 8 columns")
                .contains("greedy.csv:12: t is no number: \"nonsense\"")
                .contains("greedy.csv:22: 5 cells where there are 4 columns")
                .contains("names no run stray");
    }

    @Test
    void files_that_are_no_recordings_are_told_of() throws IOException {
        jobs("empty,1,,,,,,\nbinary,1,,,,,,\nfolder,1,,,,,,\nnames,1,,,,,,\n");
        run("empty", "");
        Files.write(folder.resolve("runs/binary.csv"), new byte[300_000]);
        Files.createDirectory(folder.resolve("runs/folder.csv"));
        run("names", "time,rss\n1,2\n");

        assertThat(replay(folder.toString())).isEqualTo(1);
        assertThat(lines()).hasSize(1);
        assertThat(said())
                .contains("empty.csv: not judged: empty")
                .contains("binary.csv: not judged: ")
                .contains("folder.csv: not judged: no regular file")
                .contains("names.csv: not judged: no column t");
    }

    @Test
    @Timeout(60)
    void a_pipe_in_the_folder_does_not_stop_it() throws Exception {
        jobs("pipe,1,,,,,,\ngreedy,1,,,,,,\n");
        run("greedy", cores(100, i -> 3.0));
        Process made =
                new ProcessBuilder("mkfifo", folder.resolve("runs/pipe.csv").toString()).start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(replay(folder.toString())).isEqualTo(1);
        assertThat(lines()).hasSize(2);
        assertThat(said()).contains("pipe.csv: not judged: no regular file");
    }

    @Test
    void columns_in_any_order_empty_cells_quotes_and_line_ends_of_other_systems_are_read() throws IOException {
        Files.writeString(
                folder.resolve("jobs.csv"), "\uFEFFmem_limit,run_id,note,cores_req\r\n,\"a, b\",\"x \"\"y\"\"\",1\r\n");
        StringBuilder text = new StringBuilder("rss,cores,colour,t\r\n");
        for (int i = 0; i < 60; i++) {
            text.append(i % 7 == 0 ? "1,,red," : "1,3,red,").append(i * 30).append("\r\n");
        }
        run("a, b", text.toString());

        assertThat(replay(folder.toString())).isZero();
        assertThat(lines().get(1)).startsWith("\"a, b\",").endsWith(",cpu_overuse,warn");
    }

    @Test
    void an_array_of_more_members_than_may_be_open_at_once_is_judged_in_parts() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            rows.append('m').append(i).append(",1,,,,,wide,").append(i).append('\n');
            run("m" + i, cores(20, sample -> 3.0));
        }
        jobs(rows.toString());

        assertThat(replay(folder.toString())).isZero();
        assertThat(lines()).hasSize(301).allMatch(line -> line.contains("cpu_overuse") || line.startsWith("run_id"));
    }

    @Test
    void a_wrong_command_line_is_told_of() {
        assertThat(replay()).isEqualTo(2);
        assertThat(replay(folder.resolve("absent").toString())).isEqualTo(2);
        assertThat(replay(folder.toString(), "--explane")).isEqualTo(2);
        assertThat(said()).contains("usage: slotwarden replay FOLDER [--rules FILE] [--explain]", "no such folder");
        assertThat(lines()).isEmpty();
    }

    @Test
    void without_a_list_of_jobs_the_runs_are_judged_all_the_same() throws IOException {
        run("lonely", cores(10, i -> 1.0));

        assertThat(replay(folder.toString())).isEqualTo(1);
        assertThat(said()).contains("jobs.csv: no such file").contains("names no run lonely");
    }

    @Test
    void rules_of_the_site_are_judged_as_well() throws IOException {
        Files.writeString(
                folder.resolve("jobs.csv"), "run_id,cores_req,user,queue\ngreedy,1,anna,long\nother,1,bert,long\n");
        run("greedy", cores(100, i -> 3.0));
        run("other", cores(100, i -> 3.0));
        Path rules = folder.resolve("rules.csv");
        Files.writeString(rules, """
                name,expression,dwell_s,clear_s,severity,hint
                Anna computes,"cores > 2 * cores_asked && user == ""anna""\",600,60,info,Ask her
                Divides,cores / 0 > 1,60,60,info,
                """);

        assertThat(replay(folder.toString(), "--rules", rules.toString(), "--explain"))
                .isZero();
        assertThat(lines().stream().filter(line -> line.contains("rule:")))
                .containsExactly(
                        "greedy,600,rule:Anna computes,info,\"Anna computes: cores 3, cores_asked 1, "
                                + "user \"\"anna\"\"; began 10 min ago (dwell 10 min); clears when it does not hold for 60 s\"");
        assertThat(lines()).anyMatch(line -> line.startsWith("other,360,cpu_overuse,warn"));
        assertThat(said()).contains("Divides failed in").contains("division by zero");
    }

    @Test
    void rules_that_cannot_be_are_told_with_their_place_and_nothing_is_judged() throws IOException {
        jobs("greedy,1,,,,,,\n");
        run("greedy", cores(100, i -> 3.0));
        Path rules = folder.resolve("rules.csv");
        Files.writeString(rules, """
                name,expression,dwell_s,clear_s,severity
                Wrong,cors > 2,600,60,info
                Grave,cores > 2,600,60,kill
                Loud,cores > 2,600,60,shout
                Short,cores > 2,6,60,info
                """);

        assertThat(replay(folder.toString(), "--rules", rules.toString())).isEqualTo(2);
        assertThat(lines()).isEmpty();
        assertThat(said())
                .contains("rules.csv:2: expression 1:1: undeclared reference to 'cors'")
                .contains("rules.csv:3: severity")
                .contains("rules.csv:4: severity")
                .contains("rules.csv:5: dwell");
        assertThat(replay(folder.toString(), "--rules")).isEqualTo(2);
        assertThat(replay(
                        folder.toString(), "--rules", folder.resolve("none.csv").toString()))
                .isEqualTo(2);
    }
}
