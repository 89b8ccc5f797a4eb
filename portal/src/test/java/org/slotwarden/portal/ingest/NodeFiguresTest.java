package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.AgentProcesses;
import org.slotwarden.portal.node.AgentSummary;
import org.slotwarden.portal.node.DeviceKind;
import org.slotwarden.portal.node.DeviceMetric;
import org.slotwarden.portal.node.NodeMetric;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.EnergyCounter;
import org.slotwarden.wire.v1.ErrorCount;
import org.slotwarden.wire.v1.GpuSample;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.Temperature;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What agents tell of their nodes and of themselves, from the wire to the database, the series and REST. */
@PortalTest
@ExtendWith(OutputCaptureExtension.class)
class NodeFiguresTest {

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(300);

    @Autowired
    NodeTokens tokens;

    @Autowired
    Nodes nodes;

    @Autowired
    AgentProcesses agents;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JdbcTemplate jdbc;

    @LocalServerPort
    int port;

    String node = "n-" + UUID.randomUUID();

    TestAgent agent;

    HttpVisitor admin;

    @BeforeEach
    void agent() {
        agent = new TestAgent(port, node, tokens.issue(node));
        accounts.create("admin", "correct horse battery", Role.ADMIN);
        admin = HttpVisitor.withToken(port, apiTokens.issue("admin", "t", null).token());
    }

    private void sample(long age, Consumer<org.slotwarden.wire.v1.NodeSample.Builder> figures) {
        var sample = org.slotwarden.wire.v1.NodeSample.newBuilder()
                .setTimeMs(start.plusSeconds(age).toEpochMilli());
        figures.accept(sample);
        agent.send(batch -> batch.addNodeSamples(sample));
    }

    private static void everything(org.slotwarden.wire.v1.NodeSample.Builder sample, long age) {
        sample.setLoad1M(1)
                .setLoad5M(5)
                .setLoad15M(15)
                .setCpuUserSeconds(2 * age)
                .setCpuSystemSeconds(3 * age)
                .setCpuStealSeconds(0.5 * age)
                .setSwapInBytes(6 * age)
                .setSwapOutBytes(7 * age)
                .setOomKills(age)
                .setIoPressure(Pressure.newBuilder().setSomeSeconds(0.3 * age).setFullSeconds(0.2 * age))
                .addDisks(DiskSample.newBuilder()
                        .setDevice("sda")
                        .setReadBytes(100 * age)
                        .setWriteOperations(4 * age)
                        .setBusySeconds(0.9 * age))
                .addDisks(DiskSample.newBuilder().setDevice("nvme0n1").setReadBytes(1))
                .addNetworkDevices(NetworkDeviceSample.newBuilder()
                        .setDevice("eth0")
                        .setReceiveBytes(50 * age)
                        .setReceiveErrors(2 * age)
                        .setTransmitDrops(0))
                .addTemperatures(Temperature.newBuilder()
                        .setSensor("coretemp Package id 0")
                        .setCelsius(61.5))
                .addEnergy(EnergyCounter.newBuilder().setZone("package-0").setJoules(95.0 * age))
                .addGpus(GpuSample.newBuilder()
                        .setIndex(3)
                        .setUuid("GPU-1")
                        .setName("A100")
                        .setUtilization(0.75)
                        .setMemoryUsedBytes(7)
                        .setPowerWatts(250)
                        .setCelsius(70))
                .setClockOffsetSeconds(-0.25)
                .setClockUncertaintySeconds(0.01);
    }

