package org.slotwarden.agent.slot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.agent.probe.CgroupCpu;

/** Trees as Slurm 22.05 and 24.11 make them, in a folder. */
class SlurmCgroupTest {

    private final Path root;

    SlurmCgroupTest(@TempDir Path root) {
        this.root = root;
    }

    private void procs(String folder, String pids) throws Exception {
        Files.createDirectories(root.resolve(folder));
        Files.writeString(root.resolve(folder).resolve("cgroup.procs"), pids);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "freezer/slurm/uid_1001/job_7",
                "freezer/slurm_n1/uid_1001/job_7",
                "unified/system.slice/slurmstepd.scope/job_7",
                "system.slice/n1_slurmstepd.scope/job_7"
            })
    void isFoundUnderAnySpelling(String job) throws Exception {
        procs(job + "/step_batch/user/task_0", "11\n12\n");
        procs(job + "/step_0/user/task_1", "13\n");
        procs(job + "/step_0/slurm", "99\n");
        SlurmCgroup found = requireNonNull(SlurmCgroup.find(root, "7", Set.of("n2")));
        assertThat(found.pids()).containsExactlyInAnyOrder(11, 12, 13);
        assertThat(SlurmCgroup.find(root, "77", Set.of())).isNull();
    }

    @Test
    void stepsOfVersionOneHoldTheirProcessesThemselves() throws Exception {
        procs("freezer/slurm/uid_1001/job_7", "");
        procs("freezer/slurm/uid_1001/job_7/step_batch", "11\n12\n");
        procs("freezer/slurm/uid_1001/job_7/step_0", "13\n");
        procs("freezer/slurm/uid_1001/job_77/step_0", "14\n");
        assertThat(requireNonNull(SlurmCgroup.find(root, "7", Set.of())).pids()).containsExactlyInAnyOrder(11, 12, 13);
    }

    @Test
    void theFreezerCountsAndCpuTimeComesFromWhereItIs() throws Exception {
        procs("cpuset/slurm/uid_1001/job_7/step_0", "11\n");
        procs("freezer/slurm/uid_1001/job_7/step_0", "11\n12\n");
        procs("cpuacct/slurm/uid_1001/job_7/step_0", "11\n12\n");
        Files.writeString(root.resolve("cpuacct/slurm/uid_1001/job_7/cpuacct.usage_user"), "2000000000");
        Files.writeString(root.resolve("cpuacct/slurm/uid_1001/job_7/cpuacct.usage_sys"), "1000000000");
        SlurmCgroup found = requireNonNull(SlurmCgroup.find(root, "7", Set.of()));
        assertThat(found.pids()).containsExactlyInAnyOrder(11, 12);
        assertThat(found.figures().cpu()).isEqualTo(new CgroupCpu(2, 1));
    }

    @Test
    void thatOfAnotherNodeOfTheJobOnThisMachineIsNotOurs() throws Exception {
        procs("freezer/slurm_n2/uid_1001/job_7/step_0", "21\n");
        assertThat(SlurmCgroup.find(root, "7", Set.of("n2", "n3"))).isNull();
        procs("freezer/slurm_n1/uid_1001/job_7/step_0", "11\n");
        assertThat(requireNonNull(SlurmCgroup.find(root, "7", Set.of("n2", "n3")))
                        .pids())
                .containsExactly(11);
    }

    @Test
    void othersFoldersOfThatNameAreNotSlurms() throws Exception {
        procs("memory/user.slice/job_7", "11\n");
        assertThat(SlurmCgroup.find(root, "7", Set.of())).isNull();
        assertThat(SlurmCgroup.find(root.resolve("missing"), "7", Set.of())).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user.slice", "user.slice/slurm_freezer", "user.slice/slurm_freezer/job_7"})
    void whatAUserMadeUnderSuchANameIsNotSlurms(String given) throws Exception {
        procs("user.slice/slurm_freezer/job_7/step_0", "66\n");
        Files.writeString(
                root.resolve("user.slice/slurm_freezer/job_7/cpu.stat"), "user_usec 9000000\nsystem_usec 0\n");
        Files.setAttribute(root.resolve(given), "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
        assertThat(SlurmCgroup.find(root, "7", Set.of())).isNull();
        procs("system.slice/slurmstepd.scope/job_7/step_0/user", "11\n");
        SlurmCgroup found = requireNonNull(SlurmCgroup.find(root, "7", Set.of()));
        assertThat(found.pids()).containsExactly(11);
        assertThat(found.figures().cpu()).isNull();
    }

    @Test
    void norIsItWhenAProcessOfTheUsersSaysSo() throws Exception {
        procs("user.slice/slurmstepd.scope/job_8/step_0", "66\n");
        String text = "0::/user.slice/slurmstepd.scope/job_8/step_0\n";
        assertThat(SlurmCgroup.ofMember(root, text, Set.of())).isNotNull();
        Files.setAttribute(root.resolve("user.slice"), "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
        assertThat(SlurmCgroup.ofMember(root, text, Set.of())).isNull();
    }

    @Test
    void aFolderThatOnlySpeaksOfTheFreezerIsNone() throws Exception {
        procs("cpuset/slurm_freezer/uid_1/job_7/step_0", "11\n");
        procs("net_cls,freezer/slurm/uid_1/job_7/step_0", "11\n12\n");
        assertThat(requireNonNull(SlurmCgroup.find(root, "7", Set.of())).pids()).containsExactlyInAnyOrder(11, 12);
    }

    @Test
    void nonsenseAndAFolderThatIsGoneAreNoProcesses() throws Exception {
        procs("freezer/slurm/uid_1/job_7/step_0", "x\n-1\n0\n99999999999\n12\n");
        SlurmCgroup found = requireNonNull(SlurmCgroup.find(root, "7", Set.of()));
        assertThat(found.pids()).containsExactly(12);
        Slot.delete(root.resolve("freezer/slurm/uid_1/job_7/step_0"));
        Slot.delete(root.resolve("freezer/slurm/uid_1/job_7"));
        assertThat(found.pids()).isEmpty();
        assertThat(found.figures().cpu()).isNull();
    }
}
