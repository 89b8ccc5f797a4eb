package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.JobSample.Membership;

/** A real namespace, in which one device sends and its other end receives. */
class JobNetworkTest {

    private static final String NAMESPACE = "ip link add d0 type veth peer name d1 && ip link set lo up"
            + " && ip link set d0 up && ip link set d1 up && ip addr add 10.9.9.1/24 dev d0"
            + " && ip neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev d0 nud permanent";

    @TempDir
    private Path folder;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final KernelUnits units = KernelUnits.read(proc);

    private static JobSample sample(JobNetwork network, ProcFiles proc, int pid) {
        JobSample.Builder sample = JobSample.newBuilder();
        ProcessStat stat = ProcessStat.read(proc, pid);
        network.into(sample, stat == null ? List.of() : List.of(new Member(stat, null)));
        return sample.build();
    }

    private static boolean namespacesCanBeMade() throws Exception {
        Process tried = new ProcessBuilder("unshare", "-n", "sh", "-c", NAMESPACE).start();
        tried.getErrorStream().readAllBytes();
        return tried.waitFor() == 0;
    }

    @Test
    void bytesAndPacketsOfAJobInANamespaceOfItsOwn() throws Exception {
        assertThat(namespacesCanBeMade())
                .as("root and veth devices, which this test needs")
                .isTrue();
        String send = "perl -MSocket -e 'sleep 1 until -e \"go\"; socket(S, PF_INET, SOCK_DGRAM, 0);"
                + " for (1 .. 1000) { send(S, \"x\" x 1000, 0, sockaddr_in(9, inet_aton(\"10.9.9.2\"))) }"
                + " for (1 .. 500) { send(S, \"x\" x 1000, 0, sockaddr_in(9, inet_aton(\"127.0.0.1\"))) }"
                + " open(F, \">\", \"sent\"); sleep 600'";
        try (Load load = Load.shell("cd " + folder + "; exec unshare -n sh -c '" + NAMESPACE + " && exec "
                + send.replace("'", "'\\''") + "'")) {
            JobNetwork network = new JobNetwork(proc);
            await().until(() -> Files.exists(Path.of("/proc/" + load.pid() + "/net/dev"))
                    && Files.readString(Path.of("/proc/" + load.pid() + "/net/dev"))
                            .contains("d0:"));
            JobSample before = await().until(() -> sample(network, proc, load.pid()), JobSample::hasNetTransmitBytes);
            Files.createFile(folder.resolve("go"));
            await().until(() -> Files.exists(folder.resolve("sent")));
            JobSample after = sample(network, proc, load.pid());
            assertThat(after.getNetworkSource()).isEqualTo(JobSample.NetworkSource.NAMESPACE);
            // With headers; some packets are the kernel's own (neighbour discovery). None is loopback's.
            assertThat(after.getNetTransmitPackets() - before.getNetTransmitPackets())
                    .isBetween(1000L, 1030L);
            assertThat(after.getNetTransmitBytes() - before.getNetTransmitBytes())
                    .isBetween(1_042_000L, 1_046_000L);
            assertThat(after.getNetReceivePackets() - before.getNetReceivePackets())
                    .isBetween(1000L, 1030L);
            assertThat(after.getNetReceiveBytes() - before.getNetReceiveBytes()).isBetween(1_042_000L, 1_046_000L);

            ByteBuffer saved = ByteBuffer.allocate(network.savedBytes());
            network.save(saved);
            JobNetwork next = new JobNetwork(proc);
            next.restore(saved.flip());
            assertThat(sample(next, proc, load.pid()).getNetTransmitBytes())
                    .as("goes on with the next process of the agent")
                    .isGreaterThanOrEqualTo(after.getNetTransmitBytes());
        }
    }

    @Test
    void whatIsSharedWithOthersIsNotTheJobs() throws Exception {
        try (Load load = Load.shell("sleep 600")) {
            JobProbe probe = new JobProbe(JobProbe.Shared.of(proc, units));
            ProcessTable table = ProcessTable.scan(proc);
            ProcessStat stat = table.get(load.pid());
            assertThat(stat).isNotNull();
            JobSample sample = probe.sample(1, table, List.of(stat), null, Membership.PROCESS_TREE, false);
            assertThat(sample.hasNetReceiveBytes()).isFalse();
            assertThat(sample.getNetworkSource()).isEqualTo(JobSample.NetworkSource.NETWORK_SOURCE_UNSPECIFIED);
        }
    }

    @Test
    void linesThatCannotBeUnderstoodMakeTheSumUnknown() {
        String good = "Inter-| x\n face | y\n    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n"
                + "  eth0: 100 2 0 0 0 0 0 0 30 4 0 0 0 0 0 0\neth0:1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";
        assertThat(sum(good)).containsExactly(101, 31, 3, 5);
        assertThat(sum("")).containsExactly(0, 0, 0, 0);
        assertThat(sum("eth0: 1 2 3\n")).isNull();
        assertThat(sum("eth0: x 2 0 0 0 0 0 0 30 4 0 0 0 0 0 0\n")).isNull();
        assertThat(sum("eth0: 1 2 0 0 0 0 0 0 99999999999999999999 4 0 0 0 0 0 0\n"))
                .isNull();
    }

    private static long @Nullable [] sum(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return JobNetwork.sum(bytes, bytes.length);
    }
}
