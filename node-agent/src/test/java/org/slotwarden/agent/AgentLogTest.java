package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLogTest {

    private static final int LINES = 120;

    private final Path log;
    private final Path older;

    AgentLogTest(@TempDir Path state) {
        this.log = state.resolve("agent.log");
        this.older = state.resolve("agent.log.1");
    }

    private static void line(OutputStream out, int number) throws Exception {
        out.write("line %04d\n".formatted(number).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aGuardianThatHasTheLogOpenWritesToTheCurrentOneAfterAChange() throws Exception {
        Files.createFile(log);
        Process guardian = new ProcessBuilder("sh", "-c", "while read -r line; do echo \"guardian $line\" >&2; done")
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (AgentLog agent = new AgentLog(log, 500);
                OutputStream to = guardian.getOutputStream()) {
            for (int i = 0; i < LINES; i++) {
                line(agent, i);
            }
            assertThat(older).exists();
            to.write("speaks\n".getBytes(StandardCharsets.UTF_8));
            to.close();
            assertThat(guardian.waitFor()).isZero();
            line(agent, LINES);
        }
        assertThat(Files.readString(log))
                .contains("guardian speaks\nline 0120\n")
                .doesNotContain("\0");
        assertThat(Files.readString(older)).doesNotContain("guardian");
    }

    @Test
    void bothTogetherHoldTheLastLinesAndAreBounded() throws Exception {
        try (AgentLog agent = new AgentLog(log, 500)) {
            for (int i = 0; i < LINES; i++) {
                line(agent, i);
            }
        }
        assertThat(Files.size(log)).isLessThanOrEqualTo(500);
        assertThat(Files.size(older)).isLessThanOrEqualTo(500);
        String all = Files.readString(older) + Files.readString(log);
        assertThat(all.lines()).hasSizeGreaterThan(50).last().isEqualTo("line 0119");
        assertThat(all.lines()).isSorted().doesNotHaveDuplicates();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(older)))
                .isEqualTo("rw-------");
    }

    @Test
    void whereTheOlderOneCannotBeWrittenTheLogGoesOnAndStaysBounded() throws Exception {
        Files.createDirectories(older.resolve("not empty")); // neither a copy nor the file itself can take its place
        try (AgentLog agent = new AgentLog(log, 500)) {
            for (int i = 0; i < LINES; i++) {
                line(agent, i);
            }
        }
        assertThat(Files.size(log)).isLessThanOrEqualTo(500);
        assertThat(Files.readString(log)).endsWith("line 0119\n");
    }
}
