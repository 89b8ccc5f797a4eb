package org.slotwarden.portal.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {

    @TempDir
    Path folder;

    @Test
    void portalsThatFirstStartAtOnceOnOneFolderShareOneSecret() throws Exception {
        int portals = 8;
        try (var pool = Executors.newFixedThreadPool(portals)) {
            for (int time = 0; time < 50; time++) {
                Path file = folder.resolve("key-" + time);
                CyclicBarrier together = new CyclicBarrier(portals);
                List<Callable<String>> starts = new ArrayList<>();
                for (int one = 0; one < portals; one++) {
                    String own = "secret-" + one;
                    // Each has looked, and found no file, when the first writes one.
                    starts.add(() -> SecretFile.readOrCreate(file, () -> {
                        meet(together);
                        return own;
                    }));
                }
                Set<String> secrets = new HashSet<>();
                for (Future<String> start : pool.invokeAll(starts, 60, TimeUnit.SECONDS)) {
                    secrets.add(start.get());
                }
                assertThat(secrets)
                        .hasSize(1)
                        .containsExactly(Files.readString(file).strip());
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
        assertThat(filesIn(folder)).as("no drafts").isEqualTo(50);
    }

    private static void meet(CyclicBarrier together) {
        try {
            together.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("The others did not come", e);
        }
    }

    @Test
    void aSecretIsReadAgainAndReplacedAsAWhole() throws IOException {
        Path file = folder.resolve("key");
        assertThat(SecretFile.readOrCreate(file, () -> "first")).isEqualTo("first");
        assertThat(SecretFile.readOrCreate(file, () -> "second")).isEqualTo("first");
        SecretFile.write(file, "third\n");
        assertThat(SecretFile.readOrCreate(file, () -> "fourth")).isEqualTo("third");
        assertThat(filesIn(folder)).isEqualTo(1);
    }

    private static long filesIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
