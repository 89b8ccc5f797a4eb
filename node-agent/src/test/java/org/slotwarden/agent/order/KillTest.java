package org.slotwarden.agent.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.Patience;
import org.slotwarden.agent.order.ProcessSignals.Sent;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.OrderResult.State;

/** Real processes that do not want to go, and others that must stay. */
@ExtendWith(Patience.class)
class KillTest {

    private static final String NAME = "SLOTWARDEN_TEST_KILL";

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final String mark = Long.toString(System.nanoTime());
    private final List<String> told = new ArrayList<>();

    private Map<String, String> marked() {
        return Map.of(NAME, mark);
    }

    private List<ProcessStat> members() {
        try {
            List<ProcessStat> members = new ArrayList<>();
            for (int pid : Load.marked(NAME + "=" + mark)) {
                ProcessStat stat = ProcessStat.read(proc, Integer.toString(pid));
                if (stat != null && !stat.ended()) {
                    members.add(stat);
                }
            }
            return members;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProcessStat stat(int pid) {
        return Objects.requireNonNull(ProcessStat.read(proc, Integer.toString(pid)));
    }

    private static ProcessStat withStart(ProcessStat process, long startTicks) {
        return new ProcessStat(
                process.pid(),
                process.name(),
                process.state(),
                process.parent(),
                process.session(),
                0,
                0,
                0,
                0,
                0,
                0,
                process.threads(),
                startTicks,
                0);
    }

    /** It waits for time to pass: what it has to prepare is done. */
    private static boolean hasSlept(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/wchan")).contains("nanosleep");
    }

    private Kill kill(Supplier<List<ProcessStat>> members, int graceSeconds, int patienceSeconds) throws Exception {
        return new Kill(
                members,
                proc,
                ProcessSignals.open(proc),
                -1,
                TimeUnit.SECONDS.toNanos(graceSeconds),
                TimeUnit.SECONDS.toNanos(patienceSeconds),
                new Kill.Progress() {
                    @Override
                    public void begun(@Nullable Evidence evidence) {
                        told.add(evidence == null ? "begun" : "begun with evidence");
                    }

                    @Override
                    public void firstSignal() {
                        told.add("first signal");
                    }
                });
    }

    private static OrderResult end(Kill kill) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            if (kill.due() - now <= 0) {
                OrderResult.Builder result = kill.step(now);
                if (result != null) {
                    return result.build();
                }
            } else {
                TimeUnit.NANOSECONDS.sleep(Math.min(kill.due() - now, 1_000_000));
            }
        }
    }

    @Test
    void aSignalReachesOnlyWhoIsMeant() throws Exception {
        ProcessSignals signals = ProcessSignals.open(proc);
        try (Load load = Load.shell("exec sleep 1000")) {
            ProcessStat process = stat(load.pid());
            assertThat(signals.send(withStart(process, process.startTicks() - 1), ProcessSignals.KILL))
                    .isEqualTo(Sent.GONE);
            assertThat(signals.send(withStart(process, process.startTicks() + 1), ProcessSignals.KILL))
                    .isEqualTo(Sent.GONE);
            assertThat(load.alive()).isTrue();
            assertThat(signals.send(process, ProcessSignals.KILL)).isEqualTo(Sent.SENT);
            load.await();
            assertThat(signals.send(process, ProcessSignals.KILL)).isEqualTo(Sent.GONE);
        }
    }

    @Test
    void aPidThatBecameAnothersMeanwhileIsLeftAlone(@TempDir Path folder) throws Exception {
        try (Load stranger = Load.shell("exec sleep 1000")) {
            ProcessStat process = stat(stranger.pid());
            String text = Files.readString(Path.of("/proc/" + stranger.pid() + "/stat"));
            Path fake = Files.createDirectory(folder.resolve(Integer.toString(stranger.pid())));
            // What is found in the table; and what the kernel tells once the process is held.
            Files.writeString(
                    fake.resolve("stat"),
                    text.replace(" " + process.startTicks() + " ", " " + (process.startTicks() + 1) + " "));
            ProcessSignals signals = ProcessSignals.open(new ProcFiles(folder));
            assertThat(signals.send(process, ProcessSignals.KILL)).isEqualTo(Sent.GONE);
            assertThat(stranger.alive()).isTrue();

            Kill kill = kill(() -> List.of(withStart(process, process.startTicks() - 100)), 0, 5);
            OrderResult result = end(kill);
            assertThat(result.getState()).isEqualTo(State.DONE);
            assertThat(result.getKill().getProcesses()).isZero();
            assertThat(stranger.alive()).isTrue();
        }
    }

