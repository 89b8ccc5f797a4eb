package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeSwapTest {

    @TempDir
    private Path proc;

    private boolean inUse(String meminfo) throws IOException {
        Files.writeString(proc.resolve("meminfo"), meminfo);
        return new NodeSwap(new ProcFiles(proc)).inUse(1);
    }

    @Test
    void isInUseWhenLessIsFreeThanThereIs() throws Exception {
        assertThat(inUse("SwapTotal:  0 kB\nSwapFree:  0 kB\n")).isFalse();
        assertThat(inUse("SwapTotal:  8 kB\nSwapFree:  8 kB\n")).isFalse();
        assertThat(inUse("SwapTotal:  8 kB\nSwapFree:  4 kB\n")).isTrue();
    }

    @Test
    void mayBeInUseWhereTheKernelDoesNotTell() throws Exception {
        assertThat(inUse("MemTotal: 1 kB\n")).isTrue();
        assertThat(new NodeSwap(new ProcFiles(proc.resolve("missing"))).inUse(1))
                .isTrue();
    }

    @Test
    void isReadOncePerLook() throws Exception {
        NodeSwap swap = new NodeSwap(new ProcFiles(proc));
        Files.writeString(proc.resolve("meminfo"), "SwapTotal:  8 kB\nSwapFree:  8 kB\n");
        assertThat(swap.inUse(1)).isFalse();
        Files.writeString(proc.resolve("meminfo"), "SwapTotal:  8 kB\nSwapFree:  0 kB\n");
        assertThat(swap.inUse(1)).isFalse();
        assertThat(swap.inUse(2)).isTrue();
    }
}
