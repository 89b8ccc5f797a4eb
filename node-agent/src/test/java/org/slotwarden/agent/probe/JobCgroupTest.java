package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.JobSample;

/** Folders that look like cgroups of both versions. */
class JobCgroupTest {

    @TempDir
    private Path folder;

    private Path devices;

    @BeforeEach
    void oneDiskAndWhatLiesOnIt() throws IOException {
        devices = folder.resolve("block");
        Files.createDirectories(devices.resolve("8:0/device"));
        Files.createDirectories(devices.resolve("253:0"));
    }

    private final CgroupCounters counters = new CgroupCounters();

    private JobSample sample(JobCgroup cgroup) {
        JobSample.Builder sample = JobSample.newBuilder();
        cgroup.into(sample, counters);
        return sample.build();
    }

    @Test
    void versionTwoTellsAllInOneFolder() throws IOException {
        Path job = Files.createDirectory(folder.resolve("job_1"));
        Files.writeString(
                job.resolve("io.stat"), "8:0 rbytes=1 wbytes=2 rios=30 wios=40 dbytes=0\n253:0 rios=5 wios=6\n");
        Files.writeString(job.resolve("memory.events"), "low 0\noom 7\noom_kill 2\noom_group_kill 0\n");
        Files.writeString(job.resolve("cpu.pressure"), "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n");
        Files.writeString(
                job.resolve("memory.pressure"),
                "some avg10=0.00 avg60=0.00 avg300=0.00 total=10\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n");
        JobCgroup cgroup = new JobCgroup(List.of(job), devices);
        JobSample sample = sample(cgroup);
        assertThat(sample.getReadOperations()).isEqualTo(30);
        assertThat(sample.getWriteOperations()).isEqualTo(40);
        assertThat(sample.getOomKills()).isEqualTo(2);
        assertThat(sample.getCpuPressure().getSomeSeconds()).isEqualTo(1.5);
        assertThat(sample.getCpuPressure().hasFullSeconds()).isFalse();
        assertThat(sample.getMemoryPressure().getFullSeconds()).isEqualTo(5e-6);
        assertThat(sample.hasIoPressure()).isFalse();
    }

    @Test
    void theLimitOfMemoryIsANumberOrThereIsNone() throws IOException {
        Path job = Files.createDirectory(folder.resolve("job_1"));
        JobCgroup cgroup = new JobCgroup(List.of(job), devices);
        assertThat(sample(cgroup).hasMemoryLimitBytes()).as("no file").isFalse();
        for (String none : List.of("max\n", "", "-1\n", "99999999999999999999\n")) {
            Files.writeString(job.resolve("memory.max"), none);
            assertThat(sample(cgroup).hasMemoryLimitBytes()).as(none).isFalse();
        }
        Files.writeString(job.resolve("memory.max"), "0\n");
        assertThat(sample(cgroup).hasMemoryLimitBytes()).isTrue();
        Files.writeString(job.resolve("memory.max"), "2147483648\n");
        assertThat(sample(cgroup).getMemoryLimitBytes()).isEqualTo(2147483648L);
        Files.delete(job.resolve("memory.max"));
        Files.writeString(job.resolve("memory.limit_in_bytes"), "9223372036854771712\n");
        assertThat(sample(cgroup).hasMemoryLimitBytes()).as("none in version 1").isFalse();
        Files.writeString(job.resolve("memory.limit_in_bytes"), "1073741824\n");
        assertThat(sample(cgroup).getMemoryLimitBytes()).isEqualTo(1073741824L);
    }

    @Test
    void versionOneHasAFolderForEachAndCountsKillsWhereTheyHappened() throws IOException {
        Path disk = Files.createDirectory(folder.resolve("blkio"));
        Path memory = Files.createDirectories(folder.resolve("memory/step_0"));
        Files.writeString(
                disk.resolve("blkio.throttle.io_serviced"),
                "8:0 Read 3\n8:0 Write 4\n8:0 Total 7\n253:0 Read 3\nTotal 7\n");
        Files.writeString(folder.resolve("memory/memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
        Files.writeString(memory.resolve("memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
        JobCgroup cgroup = new JobCgroup(List.of(disk, folder.resolve("memory")), devices);
        JobSample sample = sample(cgroup);
        assertThat(sample.getReadOperations()).isEqualTo(3);
        assertThat(sample.getWriteOperations()).isEqualTo(4);
        assertThat(sample.getOomKills()).isEqualTo(1);
        assertThat(sample(cgroup).getOomKills()).as("counted once").isEqualTo(1);
        Files.delete(memory.resolve("memory.oom_control"));
        assertThat(sample(cgroup).getOomKills()).as("the step is gone").isEqualTo(1);
    }

    @Test
    void aCgroupThatIsGoneOrTellsNonsenseLeavesFiguresAbsent() throws IOException {
        JobSample gone = sample(new JobCgroup(List.of(folder.resolve("gone")), devices));
        assertThat(gone).isEqualTo(JobSample.getDefaultInstance());
        Path job = Files.createDirectory(folder.resolve("job_1"));
        Files.writeString(job.resolve("io.stat"), "8:0\nx rios=1\n8:0 rios=-5 wios=99999999999999999999\n");
        Files.writeString(job.resolve("memory.events"), "oom_kill -3\n");
        Files.writeString(job.resolve("io.pressure"), "some total=x\nfull\n");
        JobSample sample = sample(new JobCgroup(List.of(job), devices));
        assertThat(sample.getReadOperations()).isZero();
        assertThat(sample.hasOomKills()).isFalse();
        assertThat(sample.hasIoPressure()).isFalse();
    }
}
