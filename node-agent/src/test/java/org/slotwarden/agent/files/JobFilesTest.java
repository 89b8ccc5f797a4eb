package org.slotwarden.agent.files;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.Progress;

/** A job's files: real directories, and the traps that a user can set in them. */
class JobFilesTest {

    private static final ProcFiles PROC = new ProcFiles(Path.of("/proc"));
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    @TempDir
    private Path folder;

    private long uid;

    @BeforeEach
    void ourUid() throws IOException {
        uid = (Integer) requireNonNull(Files.getAttribute(folder, "unix:uid"));
    }

    private Path file(String name, int bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(requireNonNull(file.getParent()));
        return Files.write(file, new byte[bytes]);
    }

    private JobPlaces places(@Nullable String output) {
        return new JobPlaces(uid, folder.toString(), null, output, null);
    }

    private static JobSample sample(JobFiles files, JobPlaces places, int process) {
        files.begin(places, process, System.currentTimeMillis());
        JobSample.Builder sample = JobSample.newBuilder();
        files.into(sample);
        return sample.build();
    }

    private static OptionalLong walk(TreeSize walk) {
        while (!walk.step()) {}
        return walk.bytes();
    }

    @Test
    void aSampleTellsSizesOutputAndProgress() throws Exception {
        file("a/b/data", 1000);
        file("out", 234);
        Files.writeString(folder.resolve(ProgressFile.NAME), "0.25 step 5 of 20\nmore\n");
        JobFiles files = new JobFiles(JobFiles.Shared.of(PROC));
        JobPlaces places = places("out");
        JobSample.Builder all = JobSample.newBuilder();
        await().until(() -> all.mergeFrom(sample(files, places, 0)).hasWorkdirBytes() && all.hasProgress());
        assertThat(all.getWorkdirBytes()).isEqualTo(1000 + 234 + 23);
        long space = folder.toFile().getTotalSpace();
        assertThat(all.getWorkdirFreeBytes()).isBetween(0L, space);
        assertThat(all.hasWorkdirFreeBytes()).isTrue();
        assertThat(all.hasScratchFreeBytes()).as("nobody named it").isFalse();
        assertThat(all.getStandardOutputBytes()).isEqualTo(234);
        assertThat(all.hasStandardErrorBytes()).as("nobody named it").isFalse();
        assertThat(all.hasScratchBytes()).isFalse();
        assertThat(all.getProgress().getFraction()).isEqualTo(0.25);
        assertThat(all.getProgress().getText()).isEqualTo("step 5 of 20");
        assertThat(all.getProgress().getTimeMs()).isPositive();
    }

    @Test
    void freeSpaceIsToldOfTheUsersDirectoryOnly() {
        assertThat(DirectorySize.free(folder, uid).isPresent()).isTrue();
        assertThat(DirectorySize.free(folder, uid + 1)).as("somebody else's").isEmpty();
        assertThat(DirectorySize.free(folder.resolve("none"), uid)).isEmpty();
        assertThat(DirectorySize.free(null, uid)).isEmpty();
    }

    @Test
    void theJobsEnvironmentNamesScratchAndProgress() throws Exception {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        Files.write(scratch.resolve("big"), new byte[5000]);
        Files.writeString(folder.resolve("far"), "7%");
        try (Load load =
                Load.shell("sleep 60; :", Map.of("TMPDIR", scratch.toString(), "SLOTWARDEN_PROGRESS", "far"))) {
            JobFiles files = new JobFiles(JobFiles.Shared.of(PROC));
            JobSample.Builder all = JobSample.newBuilder();
            await().until(() ->
                    all.mergeFrom(sample(files, places(null), load.pid())).hasScratchBytes() && all.hasProgress());
            assertThat(all.getScratchBytes()).isEqualTo(5000);
            assertThat(all.getProgress().getFraction()).isEqualTo(0.07);
        }
    }

    @Test
    void aWalkFollowsNoLinksAndCountsNoOtherKinds() throws Exception {
        file("data", 100);
        file("deep/er/data", 10);
        Files.createSymbolicLink(folder.resolve("everything"), Path.of("/usr"));
        Files.createSymbolicLink(folder.resolve("file"), Path.of("/etc/passwd"));
        fifo(folder.resolve("fifo"));
        assertThat(walk(new TreeSize(folder, uid))).hasValue(110);
        assertThat(walk(new TreeSize(folder, uid + 1))).as("another user's").isEmpty();
        assertThat(walk(new TreeSize(folder.resolve("nothing"), uid))).isEmpty();
    }

