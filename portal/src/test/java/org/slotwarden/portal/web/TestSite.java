package org.slotwarden.portal.web;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.Role;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.NodeSample;

/** A site with an admin (admin), two users (anna, bert) and nodes whose agents report over HTTP. */
final class TestSite {
    static final String PASSWORD = "correct horse battery";
    /** What a malicious or careless user may call a job. */
    static final String HOSTILE_NAME =
            "<script>alert(1)</script>\n\u202egnp.exe\"'><img src=x onerror=alert(2)>" + "x".repeat(3900);

    static final long GIB = 1L << 30;

    private final int port;
    private final NodeTokens tokens;
    final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    TestSite(int port, Accounts accounts, NodeTokens tokens) {
        this.port = port;
        this.tokens = tokens;
        accounts.create("admin", PASSWORD, Role.ADMIN);
        accounts.create("anna", PASSWORD, Role.USER);
        accounts.create("bert", PASSWORD, Role.USER);
    }

    /** The agent of a node that has told its facts and an hour of samples. */
    TestAgent node(String name) {
        TestAgent agent = new TestAgent(port, name, tokens.issue(name));
        agent.send(batch -> {
            batch.setNodeFacts(NodeFacts.newBuilder()
                    .setOperatingSystem("Debian GNU/Linux 12")
                    .setKernel("6.1.0")
                    .setCpuModel("AMD EPYC 7452")
                    .setLogicalCores(8)
                    .setPhysicalCores(4)
                    .setMemoryBytes(32 * GIB)
                    .setSwapBytes(0)
                    .setBootedAtMs(now.minusSeconds(900_000).toEpochMilli())
                    .addBlindSpots("not root: open files of other users"));
            for (int age = 3600; age >= 0; age -= 60) {
                batch.addNodeSamples(NodeSample.newBuilder()
                        .setTimeMs(now.minusSeconds(age).toEpochMilli())
                        .setLoad1M(3 + Math.sin(age / 300.0))
                        .setCpuBusySeconds((3600 - age) * 3.1)
                        .setMemoryTotalBytes(32 * GIB)
                        .setMemoryAvailableBytes(20 * GIB - age * 1_000_000L)
                        .setSwapUsedBytes(0)
                        .setDiskReadBytes((3600 - age) * 2_000_000L)
                        .setDiskWriteBytes((3600 - age) * 900_000L)
                        .setNetReceiveBytes((3600 - age) * 12_000_000L)
                        .setNetTransmitBytes((3600 - age) * 7_000_000L)
                        .setScratchFreeBytes(400 * GIB)
                        .setProcesses(312));
            }
        });
        return agent;
    }

    /** A job of anna that uses well what it asked for. */
    SlotStory healthyJob(String id) {
        return job("healthy-" + id, id, "reconstruction", 0.97, 900 << 20);
    }

    /**
     * A job that asked for two cores and keeps nearly three busy: flagged. For some minutes nothing was measured.
     */
    SlotStory greedyJob(String id) {
        return job("greedy-" + id, id, "greedy-fit", 2.8, 1200 << 20);
    }

    /** Runs since 20 min, sampled every 30 s but for a gap from 16 to 12 min ago. */
    private SlotStory job(String slot, String id, String name, double cores, long rss) {
        SlotStory story = SlotStory.slot(slot, id).facts(facts -> ask(facts).setName(name));
        story.started(now.minusSeconds(1200));
        for (int age = 1170; age >= 0; age -= 30) {
            if (age < 960 && age > 720) {
                continue;
            }
            int seconds = 1200 - age;
            story.sample(
                    now.minusSeconds(age),
                    sample -> sample.setCpuUserSeconds(seconds * cores * 0.95)
                            .setCpuSystemSeconds(seconds * cores * 0.05)
                            .setMemoryRssBytes(rss + seconds * 40_000L)
                            .setReadBytes(seconds * 3_000_000L)
                            .setWriteBytes(seconds * 1_100_000L)
                            .setProcesses(4)
                            .setThreads(11)
                            .setOpenFiles(37)
                            .setOpenSockets(5));
        }
        return story;
    }

    /** A job of anna that has just begun and was not sampled yet. */
    SlotStory freshJob(String id) {
        return SlotStory.slot("fresh-" + id, id).facts(TestSite::ask).started(now.minusSeconds(5));
    }

    /** So many jobs that have just begun. */
    SlotStory[] freshJobs(int count) {
        return Stream.iterate(1, number -> number + 1)
                .limit(count)
                .map(number -> freshJob("f" + number))
                .toArray(SlotStory[]::new);
    }

    static JobFacts.Builder ask(JobFacts.Builder facts) {
        return facts.setRequestedCores(2)
                .setSlotCores(2)
                .setRequestedMemoryBytes(2 * GIB)
                .setSlotMemoryBytes(2 * GIB)
                .setWallTimeLimitSeconds(7200)
                .setGroup("physics")
                .setAccount("hep")
                .setWorkDirectory("/home/anna/run")
                .setStandardOutput("/home/anna/run/out.log");
    }
}
