package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.JobFacts;

class HandOverTest {

    private static HandOver handOver(String... records) {
        return HandOver.parse((String.join("\0", records) + "\0").getBytes(StandardCharsets.UTF_8), Instant.EPOCH);
    }

    private static JobFacts facts(String... records) {
        return JobDescription.read(handOver(records), "n2");
    }

    @Test
    void hostileNamesArriveIntact() {
        String name = "a\nb 'c' \"d\" $(e) =f\u2028 é 😀 \t\u0007";
        assertThat(handOver("name=" + name).text("name")).isEqualTo(name);
        assertThat(handOver("name=" + "x".repeat(4096)).text("name")).hasSize(4096);
    }

    @Test
    void longTextsAreCutBetweenCodePoints() {
        String text = "a" + "é".repeat(5000);
        String cut = handOver("name=" + text).text("name", "");
        assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(WireContract.MAX_TEXT_BYTES - 1);
        assertThat(text).startsWith(cut);
        String emoji = "😀".repeat(3000);
        assertThat(handOver("name=" + emoji).text("name")).isEqualTo("😀".repeat(WireContract.MAX_TEXT_BYTES / 4));
    }

    @Test
    void brokenBytesAreReplaced() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("name=a".getBytes(StandardCharsets.US_ASCII));
        bytes.write(0xFF);
        bytes.write(0xC3);
        bytes.writeBytes("b\0".getBytes(StandardCharsets.US_ASCII));
        assertThat(HandOver.parse(bytes.toByteArray(), Instant.EPOCH).text("name"))
                .isEqualTo("a\uFFFD\uFFFDb");
    }

    @Test
    void whatIsNoRecordIsLeftOut() {
        HandOver handOver = handOver("=x", "novalue", "empty=", "job_id=5", "job_id=6", "unknown=1");
        assertThat(handOver.text("job_id")).isEqualTo("5");
        assertThat(handOver.text("empty")).isNull();
        assertThat(handOver.text("novalue")).isNull();
        byte[] unfinished = "job_id=5".getBytes(StandardCharsets.US_ASCII);
        assertThat(HandOver.parse(unfinished, Instant.EPOCH).text("job_id")).isNull();
    }

    @Test
    void onlyARegularFileOfBoundedSizeIsRead(@TempDir Path folder) throws Exception {
        Path big = Files.write(folder.resolve("big"), new byte[HandOver.MAX_BYTES + 1]);
        assertThatThrownBy(() -> HandOver.read(big))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc/passwd"));
        assertThatThrownBy(() -> HandOver.read(link)).isInstanceOf(IllegalArgumentException.class);
        Files.delete(link);
        assertThatThrownBy(() -> HandOver.read(folder)).isInstanceOf(IllegalArgumentException.class);
        Path whole = Files.writeString(folder.resolve("whole"), "job_id=1\0");
        assertThat(HandOver.read(whole).time())
                .isEqualTo(Files.getLastModifiedTime(whole).toInstant());
    }

    @Test
    void understandsWhatAHookOfSlurmHandsOver() {
        // As the Prolog of Slurm 24.11 had it, for a job of three nodes.
        JobFacts job = facts(
                "batch_system=slurm",
                "cluster=hooktest",
                "job_id=2",
                "user=jobuser",
                "uid=1001",
                "gid=1001",
                "queue=main",
                "requested_cores=2(x2),1",
                "nodes=n[1-3]",
                "work_directory=/srv/out",
                "standard_output=/srv/out/array.%A_%a.%j.out",
                "restart_count=0",
                "wall_time_limit=0:5:0",
                "requested_memory=500M");
        assertThat(job.getJobId()).isEqualTo("2");
        assertThat(job.getCluster()).isEqualTo("hooktest");
        assertThat(job.getUid()).isEqualTo(1001);
        assertThat(job.getNodesList()).containsExactly("n1", "n2", "n3");
        assertThat(job.getRequestedCores()).isEqualTo(5);
        assertThat(job.getSlotCores()).isEqualTo(2);
        assertThat(job.getWallTimeLimitSeconds()).isEqualTo(300);
        assertThat(job.getRequestedMemoryBytes()).isEqualTo(500L << 20);
        assertThat(job.getRestartCount()).isZero();
        assertThat(job.hasName()).isFalse();
        assertThat(job.hasSlotMemoryBytes()).isFalse();
    }

    @Test
    void plainNumbersAreBytesAndSecondsForOthersThanSlurm() {
        JobFacts job = facts(
                "batch_system=local",
                "job_id=x-1",
                "requested_memory=1000",
                "wall_time_limit=90",
                "nodes=n2",
                "requested_cores=3");
        assertThat(job.getRequestedMemoryBytes()).isEqualTo(1000);
        assertThat(job.getWallTimeLimitSeconds()).isEqualTo(90);
        assertThat(job.getSlotCores()).isEqualTo(3);
        assertThat(job.getRequestedCores()).isEqualTo(3);
    }

    @Test
    void hostileNumbersAreAbsent() {
        JobFacts job = facts(
                "batch_system=slurm",
                "job_id=1",
                "uid=-1",
                "gid=99999999999999999999",
                "restart_count=9999999999",
                "requested_cores=x",
                "wall_time_limit=UNLIMITED",
                "array_index=0x3");
        assertThat(job)
                .isEqualTo(JobFacts.newBuilder()
                        .setBatchSystem("slurm")
                        .setJobId("1")
                        .build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"job_id=1", "batch_system=slurm", "batch_system=../x\0job_id=1", "batch_system=a\0job_id=a b"})
    void withoutAJobItIsNothing(String records) {
        assertThatThrownBy(() -> facts(records)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> facts("batch_system=slurm", "job_id=" + "9".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsKnownStaysWhatItWas() {
        JobFacts known = facts("batch_system=slurm", "job_id=1", "name=mine", "nodes=a,b");
        JobFacts more = JobFacts.newBuilder()
                .setName("other")
                .setAccount("acc")
                .addNodes("z")
                .build();
        JobFacts complete = JobDescription.complete(known, more);
        assertThat(complete).isEqualTo(known.toBuilder().setAccount("acc").build());
        assertThat(JobDescription.complete(complete, JobFacts.getDefaultInstance()))
                .isEqualTo(complete);
    }

    @Test
    void ofAJobsEnvironmentThreeNamesAreTaken() {
        byte[] environment = ("HOME=/x\0SLURM_JOB_ID=7\0SLURM_JOB_NAME=a=b\nUserId=0\0SLURM_ARRAY_JOB_ID=5\0"
                        + "SLURM_ARRAY_TASK_ID=2\0SLURM_JOB_ACCOUNT=secret\0")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(JobEnvironment.parse(environment, environment.length, "7"))
                .isEqualTo(JobFacts.newBuilder()
                        .setName("a=b\nUserId=0")
                        .setArrayId("5")
                        .setArrayIndex(2)
                        .build());
        assertThat(JobEnvironment.parse(environment, environment.length, "8"))
                .as("another job's process")
                .isEqualTo(JobFacts.getDefaultInstance());
    }
}