    @Test
    void figuresOfTheNodeAndOfEachDeviceAreSeries_countersAsRates() {
        for (long age : new long[] {30, 60, 90}) {
            sample(age, sample -> everything(sample, age));
        }

        assertThat(last("load_15m")).isEqualTo(15);
        assertThat(last("cpu_system_seconds")).isEqualTo(3);
        assertThat(last("cpu_steal_seconds")).isEqualTo(0.5);
        assertThat(last("swap_out_bytes")).isEqualTo(7);
        assertThat(last("io_pressure_full_seconds")).isBetween(0.199, 0.201);
        assertThat(last("clock_offset_seconds")).isEqualTo(-0.25);
        assertThat(last("disk_read_bytes[sda]")).isEqualTo(100);
        assertThat(last("disk_read_bytes[nvme0n1]")).isZero();
        assertThat(last("disk_busy_seconds[sda]")).isBetween(0.899, 0.901);
        assertThat(last("net_receive_errors[eth0]")).isEqualTo(2);
        assertThat(last("temperature_celsius[coretemp Package id 0]")).isEqualTo(61.5);
        assertThat(last("power_watts[package-0]")).isEqualTo(95);
        assertThat(last("gpu_utilization[3]")).isEqualTo(0.75);
        assertThat(last("gpu_power_watts[3]")).isEqualTo(250);
        assertThat(last("disk_read_bytes[sdz]")).isNull();
        for (String wrong :
                new String[] {"heat", "heat[sda]", "disk_read_bytes[]", "load_1m[x]", "disk_read_bytes[a]b"}) {
            assertThat(admin.get(path(wrong)).statusCode()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void restTellsTheLatestOfEachDevice_andSqlFindsItAsRows() {
        sample(30, sample -> everything(sample, 30));

        JsonNode latest = json("/api/v1/nodes/" + node).get("latest");
        assertThat(latest.get("load_5m").asDouble()).isEqualTo(5);
        assertThat(latest.get("oom_kills").toString()).isEqualTo("30");
        assertThat(latest.get("disks").get(0).toString())
                .isEqualTo("{\"device\":\"sda\",\"read_bytes\":3000,\"write_operations\":120,\"busy_seconds\":27.0}");
        assertThat(latest.get("gpus").get(0).get("index").asInt()).isEqualTo(3);
        assertThat(latest.has("memory_total_bytes")).isFalse();
        assertThat(jdbc.queryForList("""
                        SELECT CONCAT(d.device, ' ', d.read_bytes) FROM node_sample s,
                            JSON_TABLE(s.disks, '$[*]' COLUMNS (
                                device VARCHAR(64) PATH '$.device', read_bytes BIGINT PATH '$.read_bytes')) d
                        """, String.class)).containsExactly("sda 3000", "nvme0n1 1");
    }

    @Test
    void hostileDevicesDoNoHarm(CapturedOutput output) {
        sample(30, sample -> {
            sample.setLoad5M(Double.NaN)
                    .setClockOffsetSeconds(Double.NEGATIVE_INFINITY)
                    .setOomKills(-1)
                    .addTemperatures(Temperature.newBuilder().setSensor("hot").setCelsius(1e9))
                    .addGpus(GpuSample.newBuilder().setIndex(-1))
                    .addGpus(GpuSample.newBuilder().setUtilization(7).setName("x".repeat(9000)))
                    .addNetworkDevices(NetworkDeviceSample.newBuilder()
                            .setDevice("a,b[c]\n<script>\"'")
                            .setReceiveBytes(-5)
                            .setTransmitBytes(5))
                    .addNetworkDevices(NetworkDeviceSample.newBuilder().setDevice(""));
            for (int i = 0; i < 1000; i++) {
                sample.addDisks(DiskSample.newBuilder().setDevice("sd" + i % 100 + "y".repeat(i)));
            }
        });

        NodeSample latest =
                Objects.requireNonNull(nodes.find(node).orElseThrow().latest());
        assertThat(latest.levels()).isEmpty();
        assertThat(latest.devices(DeviceKind.DISKS))
                .hasSize(64)
                .allSatisfy(disk -> assertThat(disk.name().length()).isBetween(1, 64));
        assertThat(latest.devices(DeviceKind.NETWORK_DEVICES))
                .extracting(device -> device.name() + " " + device.levels())
                .containsExactly("a_b_c__<script>\"' {NET_TRANSMIT_BYTES=5.0}", "unnamed {}");
        assertThat(latest.devices(DeviceKind.TEMPERATURES).getFirst().level(DeviceMetric.TEMPERATURE_CELSIUS))
                .isNull();
        assertThat(latest.devices(DeviceKind.GPUS)).singleElement().satisfies(gpu -> {
            assertThat(gpu.model()).hasSize(64);
            assertThat(gpu.levels()).isEmpty();
        });
        assertThat(latest.level(NodeMetric.CLOCK_OFFSET_SECONDS)).isNull();
        assertThat(output.getAll()).contains("disks are more than 64", "a temperature is no possible figure");
    }

    private AgentStatus.Builder status(long age) {
        return AgentStatus.newBuilder()
                .setTimeMs(start.plusSeconds(age).toEpochMilli())
                .setStartedAtMs(start.toEpochMilli())
                .setAfterCrash(true)
                .setCpuSeconds(0.01 * age)
                .setMemoryRssBytes(40_000_000)
                .setMemoryPssBytes(30_000_000)
                .setThreads(9)
                .setOpenFiles(20)
                .setSlots(3)
                .setSpoolBytes(1000)
                .setReportsWaiting(2)
                .setLagSeconds(12.5)
                .setSampleCpuSeconds(0.002)
                .setSampleLateSeconds(0.1)
                .setSamplesTaken(100)
                .setSamplesGivenUp(4)
                .setSamplesHeldBack(50)
                .addErrors(ErrorCount.newBuilder().setKind("portal-away").setCount(7))
                .addErrors(ErrorCount.newBuilder().setKind("spool-full").setCount(9));
    }

    @Test
    void anAgentTellsHowItIs_theLatestCounts_andItsCpuIsARate() {
        agent.send(batch -> batch.setAgentStatus(status(100)));
        agent.send(batch -> batch.setAgentStatus(status(130).setCpuSeconds(4).setThreads(11)));
        agent.send(batch -> batch.setAgentStatus(status(60).setThreads(99)));
        agent.send(batch -> batch.setAgentStatus(status(130).setThreads(99)));

        assertThat(agents.ofNode(id())).singleElement().satisfies(process -> {
            assertThat(process.reporting()).isTrue();
            assertThat(process.version()).isEqualTo("test");
            assertThat(process.status().threads()).isEqualTo(11);
            assertThat(process.status().coresUsed()).isBetween(0.0999, 0.1001);
            assertThat(process.status().time()).isEqualTo(start.plusSeconds(130));
            assertThat(process.status().errors())
                    .extracting(error -> error.kind() + " " + error.count())
                    .containsExactly("spool-full 9", "portal-away 7");
        });
        JsonNode told = json("/api/v1/nodes/" + node);
        assertThat(told.get("agent").get("lag_seconds").asDouble()).isEqualTo(12.5);
        assertThat(told.get("agents").get(0).get("after_crash").asBoolean()).isTrue();
        assertThat(told.get("agents").get(0).get("errors").get(0).get("kind").asString())
                .isEqualTo("spool-full");
        assertThat(json("/api/v1/nodes?sort=-agent_lag_seconds")
                        .get("items")
                        .get(0)
                        .get("agent")
                        .get("errors")
                        .asInt())
                .isEqualTo(16);
    }

    @Test
    void severalProcessesOfANodeAreAddedUp() {
        agent.send(batch -> batch.setAgentStatus(status(100)));
        agent.send(batch -> batch.setAgentStatus(status(102)
                .setOwnProcessOfSlot(true)
                .setLagSeconds(99)
                .clearMemoryPssBytes()
                .clearErrors()));
        agent.send(batch -> batch.setAgentStatus(status(130)));
        agent.send(batch -> batch.setAgentStatus(
                status(132).setOwnProcessOfSlot(true).setLagSeconds(99).clearMemoryPssBytes()));

        AgentSummary summary =
                Objects.requireNonNull(nodes.find(node).orElseThrow().agent());
        assertThat(summary.processes()).isEqualTo(2);
        assertThat(summary.lagSeconds()).isEqualTo(99);
        assertThat(summary.memoryBytes()).isEqualTo(70_000_000);
        assertThat(summary.errors()).isEqualTo(32);
        assertThat(summary.samplesGivenUp()).isEqualTo(8);
        assertThat(last("agent_cpu_seconds")).isBetween(0.0199, 0.0201);
        assertThat(last("agent_memory_rss_bytes")).isEqualTo(80_000_000);
        assertThat(last("agent_lag_seconds")).isEqualTo(99);
    }

    @Test
    void aStatusThatCannotBeIsLeftOut_andTheBatchIsStored() {
        agent.send(batch -> batch.setAgentStatus(AgentStatus.newBuilder()));
        agent.send(batch -> batch.setAgentStatus(status(-10)));
        agent.send(batch -> batch.setAgentStatus(status(Duration.ofDays(1).toSeconds())));
        assertThat(agents.ofNode(id())).isEmpty();

        AgentStatus.Builder absurd = status(10)
                .setCpuSeconds(Double.NaN)
                .setMemoryRssBytes(-1)
                .setSlots(-1)
                .setSpoolBytes(Long.MAX_VALUE)
                .setLagSeconds(-3)
                .setSamplesTaken(-1)
                .clearErrors();
        for (int i = 0; i < 1000; i++) {
            absurd.addErrors(
                    ErrorCount.newBuilder().setKind("k" + i + "<b>".repeat(100)).setCount(1L << 53));
        }
        agent.send(batch -> batch.setAgentStatus(absurd));

        assertThat(agents.ofNode(id())).singleElement().satisfies(process -> {
            assertThat(process.status().cpuSeconds()).isNull();
            assertThat(process.status().memoryRssBytes()).isNull();
            assertThat(process.status().slots()).isNull();
            assertThat(process.status().spoolBytes()).isNull();
            assertThat(process.status().samplesTaken()).isNull();
            assertThat(process.status().errors())
                    .hasSize(20)
                    .allSatisfy(error -> assertThat(error.kind()).hasSizeLessThanOrEqualTo(40));
        });
    }

    @Test
    void prometheusHasSumsAndMaxima_andNoNodes() {
        agent.send(batch -> batch.setAgentStatus(status(100)));

        assertThat(admin.get("/actuator/prometheus").body())
                .contains("slotwarden_agent_lag_seconds_max", "slotwarden_agent_spool_bytes_max")
                .contains("slotwarden_agent_processes", "slotwarden_agent_errors", "slotwarden_agent_samples_given_up")
                .doesNotContain(node);
    }

    private long id() {
        return nodes.find(node).orElseThrow().id();
    }

    private String path(String metric) {
        return "/api/v1/nodes/" + node + "/series?metric=" + URLEncoder.encode(metric, StandardCharsets.UTF_8)
                + "&from=" + start + "&to=" + start.plusSeconds(3600);
    }

    private @Nullable Double last(String metric) {
        JsonNode points = json(path(metric)).get("series").get(0).get("points");
        JsonNode value = points.get(points.size() - 1).get(1);
        return value.isNull() ? null : (Double) value.asDouble();
    }

    private JsonNode json(String path) {
        return new JsonMapper().readTree(admin.get(path).body());
    }
}
