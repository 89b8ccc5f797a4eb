package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;

/** A table that stays, on real processes and on folders that look like some. */
class ProcessTableTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path fake;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));

    private Path process(int pid, int parent, long start, String name) throws IOException {
        Path folder = Files.createDirectories(fake.resolve(Integer.toString(pid)));
        Files.writeString(
                folder.resolve("stat"),
                pid + " (" + name + ") S " + parent + " 1 1 0 0 0 0 0 0 0 1 2 0 0 20 0 1 0 " + start + " 0 5 0 0\n");
        return folder;
    }

    private ProcessTable table() {
        return new ProcessTable(new ProcFiles(fake), new KeptFiles(100));
    }

    private static void remove(Path folder) throws IOException {
        Files.delete(folder.resolve("stat"));
        Files.delete(folder);
    }

    private static ProcessStat fresh(ProcessTable table, ProcessStat process) {
        return requireNonNull(table.refresh().follow(process, 1)).stat();
    }

    private void schedule(int pid, int runs) throws IOException {
        Files.writeString(fake.resolve(pid + "/schedstat"), "1000 2000 " + runs + "\n");
    }

    private void loadAverage(int tasks, int lastPid) throws IOException {
        Files.writeString(fake.resolve("loadavg"), "0.10 0.20 0.30 1/" + tasks + " " + lastPid + "\n");
    }

    @Test
    void aProcessThatSleptIsNotReadAgain() throws Exception {
        process(7, 0, 70, "a");
        schedule(7, 1);
        ProcessTable table = table().refresh();
        ProcessStat first = requireNonNull(table.get(7));
        SeenProcess seen = requireNonNull(table.follow(first, 1));
        int reads = seen.reads();
        process(7, 0, 70, "b");
        assertThat(fresh(table, first).name()).isEqualTo("a");
        assertThat(seen.reads()).isEqualTo(reads);
        schedule(7, 2);
        assertThat(fresh(table, first).name()).isEqualTo("b");
        assertThat(seen.reads()).isEqualTo(reads + 1);
        process(7, 0, 70, "c");
        int looks = 0;
        while (!fresh(table, first).name().equals("c")) {
            assertThat(++looks).as("looks that trust it").isLessThanOrEqualTo(10);
        }
        assertThat(looks).isEqualTo(10);
    }

    @Test
    void aSleeperWhoseParentHasEndedGetsItsNewOneAtOnce() throws Exception {
        process(1, 0, 1, "init");
        Path parent = process(7, 1, 70, "parent");
        process(8, 7, 80, "child");
        schedule(8, 1);
        ProcessTable table = table().refresh();
        ProcessStat child = requireNonNull(table.get(8));
        table.follow(child, 1);
        remove(parent);
        process(8, 1, 80, "child");
        table.refresh();
        assertThat(requireNonNull(table.get(8)).parent()).isEqualTo(1);
        // A parent cannot be younger than its child: somebody else got its pid.
        Path stranger = process(7, 1, 90, "stranger");
        process(9, 7, 85, "other");
        schedule(9, 1);
        table.refresh();
        ProcessStat other = requireNonNull(table.get(9));
        table.follow(other, 1);
        process(9, 1, 85, "other");
        assertThat(fresh(table, other).parent()).isEqualTo(1);
        remove(stranger);
    }

    @Test
    void aProcessThatEndedSinceTheFolderWasListedIsGone() throws Exception {
        Path folder = process(7, 0, 70, "a");
        // Without kept files: an ordinary file can be read when it is removed, one of /proc cannot.
        ProcessTable table = ProcessTable.scan(new ProcFiles(fake));
        ProcessStat first = requireNonNull(table.get(7));
        assertThat(table.follow(first, 1)).isNotNull();
        Files.delete(folder.resolve("stat"));
        table.refresh();
        assertThat(table.follow(first, 1))
                .as("what it consumed is its parent's by now")
                .isNull();
    }

    @Test
    void theFolderIsListedWhenATaskWasMadeOrHasEnded() throws Exception {
        loadAverage(100, 7);
        Path seven = process(7, 1, 70, "a");
        ProcessTable table = table().refresh();
        Path eight = process(8, 7, 80, "b");
        assertThat(table.refresh().size())
                .as("nothing was made, says the kernel")
                .isEqualTo(1);
        loadAverage(101, 8);
        assertThat(table.refresh().size()).isEqualTo(2);
        remove(eight);
        assertThat(table.refresh().size()).isEqualTo(2);
        loadAverage(100, 8);
        assertThat(table.refresh().size()).isEqualTo(1);
        remove(seven);
        Files.writeString(fake.resolve("loadavg"), "something else");
        assertThat(table.refresh().size()).as("a kernel that does not tell").isZero();
    }

    @Test
    void whatAnotherProgramTellsInsteadOfTheKernelIsNotReliedOn() throws Exception {
        Path others = Files.createTempFile(Path.of("/dev/shm"), "loadavg", "");
        try {
            Files.writeString(others, "0.10 0.20 0.30 1/100 7\n");
            Files.createSymbolicLink(fake.resolve("loadavg"), others);
            process(7, 1, 70, "a");
            ProcessTable table = table().refresh();
            process(8, 7, 80, "b");
            assertThat(table.refresh().size()).isEqualTo(2);
        } finally {
            Files.delete(others);
        }
    }

    @Test
    void whereFewPidsAreFreeTheKernelIsRoundSoon() throws Exception {
        Files.writeString(Files.createDirectories(fake.resolve("sys/kernel")).resolve("pid_max"), "1000\n");
        Path forks = fake.resolve("stat");
        loadAverage(900, 500);
        Files.writeString(forks, "processes 10000\n");
        PidCursor pids = new PidCursor(new ProcFiles(fake));
        pids.look();
        Files.writeString(forks, "processes 10040\n");
        loadAverage(900, 540);
        assertThat(pids.look()).isTrue();
        assertThat(pids.mayBeNew(7)).isFalse();
        assertThat(pids.mayBeNew(520)).isTrue();
        Files.writeString(forks, "processes 10150\n");
        loadAverage(900, 550);
        assertThat(pids.look()).isTrue();
        assertThat(pids.mayBeNew(7)).as("it was given all that were free").isTrue();
    }

    @Test
    void aNewProcessForWhichNoDescriptorWasLeftIsLookedForAgain() throws Exception {
        fake = Files.createDirectory(fake.resolve("Too many open files")); // as the kernel says it
        loadAverage(100, 8);
        process(7, 1, 70, "a");
        Files.delete(process(8, 7, 80, "b").resolve("stat"));
        ProcessTable table = table().refresh();
        assertThat(table.size()).isEqualTo(1);
        process(8, 7, 80, "b");
        assertThat(table.refresh().size()).isEqualTo(2);
    }

    @Test
    void aProcessThatRanIsReadAlsoWhenTheSchedulerHasNotYetCounted() throws Exception {
        Path folder = process(7, 0, 70, "a");
        Files.writeString(
                folder.resolve("stat"), Files.readString(folder.resolve("stat")).replace(" S ", " R "));
        schedule(7, 1);
        ProcessTable table = table().refresh();
        ProcessStat first = requireNonNull(table.get(7));
        table.follow(first, 1);
        process(7, 0, 70, "b");
        assertThat(fresh(table, first).name()).isEqualTo("b");
    }

    @Test
    void processesComeAndGo() throws Exception {
        process(7, 1, 70, "a");
        ProcessTable table = table().refresh();
        assertThat(table.all()).extracting(ProcessStat::pid).containsExactly(7);
        Path eight = process(8, 7, 80, "b");
        assertThat(table.refresh().size()).isEqualTo(2);
        assertThat(table.descends(requireNonNull(table.get(8)), 7)).isTrue();
        assertThat(table.hasAncestorNamed(requireNonNull(table.get(8)), "a")).isTrue();
        remove(eight);
        assertThat(table.refresh().get(8)).isNull();
        assertThat(table.all()).hasSize(1);
    }

    @Test
    void aPidThatWasUsedAgainIsAnotherProcess() throws Exception {
        Path folder = process(7, 1, 70, "a");
        // Without kept files: an ordinary file can be read when it is removed, one of /proc cannot.
        ProcessTable table = ProcessTable.scan(new ProcFiles(fake));
        ProcessStat first = requireNonNull(table.get(7));
        assertThat(requireNonNull(table.follow(first, SECOND)).stat()).isEqualTo(first);
        remove(folder);
        process(7, 1, 99, "a");
        Files.setLastModifiedTime(folder, FileTime.fromMillis(1));
        table.refresh();
        assertThat(requireNonNull(table.get(7)).startTicks()).isEqualTo(99);
        assertThat(table.follow(first, SECOND)).isNull();
    }

    @Test
    void whatAFollowedProcessConsumedIsAsFreshAsTheLook() throws Exception {
        try (Load load = Load.perl("while (1) { }")) {
            KeptFiles kept = new KeptFiles(10);
            ProcessTable table = new ProcessTable(proc, kept).refresh();
            ProcessStat first = requireNonNull(table.get(load.pid()));
            requireNonNull(table.follow(first, 1));
            assertThat(kept.count()).isEqualTo(2);
            await().until(() -> fresh(table, first).userTicks() > first.userTicks() + 20);
            load.close();
            load.await();
            assertThat(table.refresh().get(load.pid())).isNull();
            assertThat(kept.count()).as("closed with its process").isZero();
        }
    }

    @Test
    void withoutAnotherDescriptorFilesAreOpenedAndClosed() throws Exception {
        try (Load one = Load.perl("while (1) { }");
                Load two = Load.perl("while (1) { }")) {
            KeptFiles kept = new KeptFiles(1);
            ProcessTable table = new ProcessTable(proc, kept).refresh();
            List<ProcessStat> both =
                    List.of(requireNonNull(table.get(one.pid())), requireNonNull(table.get(two.pid())));
            for (ProcessStat process : both) {
                await().until(() -> fresh(table, process).userTicks() > process.userTicks() + 5);
            }
            assertThat(kept.count()).isEqualTo(1);
        }
    }

    @Test
    void aFolderThatCannotBeListedLeavesTheTableAsItWas() throws Exception {
        Path folder = process(7, 1, 70, "a");
        ProcessTable table = table().refresh();
        remove(folder);
        Files.delete(fake);
        assertThat(table.refresh().get(7)).isNotNull();
        Files.createDirectory(fake);
        assertThat(table.refresh().get(7)).isNull();
    }

    @Test
    void aMapOfAHundredThousandPidsFindsEachAndShrinksAgain() {
        PidMap<String> map = new PidMap<>();
        for (int pid = 1; pid <= 100_000; pid++) {
            map.put(pid * 41, "p" + pid);
        }
        assertThat(map.size()).isEqualTo(100_000);
        assertThat(map.get(41 * 77_777)).isEqualTo("p77777");
        map.removeIf(value -> !value.endsWith("77"));
        assertThat(map.size()).isEqualTo(1_000);
        assertThat(map.get(41 * 77_777)).isEqualTo("p77777");
        assertThat(map.get(41 * 77_776)).isNull();
        assertThat(map.values()).hasSize(1_000);
    }

    @Test
    void ofManyStrangersNoneIsKeptOpen() throws Exception {
        for (int pid = 1; pid <= 3_000; pid++) {
            process(pid, 1, pid, "stranger");
        }
        KeptFiles kept = new KeptFiles(100);
        ProcessTable table = new ProcessTable(new ProcFiles(fake), kept).refresh();
        assertThat(table.size()).isEqualTo(3_000);
        assertThat(kept.count()).isZero();
        for (ProcessStat process : table.all()) {
            assertThat(table.follow(process, SECOND)).isNotNull();
        }
        assertThat(kept.count()).isEqualTo(100);
        for (int pid = 1; pid <= 3_000; pid++) {
            remove(fake.resolve(Integer.toString(pid)));
        }
        assertThat(table.refresh().size()).isZero();
        assertThat(kept.count()).isZero();
    }
}
