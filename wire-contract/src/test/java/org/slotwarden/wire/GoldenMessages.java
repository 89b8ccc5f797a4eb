package org.slotwarden.wire;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.BatchOrder;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.EnergyCounter;
import org.slotwarden.wire.v1.ErrorCount;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.ExecutableShare;
import org.slotwarden.wire.v1.FileEvidence;
import org.slotwarden.wire.v1.GpuSample;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.IntervalOrder;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.KillOrder;
import org.slotwarden.wire.v1.KillResult;
import org.slotwarden.wire.v1.LogLevelOrder;
import org.slotwarden.wire.v1.LookOrder;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.Orders;
import org.slotwarden.wire.v1.OutputEvidence;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.Progress;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.ReportId;
import org.slotwarden.wire.v1.SampleLoss;
import org.slotwarden.wire.v1.SampleRequest;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotInterval;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SlotStart;
import org.slotwarden.wire.v1.SocketCount;
import org.slotwarden.wire.v1.StorageAddresses;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageQueue;
import org.slotwarden.wire.v1.StorageReport;
import org.slotwarden.wire.v1.StorageTrouble;
import org.slotwarden.wire.v1.TailOrder;
import org.slotwarden.wire.v1.TailPart;
import org.slotwarden.wire.v1.Temperature;
import org.slotwarden.wire.v1.ThreadEvidence;

/**
 * Messages whose bytes are kept in {@code golden/v1/*.hex}. The files are never written again: agents that
 * send these bytes are installed at sites.
 */
final class GoldenMessages {

    private static final long START = 1_795_291_853_204L;

    private GoldenMessages() {}