    @Test
    void neitherInitNorWeAreEverPartOfAJob() throws Exception {
        List<ProcessStat> wrong =
                List.of(stat(1), stat((int) ProcessHandle.current().pid()));
        OrderResult result = end(kill(() -> wrong, 0, 5));
        assertThat(result.getState()).isEqualTo(State.DONE);
        assertThat(result.getDetail()).isEqualTo("No process of the job was found on this node");
    }

    @Test
    void whatForksWhileItIsStoppedIsCaughtToo() throws Exception {
        // Twenty families of which each process makes the next one, and ends after a while: not the shortest that could
        // be, or the machine's load would tell how this ends.
        String program = "$SIG{TERM} = 'IGNORE'; for (1..20) { fork or last } "
                + "while (1) { fork and exit; select undef, undef, undef, 0.3 }";
        try (Load load = Load.perl(program, marked())) {
            await().until(() -> members().size() > 15 && !load.alive());
            Kill kill = kill(this::members, 0, 30);
            kill.looked(Evidence.getDefaultInstance());
            OrderResult result = end(kill);
            assertThat(result.getState()).as(result.getDetail()).isEqualTo(State.DONE);
            assertThat(members()).isEmpty();
            assertThat(result.getKill().getKilled()).isGreaterThan(15);
            assertThat(told).containsExactly("begun with evidence", "first signal");
        } finally {
            Load.endMarked(NAME + "=" + mark);
        }
    }

    @Test
    void oneWhoseFirstThreadHasEndedIsNoZombie(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("headless.c"), """
                #include <pthread.h>
                #include <unistd.h>
                static void *go_on(void *nothing) { for (;;) pause(); return nothing; }
                int main(void) {
                    pthread_t thread;
                    pthread_create(&thread, 0, go_on, 0);
                    pthread_exit(0);
                }
                """);
        Path program = folder.resolve("headless");
        assertThat(new ProcessBuilder("cc", "-pthread", "-o", program.toString(), source.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        try (Load load = Load.shell("exec " + program)) {
            await().until(() -> stat(load.pid()).state() == 'Z');
            ProcessStat process = stat(load.pid());
            OrderResult result = end(kill(() -> List.of(process), 0, 30));
            assertThat(result.getState()).isEqualTo(State.DONE);
            assertThat(result.getKill().getKilled()).isEqualTo(1);
            load.await();
        }
    }

    @Test
    void whatAppearsWhileTheGraceLastsIsToldToEndAsWell(@TempDir Path folder) throws Exception {
        Path heard = folder.resolve("heard");
        // The first one told makes another, which knows what to do when it is told as well.
        String program = "$SIG{TERM} = sub { if ($made++) { open(F, '>>', '" + heard
                + "'); print F qq(x\\n); close F; exit } fork }; sleep 1 while 1";
        try (Load load = Load.perl(program, marked())) {
            await().until(() -> members().size() == 1 && hasSlept(load.pid()));
            OrderResult result = end(kill(this::members, 4, 30));
            assertThat(result.getState()).as(result.getDetail()).isEqualTo(State.DONE);
            assertThat(Files.readAllLines(heard)).hasSize(1);
            assertThat(result.getKill().getEndedByTerm()).isPositive();
        } finally {
            Load.endMarked(NAME + "=" + mark);
        }
    }

    @Test
    void whatCannotDieIsTold() throws Exception {
        Path freezer = Path.of("/sys/fs/cgroup/freezer/slotwarden-test-" + mark);
        assertThat(Path.of("/sys/fs/cgroup/freezer/cgroup.procs")).isWritable();
        Files.createDirectory(freezer);
        try (Load load = Load.shell("exec sleep 1000")) {
            Files.writeString(freezer.resolve("cgroup.procs"), load.pid() + "\n");
            Files.writeString(freezer.resolve("freezer.state"), "FROZEN\n");
            ProcessStat process = stat(load.pid());
            OrderResult result = end(kill(() -> List.of(process), 0, 2));
            assertThat(result.getState()).isEqualTo(State.FAILED);
            assertThat(result.getDetail()).startsWith("1 of 1 still there after SIGKILL: process " + load.pid());
            assertThat(result.getKill().getLeft()).isEqualTo(1);
            Files.writeString(freezer.resolve("freezer.state"), "THAWED\n");
            load.await();
        } finally {
            await().ignoreExceptions().until(() -> Files.deleteIfExists(freezer));
        }
    }
}
