package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.JobFacts;

class ScontrolTest {

    /** As Slurm 22.05 prints it. */
    private static final String RECORD = "JobId=6 ArrayJobId=5 ArrayTaskId=3 JobName=NAME UserId=jobuser(1001)"
            + " GroupId=jobuser(1001) MCS_label=N/A Priority=4294901757 Nice=0 Account=phys QOS=(null)"
            + " JobState=TIMEOUT Reason=TimeLimit Dependency=(null) Requeue=1 Restarts=2 BatchFlag=1 Reboot=0"
            + " ExitCode=0:15 RunTime=00:01:10 TimeLimit=1-00:01:00 TimeMin=N/A SubmitTime=2026-11-21T20:10:57"
            + " EligibleTime=2026-11-21T20:10:57 AccrueTime=Unknown StartTime=2026-11-21T20:10:57 EndTime=Unknown"
            + " Deadline=N/A NodeList=n[1-2] BatchHost=n1 NumNodes=2 NumCPUs=4 NumTasks=4 CPUs/Task=1"
            + " ReqB:S:C:T=0:0:*:* TRES=cpu=4,mem=1G,node=2,billing=4 Socks/Node=* NtasksPerN:B:S:C=0:0:*:*"
            + " CoreSpec=* MinCPUsNode=1 MinMemoryNode=500M MinTmpDiskNode=0 Features=(null) DelayBoot=00:00:00"
            + " OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null) Command=COMMAND WorkDir=/o StdErr=/e"
            + " StdIn=/dev/null StdOut=/o Power= \n";

    private static Optional<ScontrolRecord> find(String answer) {
        return ScontrolRecord.find(answer, "6");
    }

    private static String record(String name, String command) {
        return RECORD.replace("NAME", name).replace("COMMAND", command);
    }

    @Test
    void readsNumbersAndFixedWords() {
        ScontrolRecord record = find(record("x", "/run.sh")).orElseThrow();
        assertThat(record.state()).hasValue("TIMEOUT");
        assertThat(record.over()).isTrue();
        assertThat(record.facts(ZoneOffset.UTC))
                .isEqualTo(JobFacts.newBuilder()
                        .setWallTimeLimitSeconds(86_460)
                        .setRequestedCores(4)
                        .setArrayId("5")
                        .setArrayIndex(3)
                        .setAccount("phys")
                        .setRestartCount(2)
                        .setSubmittedAtMs(1_795_291_857_000L)
                        .setSlotMemoryBytes(500L << 20)
                        .setRequestedMemoryBytes(1000L << 20)
                        .build());
    }

    @Test
    void aForgedFieldMakesTheFieldUnknownNotFalse() {
        ScontrolRecord named = find(record("x JobState=COMPLETED TimeLimit=00:00:01", "/run.sh"))
                .orElseThrow();
        assertThat(named.state()).isEmpty();
        assertThat(named.over()).isFalse();
        assertThat(named.facts(ZoneOffset.UTC).hasWallTimeLimitSeconds()).isFalse();
        assertThat(named.facts(ZoneOffset.UTC).getRequestedCores()).isEqualTo(4);
        assertThat(find(record("x", "/run.sh JobState=COMPLETED")).orElseThrow().state())
                .isEmpty();
    }

    @Test
    void aForgedRecordIsNobodysWord() {
        String forged = "JobId=6 JobName=y JobState=COMPLETED TimeLimit=00:00:01 ";
        assertThat(find(record("x\n" + forged, "/run.sh"))).isEmpty();
        // Cut in two by the name, ours holds no state any more.
        assertThat(find(record("x\nJobId=9 JobName=y", "/c")).flatMap(ScontrolRecord::state))
                .isEmpty();
    }

    @Test
    void ofAnArrayTheElementIsTaken() {
        String others = RECORD.replace("JobId=6 ", "JobId=5 ").replace("TIMEOUT", "RUNNING")
                + record("x", "/c")
                + RECORD.replace("JobId=6 ", "JobId=7 ");
        assertThat(find(others).flatMap(ScontrolRecord::state)).hasValue("TIMEOUT");
        assertThat(ScontrolRecord.find(others, "66")).isEmpty();
        assertThat(ScontrolRecord.find("", "6")).isEmpty();
    }

    private static Scontrol program(Path folder, String script, Duration timeout) throws Exception {
        Path program = Files.writeString(folder.resolve("scontrol"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new Scontrol(program, timeout);
    }

    @Test
    void asksWithTheHooksConfigurationAndNothingElse(@TempDir Path folder) throws Exception {
        Scontrol scontrol = program(
                folder,
                "[ \"$*\" = '-o show job 6' ] && [ \"$SLURM_CONF\" = /etc/s.conf ] && [ -z \"$HOME\" ] &&"
                        + " echo 'JobId=6 JobName=x JobState=RUNNING '",
                Duration.ofSeconds(20));
        assertThat(scontrol.ask("6", "/etc/s.conf").flatMap(ScontrolRecord::state))
                .hasValue("RUNNING");
        assertThat(scontrol.ask("6", null)).isEmpty();
        assertThat(scontrol.ask("6; rm", "/etc/s.conf")).isEmpty();
    }

    @Test
    void aControllerThatHangsOrTalksForEverIsLeft(@TempDir Path folder) throws Exception {
        assertThat(program(folder, "sleep 600", Duration.ofMillis(200)).ask("6", null))
                .isEmpty();
        assertThat(program(folder, "yes", Duration.ofSeconds(20)).ask("6", null))
                .isEmpty();
        assertThat(new Scontrol(Path.of("/nonexistent"), Duration.ofSeconds(1)).ask("6", null))
                .isEmpty();
    }
}
