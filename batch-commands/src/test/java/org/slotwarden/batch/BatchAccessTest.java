package org.slotwarden.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said to batch systems, with commands that write it down; and commands that do not behave. */
class BatchAccessTest {

    private static final String TEXT = "slotwarden: memory leak, policy 7";

    private final Path root;
    private final FakeCommands commands;

    BatchAccessTest(@TempDir Path root) {
        this.root = root;
        commands = new FakeCommands(root);
        slurm("12 12 RUNNING anna 1 1");
        for (String name : List.of("scontrol", "scancel", "qalter", "qdel", "qhold", "qrls", "condor_rm")) {
            commands.with(name, "");
        }
        for (String name : List.of("condor_hold", "condor_vacate_job", "condor_qedit")) {
            commands.with(name, "");
        }
        commands.with("qstat", "echo 'owner:                      anna'");
        commands.with("qmod", "echo 'Pushed rescheduling of job 12 on host n1'");
        commands.with("condor_q", "echo 'anna 2'");
    }

    private void slurm(String rows) {
        slurm(rows, "");
    }

    private void slurm(String rows, String comment) {
        commands.with("squeue", """
                case "$*" in *admin_comment*) printf '%%-1100s\\n' '%s';; *) cat <<'ROWS'
                %s
                ROWS
                esac
                """.formatted(comment, rows));
    }

    private String tell(BatchSystem system, BatchAct act, String id) throws BatchFailed {
        return tell(system, act, id, "anna");
    }

    private String tell(BatchSystem system, BatchAct act, String id, @Nullable String user) throws BatchFailed {
        return commands.access(Duration.ofSeconds(20)).carryOut(new BatchJob(system, id, user), act, TEXT);
    }

    private String failure(BatchSystem system, BatchAct act, String id) {
        try {
            return "done: " + tell(system, act, id);
        } catch (BatchFailed e) {
            return e.why();
        }
    }

    /** Without what was only asked. */
    private List<String> told() {
        return commands.calls().stream()
                .filter(call ->
                        !call.startsWith("squeue") && !call.startsWith("qstat") && !call.startsWith("condor_q "))
                .toList();
    }

    @Test
    void slurmIsToldEachAct_withTheReasonFirst() throws BatchFailed {
        for (BatchAct act : BatchAct.values()) {
            tell(BatchSystem.SLURM, act, "12");
        }
        String reason = "scontrol [update] [JobId=12] [AdminComment=slotwarden: memory leak, policy 7]";
        assertThat(told())
                .containsExactly(
                        reason,
                        "scancel [12]",
                        reason,
                        "scontrol [requeuehold] [12]",
                        reason,
                        "scontrol [requeue] [12]",
                        reason);
        assertThat(commands.calls().getFirst())
                .startsWith("squeue [--noheader] [--array] [--states=all] [--jobs=12] [-O] [JobArrayID:40,JobID:20");
    }

    @Test
    void whatTheSiteWroteInAnAdminCommentStays() throws BatchFailed {
        String row = "12 12 RUNNING anna 1 1";
        slurm(row, "site: project x; slotwarden: older, ada");
        tell(BatchSystem.SLURM, BatchAct.COMMENT, "12");
        assertThat(told()).containsExactly("scontrol [update] [JobId=12] [AdminComment=site: project x; " + TEXT + "]");
        slurm(row, "x".repeat(801));
        assertThat(tell(BatchSystem.SLURM, BatchAct.CANCEL, "12")).startsWith("scancel 12, without the reason");
        slurm(row, "of two\nlines");
        assertThat(tell(BatchSystem.SLURM, BatchAct.CANCEL, "12")).startsWith("scancel 12, without the reason");
        assertThat(told()).endsWith("scancel [12]", "scancel [12]").hasSize(3);
    }

