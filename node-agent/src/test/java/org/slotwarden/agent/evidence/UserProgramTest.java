package org.slotwarden.agent.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Needs root, as all tests in which the rights of users are tried. */
class UserProgramTest {

    private static final long USER = 65534;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final UserProgram program = new UserProgram(USER, USER, 0);

    @BeforeEach
    void root() throws IOException {
        assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
    }

    private static long soon() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    private String written(String... words) throws Unreadable {
        return new String(program.output(soon(), words), StandardCharsets.UTF_8);
    }

    @Test
    void hasTheUsersRightsAndNoOthers() throws Exception {
        assertThat(written("cat", "/proc/self/status").lines())
                .contains(
                        "Uid:\t65534\t65534\t65534\t65534",
                        "Gid:\t65533\t65534\t65534\t65534",
                        "CapEff:\t0000000000000000",
                        "CapBnd:\t0000000000000000")
                .anyMatch(line -> line.strip().equals("Groups:"));
        assertThat(written("env")).isEqualTo("PATH=/usr/bin:/bin\n");
    }

    @Test
    void makesNoOtherProcess() {
        assertThatThrownBy(() -> written("sh", "-c", "sleep 1 & echo made")).isInstanceOf(Unreadable.class);
    }

    @Test
    void usesLittleOfTheProcessor() throws Exception {
        assertThat(written("cat", "/proc/self/limits").lines())
                .anyMatch(line -> line.matches("Max cpu time +2 +2 +seconds *"))
                .anyMatch(line -> line.matches("Max core file size +0 +0 +bytes *"));
    }

    /** The kernel asks who would trace a process the same question as who would see its environment, and harder. */
    @Test
    void theUserGetsNoHoldOfIt() throws Exception {
        List<String> reader = new ArrayList<>(program.command());
        reader.addAll(List.of("sleep", "1000"));
        List<String> plain =
                List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--", "sleep", "1000");
        Process guarded = new ProcessBuilder(reader).start();
        Process open = new ProcessBuilder(plain).start();
        try {
            await().atMost(PATIENCE)
                    .until(() -> name(guarded).equals("sleep") && name(open).equals("sleep"));
            assertThat(seesEnvironment(open))
                    .as("that of any other process of the user")
                    .isTrue();
            assertThat(seesEnvironment(guarded)).isFalse();
        } finally {
            guarded.destroyForcibly();
            open.destroyForcibly();
        }
    }

    private static String name(Process process) throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
    }

    private static boolean seesEnvironment(Process process) throws Exception {
        return new ProcessBuilder(
                                "setpriv",
                                "--reuid=" + USER,
                                "--regid=" + USER,
                                "--clear-groups",
                                "--",
                                "cat",
                                "/proc/" + process.pid() + "/environ")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void whatDoesNotAnswerInTimeIsEnded() throws Exception {
        String mark = "1000." + ProcessHandle.current().pid();
        long before = System.nanoTime();

        assertThatThrownBy(() -> program.output(before + 500_000_000L, "sleep", mark))
                .isInstanceOf(Unreadable.class)
                .hasMessage("did not answer");

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.current()
                        .children()
                        .noneMatch(
                                child -> child.info().commandLine().orElse("").contains(mark)));
    }

    /** As one that was made to leave a child behind, which holds the pipe. */
    @Test
    void nobodyWaitsForTheEndOfThePipe() throws Exception {
        long before = System.nanoTime();
        byte[] bytes = UserProgram.run(List.of("sh", "-c", "sleep 20 & echo told"), soon());

        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("told\n");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void anAgentThatIsAnotherUserReadsNothing() {
        assertThatThrownBy(() -> new UserProgram(USER, USER, 1000).output(soon(), "true"))
                .isInstanceOf(Unreadable.class)
                .hasMessageContaining("another user");
    }
}
