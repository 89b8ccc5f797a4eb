package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.FakePortal.Reply;
import org.slotwarden.wire.v1.ReportAnswer;

/** The real command, as an admin runs it. */
class DoctorTest {

    private record Answer(int status, String out, String err) {}

    private final FakePortal portal = new FakePortal();
    private final Path root;
    private final AgentProcess agent;

    DoctorTest(@TempDir Path root) throws Exception {
        this.root = root;
        this.agent = new AgentProcess(root, portal.url());
        StateDirectory.prepare(agent.state());
        Files.setPosixFilePermissions(agent.state(), PosixFilePermissions.fromString("rwx------"));
    }

    @AfterEach
    void end() throws Exception {
        agent.close();
        portal.close();
    }

    private Answer doctor(String... options) throws Exception {
        Path config = root.resolve("doctor.conf");
        if (!Files.exists(config)) {
            configure(portal.url());
        }
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "doctor",
                "--config",
                config.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectError(root.resolve("err").toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), out, Files.readString(root.resolve("err")));
    }

    private void configure(String url, String... more) throws Exception {
        List<String> lines = new ArrayList<>(List.of(
                "portal.url=" + url,
                "portal.token_file=" + agent.token(),
                "state=" + agent.state(),
                "node=n1",
                "scontrol=off",
                "nvidia_smi=off"));
        lines.addAll(List.of(more));
        Files.write(root.resolve("doctor.conf"), lines);
    }

    @Test
    void allIsWellOnANodeWithAPortal() throws Exception {
        portal.behave(batch -> Reply.of(ReportAnswer.newBuilder()
                .setAnsweredAtMs(System.currentTimeMillis() + 60_000)
                .build()));
        Answer answer = doctor();
        assertThat(answer.out())
                .contains("A monitor works here.")
                .containsPattern("ok +portal +" + portal.url() + " takes reports of n1")
                .containsPattern("warn +clock +-(59|60|61)\\.")
                .containsPattern("ok +state +" + agent.state())
                .containsPattern("ok +kernel")
                .containsPattern("ok +agent +none runs");
        assertThat(answer.status()).isZero();
        assertThat(portal.batches()).hasSize(1).allMatch(batch -> batch.getSlotReportsCount() == 0);
        assertThat(answer.out() + answer.err()).doesNotContain(AgentProcess.TOKEN);
    }

    @Test
    void sensesAnAgentThatRunsAndWhatItHasNotSent() throws Exception {
        portal.behave(batch -> Reply.status(503, "starting"));
        try (Load job = Load.shell("sleep 600")) {
            agent.prologue("5", job);
            agent.start();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> agent.slotFolders().size() == 1);
            Answer answer = doctor();
            assertThat(answer.out())
                    .containsPattern(
                            "ok +agent +runs as process " + agent.process().pid() + " since 20")
                    .containsPattern("ok +slots +1 slots, [1-9][0-9]* bytes")
                    .containsPattern("fail +portal +HTTP 503");
            assertThat(answer.status()).isEqualTo(1);
        }
    }

    @Test
    void namesWhatIsWrongWithTokenAndPortal() throws Exception {
        portal.behave(batch -> Reply.status(401, "no such token"));
        assertThat(doctor().out()).contains("HTTP 401").contains("make a new one for n1");
        portal.behave(batch -> Reply.status(403, "another node"));
        assertThat(doctor().out()).contains("another node than n1");
        Files.setPosixFilePermissions(agent.token(), PosixFilePermissions.fromString("rw-r--r--"));
        Answer open = doctor();
        assertThat(open.out()).containsPattern("fail +token").contains("open to other users");
        assertThat(open.status()).isEqualTo(1);
        Files.setPosixFilePermissions(agent.token(), PosixFilePermissions.fromString("rw-------"));
        portal.close();
        configure(portal.url());
        assertThat(doctor().out()).contains("nothing listens there");
    }

    @Test
    void namesAStateDirectoryThatIsOpenToOthers() throws Exception {
        Files.setPosixFilePermissions(agent.state(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Answer answer = doctor();
        assertThat(answer.out()).containsPattern("fail +state").contains("chmod 700");
        assertThat(answer.status()).isEqualTo(1);
    }

    @Test
    void namesTheKeyThatIsWrongAndGoesOnWithTheRest() throws Exception {
        configure(portal.url(), "sample_interval_seconds=x");
        Answer answer = doctor();
        assertThat(answer.out())
                .containsPattern("fail +configuration .*sample_interval_seconds")
                .contains("kernel");
        assertThat(answer.status()).isEqualTo(1);
    }

    @Test
    void tellsWhetherOrdersWouldBeCarriedOut() throws Exception {
        assertThat(doctor().out()).containsPattern("absent +orders +none are carried out");
        Path keys = new OrderSigner().write(root.resolve("keys"));
        configure(portal.url(), "orders.key_file=" + keys);
        assertThat(doctor().out()).containsPattern("ok +orders +all are carried out; public keys in " + keys + ": 1");
        configure(portal.url(), "orders.key_file=" + keys, "orders=look");
        assertThat(doctor().out()).containsPattern("ok +orders +all but kills are carried out");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(doctor().out()).containsPattern("warn +orders +order keys: " + keys + " can be written by others");
        Files.writeString(keys, "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEA\n-----END PUBLIC KEY-----\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(doctor().out()).contains("holds something else than Ed25519 keys");
        Files.writeString(keys, "no key");
        assertThat(doctor().out()).contains("holds no public key in PEM");
    }

    @Test
    void anNvidiaSmiThatFailsIsNamed() throws Exception {
        configure(portal.url(), "nvidia_smi=/bin/false");
        Answer answer = doctor();
        assertThat(answer.out()).containsPattern("warn +GPUs +/bin/false ended with status 1");
        assertThat(answer.status()).isZero();
    }

    @Test
    void theLauncherRunsItBesideAnAgentAndOnce() throws Exception {
        try (InstalledAgent installed = new InstalledAgent(root, agent);
                Load job = Load.shell("sleep 600")) {
            agent.prologue("5", job);
            agent.start();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> agent.slotFolders().size() == 1);
            configure("http://localhost:1");
            Process process = new ProcessBuilder(
                            root.resolve("node-agent/bin/node-agent").toString(),
                            "doctor",
                            "--config",
                            root.resolve("doctor.conf").toString(),
                            "--java-home",
                            System.getProperty("java.home"))
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(out)
                    .as("a guardian would start again what ends with 1")
                    .containsOnlyOnce("runs as process " + agent.process().pid());
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void scriptsGetJsonAndNothingElse() throws Exception {
        Answer answer = doctor("--json");
        assertThat(answer.out())
                .startsWith("{\"works\":true,\"findings\":[{\"topic\":\"runtime\",\"level\":\"")
                .endsWith("]}\n")
                .hasLineCount(1);
        assertThat(doctor("--nonsense").status()).isEqualTo(2);
        assertThat(doctor("--nonsense", "x").err()).contains("usage: node-agent doctor");
    }
}