    @Test
    void aPartOfAHeterogeneousJobIsNotTheJob() throws BatchFailed {
        slurm("5+0 5 RUNNING anna 1 1\n5+1 6 RUNNING anna 1 1");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "6"))
                .isEqualTo(
                        "Nothing was done: 5+1 is a part of a heterogeneous job, of which Slurm ends only the whole");
        assertThat(told()).isEmpty();
        assertThat(tell(BatchSystem.SLURM, BatchAct.CANCEL, "5")).isEqualTo("scancel 5");
    }

    @Test
    void gridEngineIsToldEachAct_andAHoldIsARescheduleOfAHeldJob() throws BatchFailed {
        for (BatchAct act : BatchAct.values()) {
            tell(BatchSystem.GRIDENGINE, act, "12.3");
        }
        String reason = "qalter [-ac] [slotwarden=slotwarden: memory leak; policy 7] [12]";
        assertThat(told())
                .containsExactly(
                        reason,
                        "qdel [12.3]",
                        reason,
                        "qhold [-h] [u] [12.3]",
                        "qmod [-rj] [12.3]",
                        reason,
                        "qmod [-rj] [12.3]",
                        reason);
    }

    @Test
    void condorIsToldEachAct() throws BatchFailed {
        for (BatchAct act : BatchAct.values()) {
            tell(BatchSystem.HTCONDOR, act, "12.0");
        }
        String reason = "[slotwarden: memory leak, policy 7] ";
        String note = "condor_qedit [12.0] [SlotwardenNote] [\"slotwarden: memory leak, policy 7\"]";
        assertThat(told())
                .containsExactly(
                        "condor_rm [-reason] " + reason + "[12.0]",
                        "condor_hold [-reason] " + reason + "[12.0]",
                        note,
                        "condor_vacate_job [12.0]",
                        note);
    }

    @Test
    void anElementOfAnArrayIsNotTheArray() throws BatchFailed {
        slurm("10_1 11 RUNNING anna 1 1\n10_2 10 RUNNING anna 1 1");
        assertThat(tell(BatchSystem.SLURM, BatchAct.CANCEL, "10")).isEqualTo("scancel 10_2");
        assertThat(told()).endsWith("scancel [10_2]");

        commands.with("qstat", "printf 'owner:    anna\\njob-array tasks:   1-3:1\\n'");
        assertThat(failure(BatchSystem.GRIDENGINE, BatchAct.CANCEL, "10"))
                .isEqualTo("Nothing was done: job 10 is an array, and which of its tasks is not known");
        assertThat(told()).noneMatch(call -> call.startsWith("qdel"));
    }

    @Test
    void whatCannotBeRequeuedIsLeftAsItIs() {
        slurm("12 12 RUNNING anna 0 1");
        assertThat(failure(BatchSystem.SLURM, BatchAct.HOLD, "12"))
                .isEqualTo("Nothing was done: job 12 cannot be requeued, as it was submitted so (--no-requeue)");
        slurm("12 12 RUNNING anna 1 0");
        assertThat(failure(BatchSystem.SLURM, BatchAct.REQUEUE, "12"))
                .isEqualTo("Nothing was done: job 12 cannot be requeued, as it is no batch job");
        assertThat(told()).isEmpty();

        commands.with("qmod", "echo 'The job 12 is not restartable'");
        assertThat(failure(BatchSystem.GRIDENGINE, BatchAct.HOLD, "12"))
                .isEqualTo("job 12 was not rescheduled: \"The job 12 is not restartable\"");
        assertThat(told()).as("the hold is taken away again").endsWith("qrls [-h] [u] [12]");

        commands.with("qstat", "printf 'owner:    anna\\nrestart:       n\\n'");
        assertThat(failure(BatchSystem.GRIDENGINE, BatchAct.REQUEUE, "12"))
                .isEqualTo("Nothing was done: job 12 cannot be requeued, as it was submitted so (-r n)");
    }

    @Test
    void ajobThatIsAnothersOrDoesNotRunIsLeftAlone() {
        slurm("12 12 RUNNING bert 1 1");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12")).contains("is another user's now");
        slurm("12 12 PENDING anna 1 1");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12"))
                .isEqualTo("Nothing was done: Slurm says that job 12 is PENDING");
        slurm("13 13 RUNNING anna 1 1");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12"))
                .isEqualTo("Nothing was done: Slurm does not know job 12");
        commands.with("qstat", "echo 'owner:   bert'");
        assertThat(failure(BatchSystem.GRIDENGINE, BatchAct.CANCEL, "12")).contains("is another user's now");
        commands.with("qstat", "echo 'job_number:  12'");
        assertThat(failure(BatchSystem.GRIDENGINE, BatchAct.CANCEL, "12")).contains("does not say whose job 12 is");
        commands.with("condor_q", "echo 'bert 2'");
        assertThat(failure(BatchSystem.HTCONDOR, BatchAct.CANCEL, "12.0")).contains("is another user's now");
        commands.with("condor_q", "echo 'anna 5'");
        assertThat(failure(BatchSystem.HTCONDOR, BatchAct.HOLD, "12.0")).contains("has status 5");
        commands.with("condor_q", "");
        assertThat(failure(BatchSystem.HTCONDOR, BatchAct.HOLD, "12.0")).contains("does not know job 12.0");
        assertThat(told()).isEmpty();
    }

    @Test
    void whatIsNoIdComesNearNoCommand() {
        for (String id :
                List.of("", "--all", "12 13", "12;reboot", "$(id)", "-1", "12_", "_3", "12.0\n", "1".repeat(11))) {
            for (BatchSystem system : BatchSystem.values()) {
                assertThatThrownBy(() -> new BatchJob(system, id, null))
                        .as(system + " " + id)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(BatchSystem.HTCONDOR.isId("12"))
                .as("all jobs of the cluster")
                .isFalse();
        assertThat(BatchSystem.SLURM.isId("12_3")).isTrue();
        assertThat(BatchSystem.SLURM.isId("12+1")).isTrue();
    }

    @Test
    void aReasonIsOneLineOfPlainAscii() {
        assertThat(BatchText.of("memory leak", "policy 7")).isEqualTo(TEXT);
        assertThat(BatchText.of("--all; rm -rf `x` $(y)\n\u001b[2J \"z\" \\", "a'b"))
                .isEqualTo("slotwarden: --all rm -rf x (y) 2J z, a b");
        assertThat(BatchText.of("zu viel Speicher für Jürgen…", "ada"))
                .isEqualTo("slotwarden: zu viel Speicher fur Jurgen..., ada");
        assertThat(BatchText.of("x".repeat(1000), "y".repeat(1000)))
                .hasSize(BatchText.MOST)
                .endsWith(", " + "y".repeat(50));
    }

    @Test
    void aCommandThatHangsIsKilledWithAllThatItStarted() throws Exception {
        Path alive = root.resolve("alive");
        commands.with("scancel", "sleep 1000 & echo $! >'" + alive + "'; wait");
        long began = System.nanoTime();
        assertThatThrownBy(() -> commands.access(Duration.ofSeconds(2))
                        .carryOut(new BatchJob(BatchSystem.SLURM, "12", null), BatchAct.CANCEL, TEXT))
                .isInstanceOf(BatchFailed.class)
                .hasMessage("no answer within 2 s (scancel)");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(6));
        long child = Long.parseLong(Files.readString(alive).strip());
        await().atMost(Duration.ofSeconds(5))
                .until(() ->
                        ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void endlessOutputFillsNothingAndEndsWithItsTime() {
        commands.with("scancel", "exec yes 'again and again'");
        assertThatThrownBy(() -> commands.access(Duration.ofSeconds(2))
                        .carryOut(new BatchJob(BatchSystem.SLURM, "12", null), BatchAct.CANCEL, TEXT))
                .hasMessage("no answer within 2 s (scancel)");
    }

    @Test
    void whoeverHoldsTheOutputOpenIsNotWaitedFor() throws Exception {
        commands.with("scancel", "setsid sleep 30 &");
        long began = System.nanoTime();
        tell(BatchSystem.SLURM, BatchAct.CANCEL, "12");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void whatACommandSaysIsToldOnOneLine_cut() {
        commands.with("scancel", "printf 'error: \\033[31mno\\n\"way\" %0500d' 7 >&2; exit 3");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12"))
                .startsWith("scancel ended with 3: \"error: [31mno 'way' 000")
                .endsWith("...\"")
                .hasSizeLessThan(300);
        commands.with("scancel", "exit 1");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12"))
                .isEqualTo("scancel ended with 1, and said nothing");
    }

    @Test
    void aMissingCommandIsNamed() {
        commands.without("scancel");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12"))
                .isEqualTo("there is no program " + commands.folder().resolve("scancel"));
        commands.without("squeue");
        assertThat(failure(BatchSystem.SLURM, BatchAct.CANCEL, "12")).contains("squeue");
    }

    @Test
    void commandsGetNoInput_andTheEnvironmentThatWasConfigured() throws Exception {
        commands.with("scancel", "cat; env | sed 's/=.*//' | sort | tr '\\n' ' ' >>\"$CALLS\"");
        tell(BatchSystem.SLURM, BatchAct.CANCEL, "12");
        assertThat(commands.calls().getLast().split(" "))
                .contains("CALLS", "LC_ALL", "PATH")
                .isSubsetOf("CALLS", "LC_ALL", "PATH", "PWD", "SHLVL", "OLDPWD", "_");
    }

    @Test
    void whatCannotBeConfiguredIsRefused() {
        assertThat(BatchAccess.of(Path.of("/usr/bin"), List.of("SLURM_CONF=/etc/slurm/slurm.conf"))
                        .environment())
                .containsEntry("SLURM_CONF", "/etc/slurm/slurm.conf");
        assertThatThrownBy(() -> BatchAccess.of(Path.of("bin"), List.of())).hasMessageContaining("absolute");
        assertThatThrownBy(() -> BatchAccess.of(Path.of("/usr/bin"), List.of("SLURM CONF=x")))
                .hasMessageContaining("NAME=VALUE");
    }
}
