package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small files about one process, in the forms that kernels write them. */
class ProcessSourcesTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void bytesMovedAreFoundByNameAndOnlyTogether() {
        String io = "rchar: 323934931\nwchar: 323929600\nsyscr: 632687\nsyscw: 632675\n"
                + "read_bytes: 4096\nwrite_bytes: 323932160\ncancelled_write_bytes: 7\n";
        assertThat(ProcessIo.parse(bytes(io), io.length()))
                .isEqualTo(new ProcessIo(323934931, 323929600, 632687, 632675, 4096, 323932160));
        String cut = io.substring(0, io.indexOf("write_bytes: "));
        assertThat(ProcessIo.parse(bytes(cut), cut.length())).isNull();
        assertThat(ProcessIo.parse(bytes(""), 0)).isNull();
    }

    @Test
    void memoryAndSwitchesAreFoundByNameAtTheBeginningOfALine() {
        String status = "Name:\tVmSwap: 7 kB\\nVmRSS: 9 kB\nVmRSS:\t  100 kB\nVmSwap:\t     12 kB\n"
                + "voluntary_ctxt_switches:\t3\nnonvoluntary_ctxt_switches:\t4\n";
        assertThat(ProcessStatus.parse(bytes(status), status.length())).isEqualTo(new ProcessStatus(12 << 10, 3, 4));
        assertThat(ProcessStatus.parse(bytes("Name:\tkthreadd\n"), 15))
                .as("without memory, and a kernel that tells no switches")
                .isEqualTo(new ProcessStatus(0, -1, -1));
        assertThat(ProcessStatus.parse(bytes("VmRSS:\t 1 kB\n"), 13).swapBytes())
                .as("not told")
                .isEqualTo(-1);
        for (int length = 0; length < status.length(); length++) {
            ProcessStatus.parse(bytes(status), length);
        }
    }

    @Test
    void theSchedulersFiguresComeTogetherOrNotAtAll() {
        assertThat(ThreadSchedule.parse(bytes("5 7 9\n"), 6)).isEqualTo(new ThreadSchedule(5, 7, 9));
        assertThat(ThreadSchedule.parse(bytes("0 0 0\n"), 6)).as("not counted").isNull();
        assertThat(ThreadSchedule.parse(bytes("5 7"), 3)).isNull();
        assertThat(ThreadSchedule.parse(bytes("-5 7 9"), 6)).isNull();
    }

    @Test
    void theSoftLimitOfOpenFilesIsTheFirstNumber() {
        String limits = "Limit                     Soft Limit           Hard Limit           Units     \n"
                + "Max processes             15                   16                   processes \n"
                + "Max open files            1024                 524288               files     \n";
        assertThat(OpenFileLimit.parse(bytes(limits), limits.length())).isEqualTo(1024);
        String none = "Max open files            unlimited            unlimited            files     \n";
        assertThat(OpenFileLimit.parse(bytes(none), none.length())).isEqualTo(Integer.MAX_VALUE);
        assertThat(OpenFileLimit.parse(bytes(""), 0)).isEqualTo(-1);
    }

    @Test
    void unitsComeFromTheAuxiliaryVector() {
        ByteBuffer vector = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        vector.putLong(6).putLong(65536).putLong(17).putLong(250).putLong(0).putLong(0);
        assertThat(KernelUnits.parse(vector.array(), 48)).isEqualTo(new KernelUnits(65536, 250));
        assertThat(KernelUnits.parse(vector.array(), 5)).isEqualTo(new KernelUnits(4096, 100));
        assertThat(KernelUnits.read(new ProcFiles(Path.of("/proc"))).pageBytes())
                .isGreaterThanOrEqualTo(4096);
    }

    @Test
    void cgroupsTellCpuTimeInTheirVersionsUnits(@TempDir Path cgroup) throws Exception {
        assertThat(CgroupCpu.read(cgroup)).isNull();
        Files.writeString(cgroup.resolve("cpuacct.usage_user"), "1500000000\n");
        Files.writeString(cgroup.resolve("cpuacct.usage_sys"), "250000000\n");
        assertThat(CgroupCpu.read(cgroup)).isEqualTo(new CgroupCpu(1.5, 0.25));
        // Version 1 has a cpu.stat, too, which is about throttling.
        Files.writeString(cgroup.resolve("cpu.stat"), "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n");
        assertThat(CgroupCpu.read(cgroup)).isEqualTo(new CgroupCpu(1.5, 0.25));
        Files.writeString(cgroup.resolve("cpu.stat"), "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\n");
        assertThat(CgroupCpu.read(cgroup)).isEqualTo(new CgroupCpu(2, 1));
    }
}
