package org.slotwarden.agent.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.files.JobFiles;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.CostShare;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.OpenFileLimit;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.agent.slot.HandOver;
import org.slotwarden.agent.slot.JobProcesses;
import org.slotwarden.agent.slot.NodeProcesses;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;

/**
 * A process and all that comes of it, looked at as the agent looks at a slot of a batch system without
 * cgroups. There is one job only, and samples are close to each other, so what is dear may cost more than
 * on a node with many. Not thread-safe.
 */
final class RecordedJob implements AutoCloseable {

    /** Of one core: for the threads of processes that have many, for sockets, and for files. */
    private static final double SHARE = 0.01;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final ProcessTable table;
    private final JobProbe probe;
    private final JobProcesses processes;
    private final JobFiles files = new JobFiles(new JobFiles.Shared(proc, new SideWork(), new CostShare(SHARE)));
    private final JobPlaces places;
    private final ProcessStat first;
    private final int monitor;
    private final double age;
    private long readNanos;

    /**
     * @param pid of the first process
     * @param mark what the processes have in their environment, {@code NAME=VALUE}
     * @param disk directory whose size is measured
     * @throws IOException when there is no such process
     */
    RecordedJob(int pid, @Nullable String mark, @Nullable String disk) throws IOException {
        ProcessStat process = ProcessStat.read(proc, Integer.toString(pid));
        if (process == null || process.ended()) {
            throw new IOException("there is no process " + pid);
        }
        this.first = process;
        this.monitor = Math.toIntExact(ProcessHandle.current().pid());
        KernelUnits units = KernelUnits.read(proc);
        JobProbe.Shared shared = JobProbe.Shared.of(proc, units, new CostShare(SHARE), new CostShare(SHARE));
        this.table = new ProcessTable(proc, shared.kept());
        this.probe = new JobProbe(shared);
        String handOver = "job_pid=" + pid + "\0" + (mark == null ? "" : "environment_mark=" + mark + "\0");
        this.processes = new JobProcesses(
                proc,
                units,
                Path.of("/sys/fs/cgroup"),
                new NodeProcesses(proc, units),
                HandOver.parse(handOver.getBytes(StandardCharsets.UTF_8), Instant.now()),
                JobFacts.newBuilder().setBatchSystem("local").build(),
                "");
        long uid = ((Number) Objects.requireNonNull(Files.getAttribute(proc.path(Integer.toString(pid)), "unix:uid")))
                .longValue();
        this.places = new JobPlaces(uid, disk, null, proc.path(pid + "/fd/1").toString(), null);
        String uptime = proc.text("uptime");
        double up = uptime == null ? 0 : Double.parseDouble(uptime.split(" ", 2)[0]);
        this.age = Math.max(0, up - units.seconds(process.startTicks()));
    }

    /** Whether the first process is there. */
    boolean lives() {
        ProcessStat now = ProcessStat.read(proc, Integer.toString(first.pid()));
        return now != null && now.sameProcess(first) && !now.ended();
    }

    /** Age of the first process in seconds when this was made. */
    double age() {
        return age;
    }

    /** Its soft limit of open files; empty when there is none, or it cannot be read. */
    OptionalLong openFileLimit() {
        return OpenFileLimit.of(proc, first.pid());
    }

    /** The figures of all its processes; null when none lives. */
    @Nullable
    JobSample sample() {
        long timeMs = System.currentTimeMillis();
        table.refresh();
        readNanos = System.nanoTime();
        Collection<ProcessStat> members = processes.find(table, monitor);
        if (members.stream().allMatch(ProcessStat::ended)) {
            return null;
        }
        files.begin(places, first.pid(), timeMs);
        JobSample.Builder sample = probe.sample(timeMs, table, members, null, processes.membership(), true).toBuilder();
        files.into(sample);
        return sample.build();
    }

    /** When the CPU times of the last sample were read, by the clock of {@link System#nanoTime}. */
    long readNanos() {
        return readNanos;
    }

    @Override
    public void close() {
        probe.close();
        files.close();
    }
}
