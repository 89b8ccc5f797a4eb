package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.GpuSample;
import org.slotwarden.wire.v1.NodeSample;

@Timeout(120)
class GpusTest {

    private static final String H200 =
            "0, GPU-5f2c9f9d-7a0f-93e5-9f0a-4a5c6f7f8a9b, NVIDIA H200, 37, 1024, 143771, 213.45, 41\n";

    private final Path folder;

    GpusTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path program(String script) throws IOException {
        Path program = folder.resolve("nvidia-smi");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    private List<GpuSample> run(String script) throws Exception {
        return new NvidiaSmi(program(script), Duration.ofSeconds(60)).read();
    }

    private static NodeSample sample(Gpus gpus) {
        NodeSample.Builder sample = NodeSample.newBuilder();
        gpus.into(sample);
        return sample.build();
    }

    @Test
    void oneLineIsOneGpu() throws Exception {
        assertThat(run("[ \"$2\" = --format=csv,noheader,nounits ] && printf '" + H200 + "'"))
                .containsExactly(GpuSample.newBuilder()
                        .setIndex(0)
                        .setUuid("GPU-5f2c9f9d-7a0f-93e5-9f0a-4a5c6f7f8a9b")
                        .setName("NVIDIA H200")
                        .setUtilization(0.37)
                        .setMemoryUsedBytes(1024L << 20)
                        .setMemoryTotalBytes(143771L << 20)
                        .setPowerWatts(213.45)
                        .setCelsius(41)
                        .build());
    }

    @Test
    void whatAGpuDoesNotKnowIsAbsent() throws Exception {
        GpuSample gpu = GpuTable.parse("3, GPU-1, A, B, [N/A], [Not Supported], 80, [Unknown Error], ERR!\n")
                .getFirst();
        assertThat(gpu)
                .isEqualTo(GpuSample.newBuilder()
                        .setIndex(3)
                        .setUuid("GPU-1")
                        .setName("A, B")
                        .setMemoryTotalBytes(80 << 20)
                        .build());
        assertThat(GpuTable.parse("0, GPU-1, X, 101, -5, 1e9, 99999999999999999999, 4000\n")
                        .getFirst())
                .isEqualTo(GpuSample.newBuilder()
                        .setIndex(0)
                        .setUuid("GPU-1")
                        .setName("X")
                        .build());
        assertThat(GpuTable.parse("\n")).isEmpty();
    }

    @Test
    void anythingElseIsAnErrorAndNoGpu() {
        for (String output : new String[] {
            "No devices were found",
            "0, GPU-1, X, 1, 2, 3",
            "x, GPU-1, X, 1, 2, 3, 4, 5",
            "0, ../\033[2J, X, 1, 2, 3, 4, 5"
        }) {
            assertThatThrownBy(() -> GpuTable.parse(output))
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("\033");
        }
        assertThatThrownBy(() -> run("printf '" + H200 + "'; exit 9"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("status 9");
        assertThatThrownBy(() -> run("head -c 1000000 /dev/urandom")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> run("yes")).isInstanceOf(IOException.class);
    }

    @Test
    void oneThatHangsIsKilled() throws Exception {
        Path pid = folder.resolve("pid");
        Path program = program("echo $$ >" + pid + "; exec sleep 1000");
        assertThatThrownBy(() -> new NvidiaSmi(program, Duration.ofMillis(500)).read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("took more");
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())))
                .isEmpty();
    }

    @Test
    void oneThatIsStillRunningIsNotJoinedByAnother() throws Exception {
        Path runs = folder.resolve("runs");
        Path go = folder.resolve("go");
        Gpus gpus = new Gpus(
                program("echo x >>" + runs + "; while [ ! -e " + go + " ]; do sleep 0.1; done; printf '" + H200 + "'"),
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                Duration.ofMillis(1));
        gpus.prepare();
        await().until(() -> Files.exists(runs) && !Files.readAllLines(runs).isEmpty());
        for (int i = 0; i < 100; i++) {
            gpus.prepare();
            assertThat(sample(gpus).getGpusCount()).isZero();
        }
        Files.createFile(go);
        await().until(() -> sample(gpus).getGpusCount() == 1);
        assertThat(Files.readAllLines(runs)).hasSize(1);
    }

    @Test
    void theLastRunsFiguresAreInTheSample() throws Exception {
        Gpus gpus = new Gpus(program("printf '" + H200 + "'"), Duration.ofHours(1));
        assertThat(sample(gpus).getGpusCount()).isZero();
        gpus.prepare();
        await().until(() -> sample(gpus).getGpusCount() == 1);
    }

    @Test
    void aFailureIsCountedAndLeavesNoOldFigures() throws Exception {
        long before = ErrorCounts.of(ErrorKind.GPU_UNUSABLE);
        Gpus gpus = new Gpus(program("exit 9"), Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMillis(1));
        gpus.prepare();
        await().until(() -> ErrorCounts.of(ErrorKind.GPU_UNUSABLE) > before);
        assertThat(sample(gpus).getGpusCount()).isZero();
    }

    @Test
    void aProgramThatIsNotThereIsAFailureToo() {
        long before = ErrorCounts.of(ErrorKind.GPU_UNUSABLE);
        Gpus gpus = new Gpus(folder.resolve("none"), Duration.ofSeconds(1));
        gpus.prepare();
        await().until(() -> ErrorCounts.of(ErrorKind.GPU_UNUSABLE) > before);
    }
}
