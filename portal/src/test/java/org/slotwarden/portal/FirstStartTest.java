package org.slotwarden.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.portal.database.EmbeddedMariaDb;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The portal as an admin starts it: nothing configured, an embedded database, twice. */
@ExtendWith(OutputCaptureExtension.class)
class FirstStartTest {

    @TempDir
    Path data;

    @Test
    void theFirstStartMakesAnAdmin_andTheSecondOneFindsHim(CapturedOutput log) throws IOException {
        Path passwordFile = data.resolve("initial-admin-password");
        String password;
        long server;
        try (ConfigurableApplicationContext portal = start()) {
            password = Files.readString(passwordFile).strip();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwordFile)))
                    .isEqualTo("rw-------");
            assertThat(log).contains(passwordFile.toString()).doesNotContain(password);
            HttpVisitor.loggedIn(port(portal), "admin", password);
            server = portal.getBean(EmbeddedMariaDb.class).pid();
        }
        assertThat(ProcessHandle.of(server))
                .as("the database server, after the portal")
                .isEmpty();

        Files.delete(passwordFile);
        try (ConfigurableApplicationContext portal = start()) {
            assertThat(passwordFile).doesNotExist();
            HttpVisitor.loggedIn(port(portal), "admin", password);
        }
    }

    private ConfigurableApplicationContext start() {
        return SpringApplication.run(
                PortalApplication.class,
                "--server.port=0",
                "--slotwarden.data-directory=" + data,
                "--slotwarden.database.server-directory=" + TestDatabase.programs());
    }

    private static int port(ConfigurableApplicationContext portal) {
        return portal.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }
}
