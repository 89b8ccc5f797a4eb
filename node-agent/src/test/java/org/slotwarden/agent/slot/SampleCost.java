package org.slotwarden.agent.slot;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.slotwarden.agent.probe.CostShare;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.probe.StorageLook;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.StorageAddresses;

/**
 * What a round of samples costs, for {@code bench/agent-sample}: one slot for each process that is named,
 * with all its descendants. Looks at the node, finds each slot's processes, samples them, serialises.
 */
public final class SampleCost {

    private SampleCost() {}

    /**
     * {@code SAMPLES INTERVAL_MS PID...}; prints a row of a table in Markdown. System properties: {@code dear}, the
     * share of a core for looks at sockets and memory; {@code storage}, an address whose connections are looked for:
     * then the same samples are also taken without, in turn, and both costs are told on standard error.
     */
    public static void main(String[] arguments) throws Exception {
        int samples = Integer.parseInt(arguments[0]);
        long intervalMs = Long.parseLong(arguments[1]);
        ProcFiles proc = new ProcFiles(Path.of("/proc"));
        KernelUnits units = KernelUnits.read(proc);
        double dear = Double.parseDouble(System.getProperty("dear", "0.002"));
        JobProbe.Shared shared = JobProbe.Shared.of(proc, units, new CostShare(0.002), new CostShare(dear));
        String storage = System.getProperty("storage", "");
        if (!storage.isEmpty()) {
            shared.storage()
                    .learn(StorageAddresses.newBuilder()
                            .setVersion(1)
                            .addAddresses(storage)
                            .build());
        }
        ProcessTable table = new ProcessTable(proc, shared.kept());
        NodeProcesses all = new NodeProcesses(proc, units);
        List<JobProcesses> jobs = new ArrayList<>();
        List<JobProbe> probes = new ArrayList<>();
        List<JobProbe> without = new ArrayList<>();
        JobProbe.Shared plain = JobProbe.Shared.of(proc, units, new CostShare(0.002), new CostShare(dear));
        for (String pid : Arrays.asList(arguments).subList(2, arguments.length)) {
            byte[] handOver = ("job_pid=" + pid + "\0").getBytes(StandardCharsets.US_ASCII);
            jobs.add(new JobProcesses(
                    proc,
                    units,
                    Path.of("/sys/fs/cgroup"),
                    all,
                    HandOver.parse(handOver, Instant.now()),
                    JobFacts.getDefaultInstance(),
                    "node"));
            probes.add(new JobProbe(shared));
            without.add(new JobProbe(plain));
        }
        int monitor = (int) ProcessHandle.current().pid();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] withStorage = new long[samples];
        long[] withoutStorage = new long[samples];
        long[] thread = new long[samples];
        long[] looking = new long[samples];
        long[] finding = new long[samples];
        int processes = 0;
        long bytes = 0;
        int connections = 0;
        long begun = ticks(proc);
        // Strangers are read with every look for their first ten seconds.
        int warm = (int) Math.max(samples / 4, 12_000 / intervalMs);
        for (int i = -warm; i < samples; i++) {
            if (i == 0) {
                begun = ticks(proc);
            }
            long before = threads.getCurrentThreadCpuTime();
            table.refresh();
            long looked = threads.getCurrentThreadCpuTime();
            processes = 0;
            bytes = 0;
            long found = 0;
            long sampling = 0;
            long aside = 0;
            for (int job = 0; job < jobs.size(); job++) {
                long searching = threads.getCurrentThreadCpuTime();
                var members = jobs.get(job).find(table, monitor);
                found += threads.getCurrentThreadCpuTime() - searching;
                if (!storage.isEmpty() && i % 2 == 0) {
                    aside += cost(threads, without.get(job), table, members);
                }
                long begin = threads.getCurrentThreadCpuTime();
                JobSample sample = probes.get(job)
                        .sample(
                                System.currentTimeMillis(),
                                table,
                                members,
                                null,
                                JobSample.Membership.PROCESS_TREE,
                                true);
                sampling += threads.getCurrentThreadCpuTime() - begin;
                if (!storage.isEmpty() && i % 2 != 0) {
                    aside += cost(threads, without.get(job), table, members);
                }
                StorageLook look = probes.get(job).storageLook();
                connections = look == null ? connections : look.sockets().size() + look.leftOut();
                processes += sample.getProcesses();
                bytes += sample.toByteArray().length;
            }
            if (i >= 0) {
                thread[i] = threads.getCurrentThreadCpuTime() - before - aside;
                withStorage[i] = sampling;
                withoutStorage[i] = aside;
                looking[i] = looked - before;
                finding[i] = found;
            }
            Thread.sleep(intervalMs);
        }
        if (!storage.isEmpty()) {
            Arrays.sort(withStorage);
            Arrays.sort(withoutStorage);
            System.err.printf(
                    Locale.ROOT,
                    "%d connections to %s; CPU ms of the samples with them, and without: %.3f %.3f%n",
                    connections,
                    storage,
                    withStorage[samples / 2] / 1e6,
                    withoutStorage[samples / 2] / 1e6);
        }
        double whole = (ticks(proc) - begun) * 10.0 / samples;
        Arrays.sort(thread);
        Arrays.sort(looking);
        Arrays.sort(finding);
        System.out.printf(
                Locale.ROOT,
                "| %d | %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %d |%n",
                jobs.size(),
                processes,
                table.size(),
                thread[samples / 2] / 1e6,
                looking[samples / 2] / 1e6,
                finding[samples / 2] / 1e6,
                thread[samples * 9 / 10] / 1e6,
                whole,
                bytes);
    }

    private static long cost(
            ThreadMXBean threads, JobProbe probe, ProcessTable table, Collection<ProcessStat> members) {
        long begin = threads.getCurrentThreadCpuTime();
        probe.sample(System.currentTimeMillis(), table, members, null, JobSample.Membership.PROCESS_TREE, true);
        return threads.getCurrentThreadCpuTime() - begin;
    }

    private static long ticks(ProcFiles proc) {
        ProcessStat self = ProcessStat.read(proc, "self");
        return self == null ? 0 : self.userTicks() + self.systemTicks();
    }
}