    @Test
    void aLargeTreeTakesSeveralSteps() throws Exception {
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 900; j++) {
                file("d" + i + "/f" + j, 1);
            }
        }
        TreeSize walk = new TreeSize(folder, uid);
        assertThat(walk.step()).isFalse();
        assertThat(walk.bytes()).isEmpty();
        assertThat(walk(walk)).hasValue(4500);
    }

    @Test
    void aDirectoryReplacedByALinkBetweenTwoStepsIsNotEntered() throws Exception {
        for (int i = 0; i < 2100; i++) {
            file("first/f" + i, 1);
        }
        Path other = Files.createDirectory(folder.resolve("z"));
        TreeSize walk = new TreeSize(folder, uid);
        while (!walk.step()) {
            Files.deleteIfExists(other);
            if (!Files.isSymbolicLink(other)) {
                Files.createSymbolicLink(other, Path.of("/usr"));
            }
        }
        OptionalLong bytes = walk.bytes();
        assertThat(bytes.isEmpty() || bytes.getAsLong() == 2100).isTrue();
    }

    @Test
    void aPlainDirectoryOfALargerFileSystemIsNotToldByStatfs() throws IOException {
        assertThat(FileSystemUse.of(folder, MOUNTS)).isEmpty();
        assertThat(FileSystemUse.of(folder.resolve("nothing"), MOUNTS)).isEmpty();
        assertThat(FileSystemUse.of(Path.of("/"), MOUNTS)).isEmpty();
    }

    @Test
    void aTmpfsOfItsOwnIsToldByStatfs() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        run("mount", "-t", "tmpfs", "-o", "size=8m", "none", own.toString());
        try {
            Files.write(own.resolve("file"), new byte[1 << 20]);
            assertThat(FileSystemUse.of(own, MOUNTS).orElse(-1)).isBetween(1L << 20, 2L << 20);
        } finally {
            run("umount", own.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("as root: " + String.join(" ", command))
                .isZero();
    }

    @Test
    void progressIsOnlyTakenFromARegularFileOfTheUsers() throws Exception {
        Path file = folder.resolve(ProgressFile.NAME);
        Files.writeString(file, "1");
        assertThat(requireNonNull(ProgressFile.read(file, uid, 5)).getTimeMs())
                .as("not from the future")
                .isEqualTo(5);
        assertThat(ProgressFile.read(file, uid + 1, 5)).isNull();
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, file);
        assertThat(ProgressFile.read(link, uid, 5)).isNull();
        assertThat(ProgressFile.read(folder, uid, 5)).isNull();
        Path fifo = folder.resolve("fifo");
        fifo(fifo);
        assertThat(ProgressFile.read(fifo, uid, 5)).as("and comes back at once").isNull();
        assertThat(OwnedFile.size(fifo, uid)).isNull();
        assertThat(OwnedFile.size(Path.of("/dev/null"), uid)).isNull();
    }

    @Test
    void progressIsANumberAndSomeText() {
        assertThat(parse("0.5"))
                .isEqualTo(Progress.newBuilder().setFraction(0.5).setTimeMs(9).build());
        assertThat(requireNonNull(parse(" 100%\tdone \u0007\r\n0.1")).getText()).isEqualTo("done");
        assertThat(requireNonNull(parse("1 " + "ä".repeat(4000))).getText()).hasSize(100);
        for (String wrong : new String[] {"", "x", "-1", "1.1", "101%", "NaN", "1e9", "0.5x", "\n0.5", "Infinity"}) {
            assertThat(parse(wrong)).as(wrong).isNull();
        }
    }

    private static @Nullable Progress parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ProgressFile.parse(bytes, Math.min(bytes.length, 4096), 9);
    }

    @Test
    void onlyThisUsersEnvironmentIsBelieved() throws Exception {
        try (Load load = Load.shell("sleep 60; :", Map.of("TMPDIR", "/somewhere"))) {
            await().until(() -> NamedPlaces.read(PROC, load.pid(), uid).scratch() != null);
            assertThat(NamedPlaces.read(PROC, load.pid(), uid + 1).scratch()).isNull();
        }
        byte[] environment = "TMPDIR=relative\0XTMPDIR=/no\0SLOTWARDEN_PROGRESS=p\0TMPDIR=/a\0TMPDIR=/b\0TMPDIR=/cut"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(NamedPlaces.parse(environment, environment.length)).isEqualTo(new NamedPlaces("/a", "p"));
    }

    private static void fifo(Path path) throws Exception {
        new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
    }
}