    /** A job of two nodes starts on the first; names are hostile, some facts are not known. */
    static ReportBatch start() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.1.0")
                .setSentAtMs(START + 250)
                .setNodeFacts(NodeFacts.newBuilder()
                        .setOperatingSystem("Debian GNU/Linux 12")
                        .setKernel("6.1.0-40-amd64")
                        .setCpuModel("AMD EPYC 7763 64-Core Processor")
                        .setLogicalCores(128)
                        .setPhysicalCores(64)
                        .setMemoryBytes(549_755_813_888L)
                        .setSwapBytes(0)
                        .setBootedAtMs(START - 86_400_000)
                        .addBlindSpots("not root: open files of other users"))
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(1)
                        .setJob(JobFacts.newBuilder()
                                .setBatchSystem("slurm")
                                .setCluster("hooktest")
                                .setJobId("4711")
                                .setArrayId("4700")
                                .setArrayIndex(0)
                                .setName("<b>\"naïve\"</b>\n$(reboot) ∑")
                                .setUser("jobuser")
                                .setUid(1001)
                                .setGroup("jobuser")
                                .setGid(1001)
                                .setQueue("main")
                                .setRequestedCores(2)
                                .setRequestedMemoryBytes(1_048_576_000)
                                .setWallTimeLimitSeconds(300)
                                .setSlotCores(1)
                                .addAllNodes(List.of("n1", "n2"))
                                .setWorkDirectory("/home/jobuser/a b")
                                .setStandardOutput("/home/jobuser/a b/4711.out")
                                .setRestartCount(0))
                        .setStart(SlotStart.newBuilder().setTimeMs(START).setSampleIntervalSeconds(30)))
                .build();
    }

    /** Two samples, in which some figures are zero and others could not be measured. */
    static ReportBatch samples() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.1.0")
                .setSentAtMs(START + 60_100)
                .addNodeSamples(NodeSample.newBuilder()
                        .setTimeMs(START + 60_000)
                        .setLoad1M(1.25)
                        .setCpuBusySeconds(123_456.78)
                        .setMemoryTotalBytes(549_755_813_888L)
                        .setMemoryAvailableBytes(500_000_000_000L)
                        .setSwapUsedBytes(0)
                        .setNetReceiveBytes(9_000_000_000L))
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(2)
                        .addSamples(JobSample.newBuilder()
                                .setTimeMs(START + 30_000)
                                .setCpuUserSeconds(0)
                                .setCpuSystemSeconds(0.01)
                                .setMemoryRssBytes(12_582_912)
                                .setReadBytes(0)
                                .setProcesses(3)
                                .setOpenSockets(0))
                        .addSamples(JobSample.newBuilder()
                                .setTimeMs(START + 60_000)
                                .setCpuUserSeconds(29.5)
                                .setCpuSystemSeconds(0.25)
                                .setMemoryRssBytes(25_165_824)
                                .setReadBytes(4096)
                                .setProcesses(3)
                                .setThreads(12)
                                .setOpenSockets(2)))
                .build();
    }

    static ReportBatch end() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.1.0")
                .setSentAtMs(START + 90_010)
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(3)
                        .setEnd(SlotEnd.newBuilder()
                                .setTimeMs(START + 90_000)
                                .setBatchState("FAILED")
                                .setExitCode(3)
                                .setSignal(0)
                                .setCause(SlotEnd.Cause.EPILOGUE)))
                .build();
    }

    static ReportAnswer answer() {
        return ReportAnswer.newBuilder()
                .addAcknowledged(ReportId.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(2))
                .addRefused(Refusal.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(3)
                        .setReason("time_ms lies 3 days ahead"))
                .setNextReportInMs(1000)
                .addIntervals(SlotInterval.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSeconds(1))
                .setSendNodeFacts(true)
                .addSendJobFactsOf("n1.1795291853204.47370")
                .build();
    }

    /** What came with the first release that measures more: a fine sample, devices of the node, the agent itself. */
    static ReportBatch figures() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.2.0")
                .setSentAtMs(START + 120_100)
                .addNodeSamples(NodeSample.newBuilder()
                        .setTimeMs(START + 120_000)
                        .setLoad5M(2.5)
                        .setCpuStealSeconds(0)
                        .setOomKills(1)
                        .setIoPressure(Pressure.newBuilder().setSomeSeconds(3.5))
                        .addDisks(DiskSample.newBuilder()
                                .setDevice("nvme0n1")
                                .setReadBytes(1_000_000)
                                .setBusySeconds(7.25))
                        .addNetworkDevices(NetworkDeviceSample.newBuilder()
                                .setDevice("eth0")
                                .setReceiveErrors(0)
                                .setTransmitDrops(9))
                        .addTemperatures(Temperature.newBuilder()
                                .setSensor("coretemp Package id 0")
                                .setCelsius(61.5))
                        .addEnergy(
                                EnergyCounter.newBuilder().setZone("package-0").setJoules(123.5))
                        .addGpus(GpuSample.newBuilder()
                                .setIndex(0)
                                .setUuid("GPU-1")
                                .setUtilization(0.75))
                        .setClockOffsetSeconds(-0.25)
                        .setClockUncertaintySeconds(0.01))
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(4)
                        .addSamples(JobSample.newBuilder()
                                .setTimeMs(START + 119_000)
                                .setRunQueueWaitSeconds(0.5)
                                .setMajorFaults(0)
                                .setReadCalls(12)
                                .setUninterruptibleProcesses(1)
                                .setZombies(0)
                                .setFullestOpenFiles(820)
                                .setFullestOpenFilesLimit(1024)
                                .setOpenSockets(3)
                                .addSockets(SocketCount.newBuilder()
                                        .setKind(SocketCount.Kind.TCP)
                                        .setState(8)
                                        .setCount(3))
                                .setOomKills(2)
                                .setCpuPressure(Pressure.newBuilder()
                                        .setSomeSeconds(1.5)
                                        .setFullSeconds(0))
                                .setWorkdirBytes(4096)
                                .setStandardErrorBytes(0)
                                .setProgress(Progress.newBuilder()
                                        .setFraction(0.5)
                                        .setText("event 1 of 2 ∑")
                                        .setTimeMs(START + 110_000))
                                .addExecutables(ExecutableShare.newBuilder()
                                        .setName("a)\n(b")
                                        .setProcesses(2)
                                        .setThreads(5)
                                        .setCpuSeconds(9.5))
                                .setCpuUnattributedSeconds(0.25)
                                .setReason(JobSample.Reason.ASKED)
                                .setMembership(JobSample.Membership.CGROUP))
                        .setLoss(SampleLoss.newBuilder()
                                .setSamples(12)
                                .setFromMs(START + 61_000)
                                .setToMs(START + 72_000)))
                .setAgentStatus(AgentStatus.newBuilder()
                        .setTimeMs(START + 120_050)
                        .setStartedAtMs(START - 1000)
                        .setAfterCrash(true)
                        .setCpuSeconds(0.75)
                        .setMemoryRssBytes(41_000_000)
                        .setSlots(1)
                        .setSpoolBytes(1300)
                        .setReportsWaiting(2)
                        .setLagSeconds(30.5)
                        .setSamplesTaken(120)
                        .setSamplesGivenUp(12)
                        .setSamplesHeldBack(600)
                        .addErrors(
                                ErrorCount.newBuilder().setKind("portal-away").setCount(7))
                        .setOwnProcessOfSlot(true))
                .build();
    }

    static ReportAnswer heldBack() {
        return ReportAnswer.newBuilder()
                .addAcknowledged(ReportId.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(4))
                .setAnsweredAtMs(START + 120_150)
                .addSendHeldBackOf(SampleRequest.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setFromMs(START - 479_850)
                        .setToMs(START + 120_150))
                .build();
    }

    /** What came with limits beside the values, and with the job's own traffic. */
    static ReportBatch limits() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.3.0")
                .setSentAtMs(START + 150_100)
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(5)
                        .addSamples(JobSample.newBuilder()
                                .setTimeMs(START + 150_000)
                                .setMemoryRssBytes(1_000_000)
                                .setWorkdirBytes(4096)
                                .setWorkdirFreeBytes(0)
                                .setScratchFreeBytes(1_099_511_627_776L)
                                .setMemoryLimitBytes(2_147_483_648L)
                                .setNetReceiveBytes(9_000_000_000L)
                                .setNetTransmitBytes(0)
                                .setNetReceivePackets(6_000_000)
                                .setNetTransmitPackets(0)
                                .setNetworkSource(JobSample.NetworkSource.NAMESPACE)))
                .build();
    }

    /** What came with the speed of the node's network. */
    static ReportBatch link() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.4.0")
                .setSentAtMs(START + 160_100)
                .setNodeFacts(NodeFacts.newBuilder().setLogicalCores(64).setLinkBytesPerSecond(3_125_000_000L))
                .build();
    }

    /** A flag was raised: the portal asks. */
    static ReportAnswer evidenceRequest() {
        return ReportAnswer.newBuilder()
                .setAnsweredAtMs(START + 180_150)
                .addSendEvidenceOf(EvidenceRequest.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setRequestId(4711)
                        .setReason("socket_leak")
                        .setValidForSeconds(900))
                .build();
    }

    /** What the job was doing; its output is no text. */
    static ReportBatch evidence() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.4.0")
                .setSentAtMs(START + 181_400)
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(6)
                        .setEvidence(Evidence.newBuilder()
                                .setRequestId(4711)
                                .setTakenAtMs(START + 180_200)
                                .setProcessesFound(2)
                                .addProcesses(ProcessEvidence.newBuilder()
                                        .setPid(301)
                                        .setParent(300)
                                        .setStartedAtMs(START)
                                        .setName("a) b\n")
                                        .setState("S")
                                        .setCpuSeconds(12.5)
                                        .setCoresUsed(0)
                                        .setMemoryRssBytes(1_000_000)
                                        .setThreads(3)
                                        .setOpenFiles(900)
                                        .setCommandLine("a --password=***")
                                        .setExecutable("/usr/bin/a"))
                                .addProcesses(ProcessEvidence.newBuilder()
                                        .setPid(300)
                                        .setParent(1)
                                        .setName("sh")
                                        .setState("Z"))
                                .setMeasuredOverSeconds(1.001)
                                .setFilesFound(1)
                                .addFiles(FileEvidence.newBuilder()
                                        .setPath("/scratch/x")
                                        .setSizeBytes(0)
                                        .setDeleted(true)
                                        .setProcesses(2))
                                .setHostsFound(1)
                                .addHosts(HostEvidence.newBuilder()
                                        .setKind(SocketCount.Kind.TCP)
                                        .setHost("10.0.0.2")
                                        .setPort(443)
                                        .setState(8)
                                        .setCount(880))
                                .setStandardOutput(OutputEvidence.newBuilder()
                                        .setPath("/home/jobuser/out")
                                        .setTail(ByteString.copyFrom(new byte[] {0, (byte) 0xFF, 27, '[', 10}))
                                        .setSizeBytes(5))
                                .setStandardError(OutputEvidence.getDefaultInstance())
                                .addGaps("Standard error goes to /dev/null")))
                .build();
    }

    /**
     * Orders of each kind, and one of no kind that this version knows. The first is signed with the key of RFC 8032,
     * section 7.1, test 1, which everybody knows.
     */
    static Orders orders() {
        return Orders.newBuilder()
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(1).setKill(KillOrder.newBuilder().setGraceSeconds(30))
                                .build()
                                .toByteString())
                        .setSignature(hex("9aa983e934f5ef147e56cdf0d816c390498baf5fad46021225228dbb9b98fc61"
                                + "633a4dfbe9c84eaeaf289b7540c00d3a7358318109bc71ef3544fcda9a220309")))
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(2).setLook(LookOrder.newBuilder().setStacks(true))
                                .build()
                                .toByteString()))
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(3).setTail(TailOrder.newBuilder()
                                        .setStandardError(true)
                                        .setLines(100)
                                        .setFollowSeconds(600))
                                .build()
                                .toByteString()))
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(4).setInterval(
                                        IntervalOrder.newBuilder().setSeconds(1).setForSeconds(300))
                                .build()
                                .toByteString()))
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(5).build().toByteString())
                        .setSignature(ByteString.EMPTY))
                .setAnsweredAtMs(START + 200_150)
                .build();
    }

    /** An order to write more into the log. */
    static Orders logLevel() {
        return Orders.newBuilder()
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(6).setLogLevel(LogLevelOrder.newBuilder()
                                        .setLevel(LogLevelOrder.Level.TRACE)
                                        .setForSeconds(900))
                                .build()
                                .toByteString()))
                .setAnsweredAtMs(START + 200_150)
                .build();
    }

    /** Orders that the batch system carries out. */
    static Orders batchOrders() {
        return Orders.newBuilder()
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(7).setBatch(BatchOrder.newBuilder().setAct(BatchOrder.Act.HOLD))
                                .build()
                                .toByteString()))
                .addOrders(SignedOrder.newBuilder()
                        .setOrder(order(8).setBatch(BatchOrder.newBuilder().setAct(BatchOrder.Act.COMMENT))
                                .build()
                                .toByteString()))
                .setAnsweredAtMs(START + 200_150)
                .build();
    }

    private static Order.Builder order(long id) {
        return Order.newBuilder()
                .setOrderId(id)
                .setNode("n1")
                .setSlotId("n1.1795291853204.47369")
                .setBatchSystem("slurm")
                .setJobId("4711")
                .setIssuedAtMs(START + 200_000)
                .setExpiresAtMs(START + 260_000)
                .setAuthor("policy 7")
                .setReason("memory_leak: \"∑\"");
    }

    private static ByteString hex(String digits) {
        return ByteString.copyFrom(HexFormat.of().parseHex(digits));
    }

    /** What became of orders: a kill from its beginning to its end, a look, a tail, a refusal. */
    static ReportBatch orderResults() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.5.0")
                .setSentAtMs(START + 232_000)
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(7)
                        .addOrderResults(OrderResult.newBuilder()
                                .setOrderId(1)
                                .setTimeMs(START + 201_300)
                                .setState(OrderResult.State.BEGUN)
                                .setEvidence(Evidence.newBuilder()
                                        .setTakenAtMs(START + 200_300)
                                        .setProcessesFound(501)))
                        .addOrderResults(OrderResult.newBuilder()
                                .setOrderId(1)
                                .setTimeMs(START + 231_500)
                                .setState(OrderResult.State.FAILED)
                                .setDetail("1 of 501 processes is still there")
                                .setKill(KillResult.newBuilder()
                                        .setProcesses(501)
                                        .setEndedByTerm(1)
                                        .setKilled(499)
                                        .setLeft(1)
                                        .setTookSeconds(90.25)))
                        .addOrderResults(OrderResult.newBuilder()
                                .setOrderId(2)
                                .setTimeMs(START + 201_400)
                                .setState(OrderResult.State.DONE)
                                .setEvidence(Evidence.newBuilder()
                                        .setTakenAtMs(START + 200_400)
                                        .addThreads(ThreadEvidence.newBuilder()
                                                .setPid(301)
                                                .setTid(302)
                                                .setName("io)\n")
                                                .setState("D")
                                                .setWaitChannel("rpc_wait_bit_killable")
                                                .setSystemCall(0)
                                                .addStack("rpc_wait_bit_killable")
                                                .addStack("nfs4_file_open"))
                                        .setThreadsFound(12)))
                        .addOrderResults(OrderResult.newBuilder()
                                .setOrderId(3)
                                .setTimeMs(START + 201_500)
                                .setState(OrderResult.State.BEGUN)
                                .setTail(TailPart.newBuilder()
                                        .setOffset(9_000_000_000L)
                                        .setData(ByteString.copyFrom(new byte[] {0, (byte) 0xFF, 27, '[', 10}))
                                        .setLeftOutBytes(4096)
                                        .setEndOffset(9_000_000_012L)))
                        .addOrderResults(OrderResult.newBuilder()
                                .setOrderId(4)
                                .setTimeMs(START + 201_600)
                                .setState(OrderResult.State.REFUSED)
                                .setDetail("the order has expired")))
                .build();
    }

    /** Agents tell connections to the hosts that they were told, one of which they know no process of. */
    static ReportBatch storageConnections() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.6.0")
                .setSentAtMs(START + 300_100)
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(8)
                        .setStorageConnections(StorageConnections.newBuilder()
                                .setTimeMs(START + 300_000)
                                .addConnections(StorageConnection.newBuilder()
                                        .setStorageAddress("192.0.2.7")
                                        .setStoragePort(22125)
                                        .setLocalAddress("198.51.100.4")
                                        .setLocalPort(65_535)
                                        .setProcess(4_194_303)
                                        .setOwnProcess(7))
                                .addConnections(StorageConnection.newBuilder()
                                        .setStorageAddress("2001:db8:0:0:0:0:0:7")
                                        .setStoragePort(1094)
                                        .setLocalAddress("2001:db8:0:0:0:0:0:4")
                                        .setLocalPort(40_000))
                                .setLeftOut(3)))
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853999.47400")
                        .setSequence(2)
                        .setStorageConnections(StorageConnections.newBuilder().setTimeMs(START + 300_000)))
                .setStorageAddressesVersion(0xFEDC_BA98_7654_3210L)
                .build();
    }

    /** What came with the moment until which nothing had changed. */
    static ReportBatch storageChange() {
        return ReportBatch.newBuilder()
                .setContractVersion(1)
                .setNode("n1")
                .setAgentVersion("0.6.1")
                .setSentAtMs(START + 360_100)
                .addSlotReports(SlotReport.newBuilder()
                        .setSlotId("n1.1795291853204.47369")
                        .setSequence(9)
                        .setStorageConnections(StorageConnections.newBuilder()
                                .setTimeMs(START + 360_000)
                                .setUnchangedUntilMs(START + 330_000)))
                .build();
    }

    static ReportAnswer storageAddresses() {
        return ReportAnswer.newBuilder()
                .setAnsweredAtMs(START + 270_150)
                .setStorageAddresses(StorageAddresses.newBuilder()
                        .setVersion(0xFEDC_BA98_7654_3210L)
                        .addAddresses("192.0.2.7")
                        .addAddresses("2001:db8::7"))
                .build();
    }

    /** One pool answered, one did not; a mover that runs and one that waits, of which little is known. */
    static StorageReport storageReport() {
        return StorageReport.newBuilder()
                .setContractVersion(1)
                .setStorage("dcache.example.org")
                .setWatchVersion("0.6.0")
                .setSentAtMs(START + 300_900)
                .setStartedAtMs(START - 5_000)
                .setLookedAtMs(START + 300_000)
                .setSoftware("dCache 12.0.1")
                .setSource(StorageReport.Source.REST)
                .setGatheredAtMs(START + 299_000)
                .setPollIntervalSeconds(10)
                .addPools(StoragePool.newBuilder()
                        .setName("pool_<b>1</b>")
                        .addQueues(StorageQueue.newBuilder()
                                .setName("regular")
                                .setActive(1)
                                .setMaxActive(1)
                                .setQueued(1)
                                .setDefaultQueue(true))
                        .addQueues(StorageQueue.newBuilder().setName("wan").setActive(0))
                        .addGroups("default"))
                .addPools(StoragePool.newBuilder().setName("pool_2").setUnread(true))
                .addMovers(StorageMover.newBuilder()
                        .setPool("pool_<b>1</b>")
                        .setMoverId(352_321_537)
                        .setSubmittedAtMs(START + 120_000)
                        .setQueue("regular")
                        .setState(StorageMover.State.RUNNING)
                        .setStartedAtMs(START + 120_004)
                        .setLastIoAtMs(START + 180_000)
                        .setBytes(0)
                        .setDirection(StorageMover.Direction.READ)
                        .setProtocol("dcap-3")
                        .setDoor("dcap-door@doors")
                        .setClientAddress("198.51.100.4")
                        .setClientPort(65_535)
                        .setClientProcess(7)
                        .setUser("jobuser")
                        .setUid(1001)
                        .setGid(1001)
                        .setPath("/data/a b/\"naïve\"\n∑")
                        .setFileId("0000C9B4E3A6A3D04D0C9C0B5B6B0D1F2A3B")
                        .setStorageEndpoint("192.0.2.7:22125")
                        .setSessionStatus("Mover 352321537@pool: WaitingForDoorTransferOk"))
                .addMovers(StorageMover.newBuilder()
                        .setPool("pool_<b>1</b>")
                        .setMoverId(352_321_538)
                        .setSubmittedAtMs(START + 240_000)
                        .setQueue("regular")
                        .setState(StorageMover.State.QUEUED)
                        .setDirection(StorageMover.Direction.WRITE)
                        .setClientAddress("2001:db8:0:0:0:0:0:4")
                        .addClientChain("10.0.0.9")
                        .addClientChain("203.0.113.1"))
                .addMovers(StorageMover.newBuilder()
                        .setPool("pool_<b>1</b>")
                        .setMoverId(-1)
                        .setSubmittedAtMs(0)
                        .setQueue("regular")
                        .setStateText("CANCELED_BY_THE_MOON"))
                .addRecords(MoverRecord.newBuilder()
                        .setPool("pool_2")
                        .setEndedAtMs(START + 250_000)
                        .setSession("pool:pool_2@dcache:1795292103204-3")
                        .setHeldSeconds(12.5)
                        .setQueuedSeconds(0)
                        .setBytes(1_073_741_824)
                        .setDirection(StorageMover.Direction.WRITE)
                        .setProtocol("Http-1.1")
                        .setClientAddress("198.51.100.4")
                        .setClientPort(40_001)
                        .setStorageEndpoint("192.0.2.8:20436")
                        .setUser("jobuser")
                        .setUid(1001)
                        .setGid(1001)
                        .setPath("/data/out")
                        .setFileId("0000C9B4E3A6A3D04D0C9C0B5B6B0D1F2A3C")
                        .setStatus(666)
                        .setStatusText("General problem"))
                .addTroubles(StorageTrouble.newBuilder()
                        .setKind("pool-unread")
                        .setText("Pool pool_2 answers with HTTP 500.")
                        .setSinceMs(START + 290_000)
                        .setPool("pool_2"))
                .addReleaseResults(ReleaseResult.newBuilder()
                        .setOrderId(12)
                        .setOutcome(ReleaseResult.Outcome.GONE)
                        .setDetail("mover 5 of pool_2 was not there any more")
                        .setDoneAtMs(START + 299_500))
                .addHosts(StorageHost.newBuilder()
                        .setAddress("192.0.2.7")
                        .setPort(22125)
                        .setRole(StorageHost.Role.DOOR)
                        .setName("dcap-door@doors"))
                .addHosts(StorageHost.newBuilder()
                        .setAddress("2001:db8:0:0:0:0:0:7")
                        .setRole(StorageHost.Role.POOL)
                        .setName("pool_2"))
                .setMayRelease(true)
                .build();
    }

    static StorageAnswer storageAnswer() {
        return StorageAnswer.newBuilder()
                .setAnsweredAtMs(START + 300_950)
                .setNextLookInMs(10_000)
                .addReleases(ReleaseOrder.newBuilder()
                        .setOrderId(13)
                        .setPool("pool_<b>1</b>")
                        .setMoverId(352_321_537)
                        .setSubmittedAtMs(START + 120_000)
                        .setExpiresAtMs(START + 360_000)
                        .setAuthor("admin")
                        .setReason("holds the last place of \"regular\""))
                .build();
    }

    /** The bytes of {@code golden/v1/NAME.hex}: white space and lines that begin with # are for people. */
    static byte[] bytes(String name) throws IOException {
        String file = "/golden/v1/" + name + ".hex";
        try (InputStream in = GoldenMessages.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is missing");
            }
            StringBuilder hex = new StringBuilder();
            new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> hex.append(line.strip()));
            return HexFormat.of().parseHex(hex);
        }
    }
}
