package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Crashes are imitated by the bytes that they leave: those of a write, up to any of them. */
class CounterFileTest {

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void setUp() {
        path = folder.resolve("counters");
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private byte @Nullable [] read() throws IOException {
        try (CounterFile file = new CounterFile(path)) {
            return file.read();
        }
    }

    @Test
    void theLastOneWrittenIsRead() throws Exception {
        assertThatThrownBy(this::read).isInstanceOf(NoSuchFileException.class);
        try (CounterFile file = new CounterFile(path)) {
            for (int i = 0; i < 50; i++) {
                // Grows and shrinks, through several sizes of a place.
                byte[] bytes = bytes((i * 7919) % 40_000, i);
                file.write(ByteBuffer.wrap(bytes));
                assertThat(read()).as("after write %s", i).isEqualTo(bytes);
            }
        }
    }

    @Test
    void anotherProcessGoesOn() throws Exception {
        for (int i = 0; i < 30; i++) {
            byte[] bytes = bytes(1 + (i * 5003) % 30_000, i);
            try (CounterFile file = new CounterFile(path)) {
                if (i > 0) {
                    assertThat(file.read()).isEqualTo(bytes(1 + ((i - 1) * 5003) % 30_000, i - 1));
                }
                file.write(ByteBuffer.wrap(bytes));
            }
        }
    }

    @Test
    void aWriteThatWasCutOffLeavesTheOneBefore() throws Exception {
        int[] lengths = {100, 3_000, 9_000, 500, 20_000, 20_000, 7};
        for (int last = 1; last < lengths.length; last++) {
            Files.deleteIfExists(path);
            byte[] before;
            byte[] after;
            try (CounterFile file = new CounterFile(path)) {
                for (int i = 0; i < last; i++) {
                    file.write(ByteBuffer.wrap(bytes(lengths[i], i)));
                }
                before = Files.readAllBytes(path);
                file.write(ByteBuffer.wrap(bytes(lengths[last], last)));
                after = Files.readAllBytes(path);
            }
            byte[] old = Arrays.copyOf(before, after.length);
            int from = Arrays.mismatch(old, after);
            // From the first byte that changed to the last one.
            int to = after.length;
            while (old[to - 1] == after[to - 1]) {
                to--;
            }
            for (int cut = from; cut < to; cut += Math.max(1, (to - from) / 97)) {
                byte[] torn = old.clone();
                System.arraycopy(after, from, torn, from, cut - from);
                Files.write(path, torn);
                assertThat(read())
                        .as("write %s cut off at %s", last, cut)
                        .isEqualTo(bytes(lengths[last - 1], last - 1));
            }
        }
    }

    @Test
    void aWriteThatFailedIsMadeAgainInItsPlace() throws Exception {
        try (CounterFile file = new CounterFile(path)) {
            file.write(ByteBuffer.wrap(bytes(100, 1)));
            file.write(ByteBuffer.wrap(bytes(100, 2)));
            file.close();
            Path aside = folder.resolve("aside");
            Files.move(path, aside);
            Files.createDirectory(path);
            for (int length : new int[] {100, 9_000}) {
                assertThatThrownBy(() -> file.write(ByteBuffer.wrap(bytes(length, 3))))
                        .isInstanceOf(IOException.class);
            }
            Files.delete(path);
            Files.move(aside, path);
            byte[] before = Files.readAllBytes(path);
            file.write(ByteBuffer.wrap(bytes(100, 4)));
            byte[] after = Files.readAllBytes(path);
            // As if this write had been cut off.
            Arrays.fill(after, Arrays.mismatch(before, after), after.length, (byte) 0);
            Files.write(path, after);
            assertThat(read()).isEqualTo(bytes(100, 2));
        }
    }

    @Test
    void whatIsNoneIsNotTakenForOne() throws Exception {
        Files.write(path, bytes(100_000, 1));
        assertThat(read()).isNull();
        Files.write(path, new byte[0]);
        assertThat(read()).isNull();
        try (RandomAccessFile large = new RandomAccessFile(path.toFile(), "rw")) {
            large.setLength(1L << 40);
        }
        assertThat(read()).isNull();
    }
}
