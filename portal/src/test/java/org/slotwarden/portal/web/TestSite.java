package org.slotwarden.portal.web;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.Role;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.EnergyCounter;
import org.slotwarden.wire.v1.ErrorCount;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.ExecutableShare;
import org.slotwarden.wire.v1.FileEvidence;
import org.slotwarden.wire.v1.GpuSample;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.OutputEvidence;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.Progress;
import org.slotwarden.wire.v1.SocketCount;
import org.slotwarden.wire.v1.Temperature;
import org.slotwarden.wire.v1.ThreadEvidence;

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

    /** The agent of a node that has told its facts. */
    private TestAgent known(String name) {
        TestAgent agent = new TestAgent(port, name, tokens.issue(name));
        agent.send(batch -> batch.setNodeFacts(NodeFacts.newBuilder()
                .setOperatingSystem("Debian GNU/Linux 12")
                .setKernel("6.1.0")
                .setCpuModel("AMD EPYC 7452")
                .setLogicalCores(8)
                .setPhysicalCores(4)
                .setMemoryBytes(32 * GIB)
                .setSwapBytes(0)
                .setBootedAtMs(now.minusSeconds(900_000).toEpochMilli())
                .setLinkBytesPerSecond(3_125_000_000L)
                .addBlindSpots("not root: open files of other users")));
        return agent;
    }

    /** A node that tells of its devices, and whose agent tells how it is. */
    TestAgent measuredNode(String name) {
        TestAgent agent = known(name);
        measures(agent);
        return agent;
    }

    /** The agent of a node that has told its facts and an hour of samples. */
    TestAgent node(String name) {
        TestAgent agent = known(name);
        agent.send(batch -> {
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

    /** A job of anna of which everything is measured, with names that want to be markup. */
    SlotStory measuredJob(String id) {
        SlotStory story = SlotStory.slot("measured-" + id, id)
                .facts(facts -> ask(facts).setName("everything"))
                .started(now.minusSeconds(1200))
                .lost(412, now.minusSeconds(1000), now.minusSeconds(900));
        for (int age = 1170; age >= 0; age -= 30) {
            long t = 1200 - age;
            story.sample(now.minusSeconds(age), sample -> measure(sample, t));
        }
        for (int age = 299; age > 0; age--) {
            if (age % 30 != 0) {
                long t = 1200 - age;
                story.sample(
                        now.minusSeconds(age),
                        sample -> sample.setReason(JobSample.Reason.ASKED)
                                .setCpuUserSeconds(1.4 * t)
                                .setCpuSystemSeconds(0.2 * t)
                                .setMemoryRssBytes((700L << 20) + (long) (Math.sin(t / 5.0) * (60 << 20))));
            }
        }
        return story;
    }

    private static void measure(JobSample.Builder sample, long t) {
        sample.setCpuUserSeconds(1.4 * t)
                .setCpuSystemSeconds(0.2 * t)
                .setCpuUnattributedSeconds(0.03 * t)
                .setRunQueueWaitSeconds(0.4 * t)
                .setVoluntaryContextSwitches(900 * t)
                .setInvoluntaryContextSwitches(35 * t)
                .setMemoryRssBytes((700L << 20) + t * 100_000)
                .setSwapBytes(t * 20_000)
                .setMajorFaults(3 * t)
                .setOomKills(t > 600 ? 2 : 0)
                .setReadBytes(3_000_000 * t)
                .setWriteBytes(1_100_000 * t)
                .setReadChars(9_000_000 * t)
                .setWriteChars(1_300_000 * t)
                .setReadCalls(210 * t)
                .setWriteCalls(80 * t)
                .setReadOperations(40 * t)
                .setWriteOperations(12 * t)
                .setProcesses(14)
                .setThreads(61)
                .setUninterruptibleProcesses(t % 90 == 0 ? 3 : 1)
                .setZombies(1)
                .setOpenFiles(137)
                .setFullestOpenFiles(820)
                .setFullestOpenFilesLimit(1024)
                .setOpenSockets(41)
                .addSockets(SocketCount.newBuilder()
                        .setKind(SocketCount.Kind.TCP)
                        .setState(1)
                        .setCount(12))
                .addSockets(SocketCount.newBuilder()
                        .setKind(SocketCount.Kind.TCP)
                        .setState(8)
                        .setCount((int) (t / 60)))
                .addSockets(
                        SocketCount.newBuilder().setKind(SocketCount.Kind.UNIX).setCount(9))
                .setCpuPressure(pressure(0.2 * t))
                .setMemoryPressure(pressure(0.02 * t))
                .setIoPressure(pressure(0.11 * t))
                .setMemoryLimitBytes(2 * GIB + (200 << 20))
                .setNetReceiveBytes(42_000_000 * t)
                .setNetTransmitBytes((long) (6_000_000 * t + 90_000_000 * Math.sin(t / 60.0)) + 100_000_000)
                .setNetReceivePackets(31_000 * t)
                .setNetTransmitPackets(12_000 * t)
                .setNetworkSource(JobSample.NetworkSource.NAMESPACE)
                .setWorkdirBytes(3 * GIB + t * 1_000_000)
                .setWorkdirFreeBytes(11 * GIB - t * 1_000_000)
                .setScratchBytes(GIB)
                .setScratchFreeBytes(40 * GIB)
                .setStandardOutputBytes(4000 * t)
                .setStandardErrorBytes(120)
                .setProgress(Progress.newBuilder()
                        .setFraction(t / 2000.0)
                        .setText("<script>alert(3)</script> event " + t + " of 2000")
                        .setTimeMs(Instant.now().minusSeconds(20).toEpochMilli()))
                .setMembership(JobSample.Membership.CGROUP);
        if (t % 120 == 0) {
            sample.setMemoryPssBytes((500L << 20) + t * 80_000);
        }
        for (String name : List.of("<img src=x onerror=alert(4)>", "reconstruct-all-events-of-the-run", "sh")) {
            sample.addExecutables(ExecutableShare.newBuilder()
                    .setName(name)
                    .setProcesses(name.length() % 7 + 1)
                    .setThreads(12)
                    .setCpuSeconds(t * 0.04 * name.length())
                    .setMemoryRssBytes(300 << 20)
                    .setReadBytes(1_000_000 * t)
                    .setWriteBytes(500_000 * t));
        }
    }

    private static Pressure.Builder pressure(double some) {
        return Pressure.newBuilder().setSomeSeconds(some).setFullSeconds(some / 3);
    }

    /** The node tells of its devices, and its agent how it is, for the last ten minutes. */
    private void measures(TestAgent node) {
        for (int age = 1800; age >= 0; age -= 30) {
            long t = 3600 - age;
            Instant time = now.minusSeconds(age).plusMillis(5);
            int ago = age;
            node.send(batch -> {
                NodeSample.Builder sample = NodeSample.newBuilder()
                        .setTimeMs(time.toEpochMilli())
                        .setLoad1M(3.1)
                        .setLoad5M(2.8)
                        .setLoad15M(2.2)
                        .setCpuBusySeconds(3.1 * t)
                        .setCpuUserSeconds(2.4 * t)
                        .setCpuSystemSeconds(0.7 * t)
                        .setCpuIowaitSeconds(0.3 * t)
                        .setCpuStealSeconds(0.1 * t)
                        .setMemoryTotalBytes(32 * GIB)
                        .setMemoryAvailableBytes(20 * GIB)
                        .setSwapUsedBytes(GIB)
                        .setSwapInBytes(4096 * t)
                        .setSwapOutBytes(9000 * t)
                        .setOomKills(2)
                        .setCpuPressure(pressure(0.1 * t))
                        .setMemoryPressure(pressure(0.01 * t))
                        .setIoPressure(pressure(0.2 * t))
                        .setDiskReadBytes(t * 2_000_000L)
                        .setDiskWriteBytes(t * 900_000L)
                        .setNetReceiveBytes(t * 12_000_000L)
                        .setNetTransmitBytes(t * 7_000_000L)
                        .setScratchFreeBytes(400 * GIB)
                        .setProcesses(312)
                        .setClockOffsetSeconds(3.2 + ago / 1000.0)
                        .setClockUncertaintySeconds(0.012);
                for (String disk : List.of("nvme0n1", "sda")) {
                    sample.addDisks(DiskSample.newBuilder()
                            .setDevice(disk)
                            .setReadBytes(t * 1_000_000L)
                            .setWriteBytes(t * 450_000L)
                            .setReadOperations(40 * t)
                            .setWriteOperations(11 * t)
                            .setBusySeconds(disk.length() * 0.1 * t));
                }
                sample.addNetworkDevices(NetworkDeviceSample.newBuilder()
                        .setDevice("eth0")
                        .setReceiveBytes(12_000_000 * t)
                        .setTransmitBytes(7_000_000 * t)
                        .setReceiveErrors(t / 100)
                        .setTransmitErrors(0)
                        .setReceiveDrops(t)
                        .setTransmitDrops(0));
                for (int core = 0; core < 9; core++) {
                    sample.addTemperatures(Temperature.newBuilder()
                            .setSensor("coretemp Core " + core)
                            .setCelsius(50 + core + ago / 100.0));
                }
                sample.addEnergy(EnergyCounter.newBuilder().setZone("package-0").setJoules(95.0 * t));
                sample.addGpus(GpuSample.newBuilder()
                        .setIndex(0)
                        .setName("NVIDIA A100-SXM4-80GB")
                        .setUtilization(0.82)
                        .setMemoryUsedBytes(40 * GIB)
                        .setMemoryTotalBytes(80 * GIB)
                        .setPowerWatts(310)
                        .setCelsius(66));
                batch.addNodeSamples(sample)
                        .setAgentStatus(AgentStatus.newBuilder()
                                .setTimeMs(time.toEpochMilli())
                                .setStartedAtMs(now.minusSeconds(7000).toEpochMilli())
                                .setAfterCrash(true)
                                .setCpuSeconds(t * 0.0007)
                                .setMemoryRssBytes(41_000_000)
                                .setMemoryPssBytes(38_000_000)
                                .setThreads(9)
                                .setOpenFiles(31)
                                .setSlots(5)
                                .setSpoolBytes(1_300_000)
                                .setReportsWaiting(3)
                                .setLagSeconds(4.5)
                                .setSampleLateSeconds(0.012)
                                .setSamplesTaken(12_345)
                                .setSamplesGivenUp(412)
                                .setSamplesHeldBack(3000)
                                .addErrors(ErrorCount.newBuilder()
                                        .setKind("<b>portal-away</b>")
                                        .setCount(7)));
            });
        }
    }

    /** What the greedy job was doing, with words that want to be markup. */
    Evidence evidence(long request) {
        Evidence.Builder evidence = Evidence.newBuilder()
                .setRequestId(request)
                .setTakenAtMs(now.toEpochMilli())
                .setProcessesFound(314)
                .setMeasuredOverSeconds(1.002)
                .setFilesFound(12)
                .setHostsFound(3)
                .addGaps("Standard error goes to /dev/null")
                .addGaps("Not told are files and sockets of processes that are not the job user's, or run with other"
                        + " rights: 1");
        process(evidence, 4100, 1, "slurm_script", "/bin/bash /var/spool/slurmd/job4711/slurm_script", 0, 3 << 20);
        process(
                evidence,
                4200,
                4100,
                "fit",
                "/opt/fit/bin/fit --threads 3 --password=*** --input"
                        + " /data/run2026/events-000017.root <b>--bold</b>",
                2.79,
                1200L << 20);
        process(evidence, 4201, 4200, "fit-helper", "fit-helper --socket 7", 0.01, 40 << 20);
        for (int i = 0; i < 6; i++) {
            process(evidence, 4210 + i, 4201, "sh", "sh -c 'sleep " + i + "'", 0, 1 << 20);
        }
        for (int i = 0; i < 5; i++) {
            evidence.addFiles(FileEvidence.newBuilder()
                    .setPath("/scratch/4711/"
                            + (i == 4 ? "a-name-that-is-long-".repeat(20) : "part-%05d.root".formatted(i)))
                    .setSizeBytes((5 - i) * GIB)
                    .setDeleted(i == 1)
                    .setProcesses(1 + i));
        }
        evidence.addHosts(host("10.1.20.31", 1094, 1, 880))
                .addHosts(host("2001:db8::17", 443, 8, 3))
                .addHosts(host("", 34567, 10, 1));
        waiting(evidence, 4201, 4201, "fit-helper", "D", "rpc_wait_bit_killable", 0, "nfs_wait_on_request", "vfs_read");
        for (int i = 0; i < 40; i++) {
            waiting(evidence, 4200, 4300 + i, "worker-" + i, "S", "futex_wait_queue", 202, "futex_wait", "do_futex");
        }
        waiting(evidence, 4200, 4200, "<b>fit</b>", "R", null, null);
        evidence.setThreadsFound(57);
        StringBuilder output = new StringBuilder();
        for (int i = 1; i <= 50; i++) {
            output.append("event ")
                    .append(17_000 + i)
                    .append(": chi2 = ")
                    .append(i / 7.0)
                    .append(" <script>alert(5)</script>\n");
        }
        return evidence.setStandardOutput(OutputEvidence.newBuilder()
                        .setPath("/home/anna/run/out.log")
                        .setSizeBytes(3_145_728)
                        .setTail(ByteString.copyFromUtf8(output.toString())))
                .build();
    }

    private void process(
            Evidence.Builder evidence, int pid, int parent, String name, String command, double cores, long rss) {
        evidence.addProcesses(ProcessEvidence.newBuilder()
                .setPid(pid)
                .setParent(parent)
                .setStartedAtMs(now.minusSeconds(1190).toEpochMilli())
                .setName(name)
                .setState(cores > 1 ? "R" : "S")
                .setCpuSeconds(cores * 1200)
                .setCoresUsed(cores)
                .setMemoryRssBytes(rss)
                .setThreads(cores > 1 ? 3 : 1)
                .setOpenFiles(5)
                .setCommandLine(command)
                .setExecutable("/opt/fit/bin/" + name));
    }

    private static void waiting(
            Evidence.Builder evidence,
            int pid,
            int tid,
            String name,
            String state,
            @Nullable String channel,
            @Nullable Integer call,
            String... stack) {
        ThreadEvidence.Builder thread = ThreadEvidence.newBuilder()
                .setPid(pid)
                .setTid(tid)
                .setName(name)
                .setState(state);
        if (channel != null) {
            thread.setWaitChannel(channel).addStack(channel);
        }
        if (call != null) {
            thread.setSystemCall(call);
        }
        evidence.addThreads(thread.addAllStack(List.of(stack)));
    }

    private static HostEvidence.Builder host(String address, int port, int state, int count) {
        return HostEvidence.newBuilder()
                .setKind(SocketCount.Kind.TCP)
                .setHost(address)
                .setPort(port)
                .setState(state)
                .setCount(count);
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
