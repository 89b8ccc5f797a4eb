package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.agent.evidence.EvidenceScope;
import org.slotwarden.agent.order.OrderScope;
import org.slotwarden.agent.order.OrderSettings;
import org.slotwarden.batch.BatchAccess;

class AgentConfigTest {

    private final Properties properties = new Properties();

    AgentConfigTest() {
        properties.setProperty("portal.url", "https://portal.example.org:8443/slotwarden");
        properties.setProperty("portal.token_file", "/etc/slotwarden/node.token");
    }

    @Test
    void hasDefaultsForEverythingButThePortal() throws Exception {
        AgentConfig config = AgentConfig.of(properties);
        assertThat(config.destination().caFile()).isNull();
        assertThat(config.node()).isNull();
        assertThat(config.state()).isEqualTo(Path.of("/var/lib/slotwarden"));
        assertThat(config.drop()).isNull();
        assertThat(config.scratch()).isEqualTo(Path.of("/tmp"));
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.samplingShare()).isEqualTo(0.1);
        assertThat(config.idleExit()).isEqualTo(Duration.ofSeconds(600));
        assertThat(config.awayExit()).isEqualTo(Duration.ofHours(1));
        assertThat(config.vanishedAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.spoolBytes()).isEqualTo(4 << 20);
        assertThat(config.evidence()).isEqualTo(EvidenceScope.FULL);
        assertThat(config.orders()).isEqualTo(OrderSettings.OFF);
    }

    @Test
    void takesEveryKey(@TempDir Path folder) throws Exception {
        properties.setProperty("portal.ca_file", "/etc/slotwarden/ca.pem");
        properties.setProperty("node", "n1.site");
        properties.setProperty("state", "/srv/state");
        properties.setProperty("drop", "/srv/drop");
        properties.setProperty("scratch", "/scratch");
        properties.setProperty("sample_interval_seconds", " 5 ");
        properties.setProperty("sampling_cpu_percent", "2.5");
        properties.setProperty("idle_exit_seconds", "0");
        properties.setProperty("away_exit_seconds", "7");
        properties.setProperty("vanished_after_seconds", "9");
        properties.setProperty("spool_bytes_per_slot", "65536");
        properties.setProperty("spool_bytes", "100000000000");
        properties.setProperty("evidence", "no-command-lines");
        properties.setProperty("orders", "look");
        properties.setProperty("orders.key_file", "/etc/slotwarden/portal.pem");
        properties.setProperty("scontrol", "/bin/sh");
        properties.setProperty("java.home", "/usr/lib/jvm/x");
        Path file = folder.resolve("agent.conf");
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        AgentConfig config = AgentConfig.read(file);
        assertThat(config.samplingShare()).isEqualTo(0.025);
        assertThat(config.destination().portal()).isEqualTo(URI.create("https://portal.example.org:8443/slotwarden"));
        assertThat(config.destination().tokenFile()).isEqualTo(Path.of("/etc/slotwarden/node.token"));
        assertThat(config.destination().caFile()).isEqualTo(Path.of("/etc/slotwarden/ca.pem"));
        assertThat(config.node()).isEqualTo("n1.site");
        assertThat(config.state()).isEqualTo(Path.of("/srv/state"));
        assertThat(config.drop()).isEqualTo(Path.of("/srv/drop"));
        assertThat(config.scratch()).isEqualTo(Path.of("/scratch"));
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.idleExit()).isEqualTo(Duration.ZERO);
        assertThat(config.awayExit()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.vanishedAfter()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.spoolBytes()).isEqualTo(65536);
        assertThat(config.allSpoolsBytes()).isEqualTo(100_000_000_000L);
        assertThat(config.evidence()).isEqualTo(EvidenceScope.NO_COMMAND_LINES);
        assertThat(config.orders())
                .isEqualTo(new OrderSettings(OrderScope.LOOK, Path.of("/etc/slotwarden/portal.pem"), null));
        assertThat(config.scontrol()).isEqualTo(Path.of("/bin/sh"));
    }

    @Test
    void withAKeyAllOrdersAreCarriedOut() throws Exception {
        properties.setProperty("orders.key_file", "/etc/slotwarden/portal.pem");
        assertThat(AgentConfig.of(properties).orders().scope()).isEqualTo(OrderScope.ALL);
    }

    @Test
    void commandsOfABatchSystemAreRunWhereTheSiteSaysSo() throws Exception {
        properties.setProperty("orders.key_file", "/etc/slotwarden/portal.pem");
        assertThat(AgentConfig.of(properties).orders().batch()).isNull();
        properties.setProperty("orders.batch_environment", "SGE_ROOT=/opt/sge SGE_CELL=default");
        assertThatThrownBy(() -> AgentConfig.of(properties)).hasMessageContaining("needs orders.batch_commands");
        properties.setProperty("orders.batch_commands", "/opt/sge/bin");
        assertThat(AgentConfig.of(properties).orders().batch())
                .isEqualTo(new BatchAccess(
                        Path.of("/opt/sge/bin"),
                        Map.of("SGE_ROOT", "/opt/sge", "SGE_CELL", "default"),
                        BatchAccess.DEADLINE));
        properties.setProperty("orders.batch_environment", "SGE_ROOT");
        assertThatThrownBy(() -> AgentConfig.of(properties)).hasMessageContaining("NAME=VALUE");
    }

    @Test
    void theCommandLineOverrides() throws Exception {
        properties.setProperty("node", "n1");
        CommandLine line = CommandLine.parse(
                new String[] {"--config", "/etc/agent.conf", "--state", "/srv/a/../b", "--node", "n2"});
        AgentConfig config = AgentConfig.of(properties).with(line.state(), line.node());
        assertThat(config.node()).isEqualTo("n2");
        assertThat(config.state()).isEqualTo(Path.of("/srv/b"));
        assertThat(AgentConfig.of(properties).with(null, null)).isEqualTo(AgentConfig.of(properties));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nonsense x", "--config", "--state /tmp", ""})
    void refusesAnOddCommandLine(String line) {
        assertThatThrownBy(() -> CommandLine.parse(line.isEmpty() ? new String[0] : line.split(" ")))
                .isInstanceOf(AgentConfig.Invalid.class)
                .hasMessageContaining("usage:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "portal.url|''|portal.url is missing",
                "portal.url|not an address|portal.url is not an address",
                "portal.url|https://user:secret@host/|must look like",
                "portal.url|https:///path|must look like",
                "portal.url|http://portal.example.org|must be https",
                "portal.url|http://127.evil.example|must be https",
                "portal.url|ftp://localhost|must be https",
                "portal.token_file|''|portal.token_file is missing",
                "evidence|some|evidence must be full, no-output, no-command-lines, no-texts or off, not some",
                "orders|all|orders needs orders.key_file",
                "orders|some|orders must be all, look or off, not some",
                "orders.key_file|portal.pem|must be an absolute path",
                "portal.token_file|node.token|must be an absolute path",
                "portal.ca_file|ca.pem|must be an absolute path",
                "node|n 1|node must be",
                "state|var|must be an absolute path",
                "drop|drop|must be an absolute path",
                "scratch|tmp|must be an absolute path",
                "sample_interval_seconds|0|from 1 to 3600",
                "sample_interval_seconds|3601|from 1 to 3600",
                "sample_interval_seconds|1.5|from 1 to 3600",
                "idle_exit_seconds|-1|from 0 to",
                "away_exit_seconds|x|from 0 to",
                "vanished_after_seconds|0|from 1 to",
                "spool_bytes_per_slot|1000|from 65536 to",
                "spool_bytes|1000|from 65536 to",
                "fine_interval_seconds|-1|from 0 to",
                "fine_cpu_percent|51|from 0 to 50",
                "fine_cpu_percent|1e1|from 0 to 50",
                "fine_kept_seconds|1|from 10 to",
                "fine_bytes|1|from 65536 to",
                "interesting_when|rss>1|knows no figure rss",
                "interesting_when|processes>10%|knows no limit",
                "report_every_nth_unchanged|0|from 1 to 100",
                "scontrol|scontrol|scontrol must be",
                "scontrol|/nonexistent|cannot run",
                "sample_intervall_seconds|5|unknown key sample_intervall_seconds",
            })
    void refusesWithTheReason(String key, String value, String reason) {
        properties.setProperty(key, value);
        assertThatThrownBy(() -> AgentConfig.of(properties))
                .isInstanceOf(AgentConfig.Invalid.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:80", "https://10.0.0.1"})
    void plainHttpIsForTheLoopbackInterfaceOnly(String url) throws Exception {
        properties.setProperty("portal.url", url);
        assertThat(AgentConfig.of(properties).destination().portal()).isEqualTo(URI.create(url));
    }

    @Test
    void saysThatAFileCannotBeRead() {
        assertThatThrownBy(() -> AgentConfig.read(Path.of("/nonexistent/agent.conf")))
                .isInstanceOf(AgentConfig.Invalid.class)
                .hasMessageContaining("/nonexistent/agent.conf cannot be read");
    }
}
