package org.slotwarden.agent.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.FileEvidence;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.ProcessEvidence;

/** Looks at real processes. Runs as root where the rights of users are tried, as the whole suite does. */
class EvidenceLooksTest {

    private static final long NOBODY = 65534;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));

    @TempDir
    Path folder;

    private EvidenceLooks looks(EvidenceScope scope) {
        return looks(scope, proc);
    }

    private EvidenceLooks looks(EvidenceScope scope, ProcFiles files) {
        return new EvidenceLooks(scope, files, new KernelUnits(4096, 100), tasks::add);
    }

    private static EvidenceRequest request(long id) {
        return EvidenceRequest.newBuilder()
                .setSlotId("s" + id)
                .setRequestId(id)
                .setReason("hang")
                .setValidForSeconds(60)
                .build();
    }

    private static long self() throws IOException {
        return Integer.toUnsignedLong((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private EvidenceSubject subject(Load job, @Nullable Path output) throws IOException {
        return subject(members(job), self(), output);
    }

    private static EvidenceSubject subject(List<ProcessStat> members, long uid, @Nullable Path output) {
        return new EvidenceSubject(
                members, new JobPlaces(uid, "/", null, output == null ? null : output.toString(), null), null);
    }

    private List<ProcessStat> members(Load job) {
        ProcessTable table = ProcessTable.scan(proc);
        return table.all().stream()
                .filter(process -> table.descends(process, job.pid()))
                .toList();
    }

    private Evidence take(EvidenceScope scope, EvidenceSubject subject) throws InterruptedException {
        return take(looks(scope), subject);
    }

    private Evidence take(EvidenceLooks looks, EvidenceSubject subject) throws InterruptedException {
        BlockingQueue<Evidence> told = new LinkedBlockingQueue<>();
        looks.begin(request(7), subject, result -> told.add(result.evidence()));
        for (Evidence evidence = told.poll(); ; evidence = told.poll()) {
            if (evidence != null) {
                return evidence;
            }
            Runnable task = tasks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(task).as("the look comes back").isNotNull();
            task.run();
        }
    }

    @Test
    void tellsOfProcessesFilesSocketsAndOutput() throws Exception {
        Path output = folder.resolve("out");
        Path big = folder.resolve("big");
        Path ready = folder.resolve("ready");
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Load job = Load.shell("""
                        exec >%s 2>&1
                        for i in $(seq 1 80); do echo "step $i"; done
                        sh -c 'sleep 1000; :' & sh -c 'while :; do :; done' &
                        perl -MIO::Socket::INET -e '
                            open(F, ">", "%s"); syswrite(F, "x" x 300000); unlink("%s.gone");
                            open(G, ">", "%s.gone"); syswrite(G, "x" x 100); unlink("%s.gone");
                            @s = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => %d) } 1..3;
                            open(R, ">", "%s"); sleep 1000' -- --password=hunter2
                        """.formatted(output, big, big, big, big, server.getLocalPort(), ready))) {
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(ready) && members(job).size() >= 5);
            Evidence told = take(EvidenceScope.FULL, subject(job, null));

            assertThat(told.getRequestId()).isEqualTo(7);
            assertThat(told.getGapsList()).isEmpty();
            assertThat(told.getProcessesFound()).isEqualTo(5);
            assertThat(told.getProcessesList())
                    .extracting(ProcessEvidence::getName)
                    .containsExactlyInAnyOrder("sh", "sh", "sh", "sleep", "perl");
            ProcessEvidence busy = told.getProcessesList().stream()
                    .filter(process -> process.getCoresUsed() > 0.05)
                    .findFirst()
                    .orElseThrow();
            assertThat(busy.getCoresUsed()).isLessThan(1.2);
            assertThat(busy.getParent()).isEqualTo(job.pid());
            ProcessEvidence perl = told.getProcessesList().stream()
                    .filter(process -> process.getName().equals("perl"))
                    .findFirst()
                    .orElseThrow();
            assertThat(perl.getCommandLine()).contains("IO::Socket::INET").endsWith("--password=***");
            assertThat(perl.getExecutable()).endsWith("/perl");
            assertThat(perl.getOpenFiles()).isBetween(9, 12);
            assertThat(perl.getMemoryRssBytes()).isBetween(1_000_000L, 100_000_000L);
            assertThat(perl.getStartedAtMs())
                    .isBetween(System.currentTimeMillis() - 300_000, System.currentTimeMillis() + 2_000);
            assertThat(told.getFilesList())
                    .extracting(FileEvidence::getPath, FileEvidence::getSizeBytes, FileEvidence::getDeleted)
                    .contains(tuple(big.toString(), 300_000L, false), tuple(big + ".gone", 100L, true));
            assertThat(told.getFiles(0).getSizeBytes()).as("the largest first").isEqualTo(300_000);
            assertThat(told.getHostsList())
                    .extracting(HostEvidence::getHost, HostEvidence::getPort, HostEvidence::getCount)
                    .containsExactly(tuple("127.0.0.1", server.getLocalPort(), 3));
            List<String> lines =
                    told.getStandardOutput().getTail().toStringUtf8().lines().toList();
            assertThat(lines).hasSize(50).startsWith("step 31").endsWith("step 80");
            assertThat(told.getStandardOutput().getPath()).isEqualTo(output.toString());
            assertThat(told.getStandardError().getPath()).isEqualTo(output.toString());
        }
    }

    @Test
    void sendsNoMoreOfTheUsersWordsThanTheSiteAllows() throws Exception {
        Path output = folder.resolve("out");
        Path ready = folder.resolve("ready");
        try (Load job = Load.shell("exec >%s 2>&1; echo hello; : >%s; sleep 1000; :".formatted(output, ready))) {
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(ready) && members(job).size() == 2);
            EvidenceSubject subject = subject(job, null);

            Evidence noOutput = take(EvidenceScope.NO_OUTPUT, subject);
            assertThat(noOutput.hasStandardOutput()).isFalse();
            assertThat(noOutput.getProcessesList()).allMatch(ProcessEvidence::hasCommandLine);
            Evidence noLines = take(EvidenceScope.NO_COMMAND_LINES, subject);
            assertThat(noLines.getStandardOutput().getTail().toStringUtf8()).isEqualTo("hello\n");
            assertThat(noLines.getProcessesList()).noneMatch(ProcessEvidence::hasCommandLine);
            Evidence noTexts = take(EvidenceScope.NO_TEXTS, subject);
            assertThat(noTexts.hasStandardOutput()).isFalse();
            assertThat(noTexts.getProcessesList()).hasSize(2).noneMatch(ProcessEvidence::hasCommandLine);
            Evidence off = take(EvidenceScope.OFF, subject);
            assertThat(off.getProcessesList()).isEmpty();
            assertThat(off.getGapsList()).singleElement().asString().contains("as its admins chose");
        }
    }

    @Test
    void aPipeWithANameAsOutputHoldsNobodyUp() throws Exception {
        Path fifo = folder.resolve("fifo");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        Path ready = folder.resolve("ready");
        try (Load job = Load.shell("exec 1<>%s 2>/dev/null; : >%s; sleep 1000; :".formatted(fifo, ready))) {
            await().atMost(PATIENCE).until(() -> Files.exists(ready));
            Evidence told = take(EvidenceScope.FULL, subject(job, fifo));

            assertThat(told.getGapsList())
                    .containsExactlyInAnyOrder(
                            "Standard output is no regular file", "Standard error goes to /dev/null");
            assertThat(told.getFilesList()).isEmpty();
        }
    }

    @Test
    void aLinkToWhatTheUserMayNotReadIsNotRead() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "root's own\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), secret);

        Evidence told = take(EvidenceScope.FULL, subject(List.of(), NOBODY, link));

        assertThat(told.hasStandardOutput()).isFalse();
        assertThat(told.getGapsList()).contains("Standard output cannot be read by the job's user");
    }

    @Test
    void whetherAFileIsThereIsNotToldToWhoMayNotSeeIt() throws Exception {
        assertThat(self()).as("this test needs root").isZero();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Path hidden = Files.createDirectory(folder.resolve("hidden"));
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));
        Files.createDirectory(hidden.resolve("folder"));
        Files.writeString(hidden.resolve("file"), "root's own\n");
        Path own = Files.writeString(hidden.resolve("own"), "");
        Files.setAttribute(own, "unix:uid", (int) NOBODY);

        for (String name : List.of("folder", "file", "own", "absent")) {
            Evidence told = take(EvidenceScope.FULL, subject(List.of(), NOBODY, hidden.resolve(name)));
            assertThat(told.hasStandardOutput()).as(name).isFalse();
            assertThat(told.getGapsList()).as(name).contains("Standard output cannot be read by the job's user");
        }
        // What the user can see is told more exactly.
        Path other = Files.writeString(folder.resolve("other"), "everybody's\n");
        assertThat(take(EvidenceScope.FULL, subject(List.of(), NOBODY, other)).getGapsList())
                .contains("Standard output is not the job user's file");
        assertThat(take(EvidenceScope.FULL, subject(List.of(), NOBODY, Path.of("/tmp")))
                        .getGapsList())
                .contains("Standard output is no regular file");
    }

    /** The second fence: what the user could not open is not opened, whatever the look before said. */
    @Test
    void theUsersOwnRightsDecideWhatIsRead() throws Exception {
        assertThat(self()).as("this test needs root").isZero();
        Path hidden = Files.createDirectory(folder.resolve("hidden"));
        Path file = Files.writeString(hidden.resolve("file"), "behind a door\n");
        Files.setAttribute(file, "unix:uid", (int) NOBODY);
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));

        Evidence closed = take(EvidenceScope.FULL, subject(List.of(), NOBODY, file));
        assertThat(closed.hasStandardOutput()).isFalse();
        assertThat(closed.getGapsList()).contains("Standard output cannot be read by the job's user");

        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Evidence open = take(EvidenceScope.FULL, subject(List.of(), NOBODY, file));
        assertThat(open.getStandardOutput().getTail().toStringUtf8()).isEqualTo("behind a door\n");
    }

    @Test
    void aProcessWithOtherRightsKeepsItsFilesAndWordsToItself() throws Exception {
        Path output = Files.writeString(folder.resolve("out"), "root's own\n");
        Path ready = folder.resolve("ready");
        try (Load job = Load.shell("exec >>%s; : >%s; sleep 1000; :".formatted(output, ready))) {
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(ready) && members(job).size() == 2);
            Evidence told = take(EvidenceScope.FULL, subject(members(job), NOBODY, null));

            assertThat(told.getProcessesList()).hasSize(2).noneMatch(ProcessEvidence::hasCommandLine);
            assertThat(told.getFilesList()).isEmpty();
            assertThat(told.hasStandardOutput()).isFalse();
            assertThat(told.getGapsList())
                    .contains(
                            "Not told are files and sockets of processes that are not the job user's, or run with other"
                                    + " rights: 2");
        }
    }

    @Test
    void bytesThatAreNoTextComeAsTheyAre() throws Exception {
        byte[] all = new byte[10_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i % 251 + 5); // hardly a line end
        }
        byte[] noLines = new byte[10_000];
        Arrays.fill(noLines, (byte) 0xFF);
        Path binary = Files.write(folder.resolve("binary"), all);
        Path line = Files.write(folder.resolve("line"), noLines);

        Evidence told = take(
                EvidenceScope.FULL,
                new EvidenceSubject(
                        List.of(), new JobPlaces(self(), "/", null, binary.toString(), line.toString()), null));

        byte[] tail = told.getStandardOutput().getTail().toByteArray();
        assertThat(tail).hasSizeBetween(100, WireContract.MAX_EVIDENCE_OUTPUT_BYTES);
        assertThat(tail).isEqualTo(Arrays.copyOfRange(all, all.length - tail.length, all.length));
        assertThat(told.getStandardError().getTail().size())
                .as("one line without an end")
                .isEqualTo(WireContract.MAX_EVIDENCE_OUTPUT_BYTES);
    }

    @Test
    void aProcessThatEndsMeanwhileIsLeftOut() throws Exception {
        List<ProcessStat> members;
        try (Load job = Load.shell("sleep 1000")) {
            members = members(job);
            assertThat(members).isNotEmpty();
        }
        for (ProcessStat member : members) {
            await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc/" + member.pid())));
        }
        Evidence told = take(EvidenceScope.FULL, subject(members, self(), null));

        assertThat(told.getProcessesFound()).isZero();
        assertThat(told.getProcessesList()).isEmpty();
    }

    @Test
    void anotherProcessThatGotThePidIsLeftOut() throws Exception {
        try (Load job = Load.shell("sleep 1000; :")) {
            await().atMost(PATIENCE).until(() -> members(job).size() == 2);
            List<ProcessStat> before = members(job).stream()
                    .map(now -> now.pid() == job.pid() ? now : earlier(now))
                    .toList();
            Evidence told = take(EvidenceScope.FULL, subject(before, self(), null));

            assertThat(told.getProcessesList())
                    .extracting(ProcessEvidence::getPid)
                    .containsExactly(job.pid());
        }
    }

    /** Of the same pid, and gone before that one began. */
    private static ProcessStat earlier(ProcessStat now) {
        return new ProcessStat(
                now.pid(), now.name(), 'S', now.parent(), now.session(), 0, 0, 0, 0, 0, 0, 1, now.startTicks() - 1, 1);
    }

    @Test
    void ofFiveThousandProcessesTheHeaviestAreToldAndItStaysSmall() throws Exception {
        ProcFiles many = new ProcFiles(manyProcesses(5_000, 5_000));
        ProcessTable table = ProcessTable.scan(many);
        Evidence told = take(looks(EvidenceScope.FULL, many), subject(List.copyOf(table.all()), self(), null));

        assertThat(told.getProcessesFound()).isEqualTo(5_000);
        assertThat(told.getProcessesList()).hasSizeBetween(50, WireContract.MAX_EVIDENCE_PROCESSES);
        assertThat(told.getProcessesList())
                .extracting(ProcessEvidence::getPid)
                .as("the one that used most, and the father of all")
                .contains(5_999, 1_000);
        assertThat(told.getSerializedSize()).isLessThan(WireContract.MAX_EVIDENCE_BYTES + 200);
        assertThat(told.getGapsList()).anyMatch(gap -> gap.contains("left out for want of room"));
    }

    /** With the heap that the launcher gives an agent of one slot. */
    @Test
    void aLookAtTwentyThousandProcessesFitsIntoTheSmallestHeap() throws Exception {
        Path many = manyProcesses(20_000, 300);
        openMuch(many.resolve("1001"));
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(heapOfOneSlot());
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                LookAtMany.class.getName(),
                many.toString(),
                Long.toString(self())));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said).contains("of 20000, 200 processes, ", " files, 50 hosts");
    }

    private static List<String> heapOfOneSlot() throws IOException {
        Matcher options = Pattern.compile("-Xm[nsx]\\d+m|-Xss\\d+k|-XX:\\+UseSerialGC")
                .matcher(Files.readString(Path.of("bin/node-agent")).replaceAll("of_node='[^']*'", ""));
        List<String> heap = options.results().map(MatchResult::group).toList();
        assertThat(heap).contains("-Xmx8m", "-Xmn2m", "-XX:+UseSerialGC");
        return heap;
    }

    /** Long names of files, and sockets of which no two are alike. */
    private static void openMuch(Path process) throws IOException {
        Path descriptors = Files.createDirectory(process.resolve("fd"));
        for (int i = 0; i < 1_000; i++) {
            Path target =
                    i < 60 ? Files.writeString(process.resolve("open" + i), "x") : Path.of("/" + "y/".repeat(1900));
            Files.createSymbolicLink(descriptors.resolve("1" + i), Path.of(target + (i < 60 ? "" : "/" + i)));
        }
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            Files.createSymbolicLink(descriptors.resolve("2" + i), Path.of("socket:[" + i + "]"));
            table.append("%d: 0100007F:C001 %08X:01BB 01 0:0 00:0 0 1000 0 %d 1 0\n".formatted(i, i + 1, i));
        }
        Files.writeString(Files.createDirectory(process.resolve("net")).resolve("tcp"), table);
    }

    /** @param withArguments so many have a command line that is to be seen */
    private Path manyProcesses(int count, int withArguments) throws IOException {
        Path root = Files.createDirectory(folder.resolve("proc"));
        Files.writeString(root.resolve("stat"), "btime 1700000000\n");
        for (int i = 0; i < count; i++) {
            int pid = 1_000 + i;
            Path process = Files.createDirectory(root.resolve(Integer.toString(pid)));
            int parent = i == 0 ? 1 : 1_000;
            Files.writeString(
                    process.resolve("stat"),
                    pid + " (worker) S " + parent + " 1 1 0 -1 4194560 0 0 0 0 " + i + " 0 0 0 20 0 1 0 " + (100 + i)
                            + " 1000000 100 18446744073709551615\n");
            if (i < withArguments) {
                Files.writeString(process.resolve("cmdline"), "worker\0" + "x".repeat(2_000) + "\0");
            }
        }
        return root;
    }

    @Test
    void whatHasNotComeBackInTimeIsToldAsFarAsItCame() throws Exception {
        BlockingQueue<Evidence> told = new LinkedBlockingQueue<>();
        EvidenceLooks looks = looks(EvidenceScope.FULL);
        try (Load job = Load.shell("sleep 1000")) {
            looks.begin(request(9), subject(job, null), result -> told.add(result.evidence()));
            looks.giveUpOverdue(System.nanoTime());
            assertThat(told).as("not yet").isEmpty();
            looks.giveUpOverdue(System.nanoTime() + Duration.ofSeconds(20).toNanos());
        }
        assertThat(told).hasSize(1);
        assertThat(told.element().getGapsList()).singleElement().asString().startsWith("Not answered in time");
        // What comes later is nobody's.
        Runnable late = tasks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (late != null) {
            late.run();
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void aRequestIsAnsweredOnceAndASlotIsNotLookedAtAllTheTime() throws Exception {
        EvidenceLooks looks = looks(EvidenceScope.OFF);
        long now = System.nanoTime();
        EvidenceRequest first = request(1);
        assertThat(looks.wants(first, now)).isTrue();
        looks.begin(first, subject(List.of(), self(), null), result -> {});

        long later = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        assertThat(looks.wants(first, later)).as("told again").isFalse();
        EvidenceRequest second = first.toBuilder().setRequestId(2).build();
        assertThat(looks.wants(second, System.nanoTime())).as("too soon").isFalse();
        assertThat(looks.wants(second, later)).isTrue();
        assertThat(looks.wants(second.toBuilder().setValidForSeconds(0).build(), later))
                .as("too late")
                .isFalse();
    }

    @Test
    void onlySoManyLooksAreUnderWay() throws Exception {
        EvidenceLooks looks = looks(EvidenceScope.FULL);
        long id = 0;
        while (looks.wants(request(++id), System.nanoTime()) && id < 100) {
            looks.begin(request(id), subject(List.of(), self(), null), result -> {});
        }
        assertThat(id).isEqualTo(9);
    }

    @Test
    void nothingIsKeptOfFilesThatWereLookedAt() throws Exception {
        EvidenceSubject subject = subject(List.of(), self(), Files.writeString(folder.resolve("o"), "x\n"));
        take(EvidenceScope.FULL, subject);
        int open = descriptors();
        for (int i = 0; i < 8; i++) {
            take(EvidenceScope.FULL, subject);
        }
        assertThat(descriptors()).isLessThan(open + 6);
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }

    @Test
    void theEndOfAnOutputIsCutAtALine_afterSecretsWereLookedFor() {
        byte[] text = "a cut line\nsecond\nthird\n".getBytes(StandardCharsets.US_ASCII);

        assertThat(new String(OutputTail.lastLines(text, true), StandardCharsets.US_ASCII))
                .isEqualTo("second\nthird\n");
        assertThat(OutputTail.lastLines(text, false)).isEqualTo(text);
        assertThat(OutputTail.lastLines(new byte[0], false)).isEmpty();
        String key = "EY-----\n" + "MIIE\n".repeat(WireContract.MAX_EVIDENCE_OUTPUT_LINES)
                + "-----END PRIVATE KEY-----\nstep 7\n";
        assertThat(new String(
                        OutputTail.lastLines(key.getBytes(StandardCharsets.US_ASCII), true), StandardCharsets.US_ASCII))
                .as("the line that says what it is is not among the last")
                .doesNotContain("MIIE")
                .endsWith("step 7\n");
    }
}
