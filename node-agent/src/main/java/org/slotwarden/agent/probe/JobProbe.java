package org.slotwarden.agent.probe;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.CounterLedger.Row;
import org.slotwarden.wire.v1.JobSample;

/**
 * Takes the figures of one job's processes together. What could not be read of one of them although it
 * still lives (another user's process, and we are not root) is absent from the sample as a whole: part of
 * a sum would be a wrong figure. What is dear is in some samples only ({@link DearLooks}). Not
 * thread-safe.
 */
public final class JobProbe implements AutoCloseable {

    /** What the probes of all jobs on a node share. */
    public record Shared(
            ProcFiles proc,
            KernelUnits units,
            KeptFiles kept,
            NodeSwap swap,
            CostShare threads,
            CostShare dear,
            SideWork side,
            SocketTables tables,
            StorageHosts storage) {

        /** Of one core, over all jobs: what may be spent on the threads of processes that have many. */
        private static final double THREADS = 0.002;
        /** The same on sockets and on the proportional set size. */
        private static final double DEAR = 0.002;
        /** The same on the tables that tell what sockets are. */
        private static final double TABLES = 0.001;

        public static Shared of(ProcFiles proc, KernelUnits units) {
            return of(proc, units, new CostShare(THREADS), new CostShare(DEAR), new CostShare(TABLES));
        }

        /** The same with other shares of a core for what is dear. */
        public static Shared of(ProcFiles proc, KernelUnits units, CostShare threads, CostShare dear) {
            return of(proc, units, threads, dear, dear);
        }

        private static Shared of(
                ProcFiles proc, KernelUnits units, CostShare threads, CostShare dear, CostShare tables) {
            return new Shared(
                    proc,
                    units,
                    KeptFiles.read(proc),
                    new NodeSwap(proc),
                    threads,
                    dear,
                    new SideWork(),
                    new SocketTables(tables),
                    new StorageHosts());
        }
    }

    private static final int MOST_THREADS = 2_000;

    private final ProcFiles proc;
    private final KernelUnits units;
    private final MemberReader reader;
    private final CostShare.Pace threadPace;
    private final DearLooks dear;
    private final PidMap<Member> members = new PidMap<>();
    private final CounterLedger ledger = new CounterLedger();
    private final Executables executables = new Executables();
    private final CgroupCounters cgroups = new CgroupCounters();
    private final JobNetwork network;
    private Map<Integer, Executables.Counted> counted = Map.of();
    private long lastMs;
    private boolean closed;

    public JobProbe(Shared shared) {
        this.proc = shared.proc;
        this.units = shared.units;
        this.reader = new MemberReader(shared);
        this.threadPace = shared.threads.pace();
        this.dear = new DearLooks(shared);
        this.network = new JobNetwork(proc);
    }

    /**
     * @param table looked at just now
     * @param found the job's processes
     * @param cgroup the job's cgroup, where it has one: it knows also of processes that lived and ended
     *     between two samples
     * @param membership how the processes were told from others
     * @param dearToo whether what is dear may be looked at for this sample
     */
    public JobSample sample(
            long timeMs,
            ProcessTable table,
            Collection<ProcessStat> found,
            @Nullable JobCgroup cgroup,
            JobSample.Membership membership,
            boolean dearToo) {
        JobSample.Builder sample = JobSample.newBuilder().setTimeMs(timeMs).setMembership(membership);
        long everyMs = lastMs == 0 ? 0 : Math.max(0, timeMs - lastMs);
        lastMs = timeMs;
        if (dearToo) {
            dear.begin(found);
        }
        List<Member> now = read(table, found, everyMs);
        JobTotals totals = new JobTotals();
        now.forEach(totals::add);
        totals.into(sample);
        boolean threadsKnown = totals.threadsKnown() || dearToo && lookAtThreads(now, totals.threads());

        Map<Integer, Row> rows = new HashMap<>();
        now.forEach(member -> rows.put(member.pid, member.row()));
        shares(now, sample);
        CgroupCpu cpu = cgroup == null ? null : cgroup.cpu();
        if (cpu != null) {
            ledger.raise(CounterLedger.USER_TICKS, units.ticks(cpu.userSeconds()));
            ledger.raise(CounterLedger.SYSTEM_TICKS, units.ticks(cpu.systemSeconds()));
        }
        counters(sample, ledger.update(rows), totals.ioKnown(), threadsKnown);
        if (cpu != null) {
            long seen = ledger.seen(CounterLedger.USER_TICKS) + ledger.seen(CounterLedger.SYSTEM_TICKS);
            sample.setCpuUnattributedSeconds(
                    Math.max(0, cpu.userSeconds() + cpu.systemSeconds() - units.seconds(seen)));
        }
        if (cgroup != null) {
            cgroup.into(sample, cgroups);
        }
        network.into(sample, now);
        if (dearToo) {
            dear.into(sample, now, totals);
        }
        members.removeIf(member -> {
            boolean left = !member.inThisSample;
            if (left) {
                member.close();
            }
            return left;
        });
        return sample.build();
    }

    private List<Member> read(ProcessTable table, Collection<ProcessStat> found, long everyMs) {
        members.forEach(member -> member.inThisSample = false);
        reader.begin(table.look(), everyMs, found.size());
        List<Member> now = new ArrayList<>(found.size());
        for (ProcessStat process : ProcessTable.parentsFirst(found)) {
            SeenProcess seen = table.follow(process, everyMs * 1_000_000);
            if (seen == null) {
                continue;
            }
            ProcessStat fresh = seen.stat();
            Member member = member(fresh);
            reader.read(member, seen);
            boolean hidden = !member.ioKnown
                    || !fresh.ended() && (member.residentBytes < 0 || member.swapBytes < 0 || member.openFiles < 0);
            member.gone = hidden && !livesStill(fresh);
            member.inThisSample = !(member.gone && isReaped(fresh));
            if (member.inThisSample) {
                now.add(member);
            } else {
                // Since the look: what its parent read and wrote may be read after it took this one's over.
                ledger.ended(member.row());
            }
        }
        counted = Map.of();
        return now;
    }

    private Member member(ProcessStat process) {
        Member known = members.get(process.pid());
        if (known != null && known.startTicks == process.startTicks()) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        Member member = new Member(process, ledger.last(process.pid(), process.startTicks()));
        Executables.Counted before = counted.get(process.pid());
        if (before != null) {
            before.into(member);
        }
        members.put(member.pid, member);
        return member;
    }

    private boolean livesStill(ProcessStat process) {
        ProcessStat now = ProcessStat.read(proc, process.pid());
        return proc.exhausted() || now != null && now.sameProcess(process) && !now.ended();
    }

    private boolean isReaped(ProcessStat process) {
        ProcessStat now = ProcessStat.read(proc, process.pid());
        return !proc.exhausted() && (now == null || !now.sameProcess(process));
    }

    private boolean lookAtThreads(List<Member> now, long threads) {
        long begin = System.nanoTime();
        if (threads > MOST_THREADS || !threadPace.due(begin)) {
            return false;
        }
        boolean known = true;
        for (Member member : now) {
            if (member.stat.threads() > 1 && !member.stat.ended()) {
                known &= ThreadLook.take(proc, member) || member.gone || !livesStill(member.stat);
            } else {
                known &= member.threadsKnown || member.stat.ended() || member.gone;
            }
        }
        long end = System.nanoTime();
        threadPace.took(end, end - begin);
        return known;
    }

    private void shares(List<Member> now, JobSample.Builder sample) {
        executables.begin();
        Map<Integer, long[]> endedBelow = new HashMap<>();
        members.forEach(member -> {
            if (!member.inThisSample) {
                long[] moved = endedBelow.computeIfAbsent(member.stat.parent(), pid -> new long[2]);
                moved[0] += member.total(CounterLedger.READ_BYTES);
                moved[1] += member.total(CounterLedger.WRITE_BYTES);
            }
        });
        long[] nothing = new long[2];
        for (Member member : now) {
            executables.add(member, endedBelow.getOrDefault(member.pid, nothing));
        }
        sample.addAllExecutables(executables.most(units));
    }

    private void counters(JobSample.Builder sample, long[] counter, boolean ioKnown, boolean threadsKnown) {
        sample.setCpuUserSeconds(units.seconds(counter[CounterLedger.USER_TICKS]))
                .setCpuSystemSeconds(units.seconds(counter[CounterLedger.SYSTEM_TICKS]))
                .setMajorFaults(counter[CounterLedger.MAJOR_FAULTS]);
        if (ioKnown) {
            sample.setReadBytes(counter[CounterLedger.READ_BYTES])
                    .setWriteBytes(counter[CounterLedger.WRITE_BYTES])
                    .setReadChars(counter[CounterLedger.READ_CHARS])
                    .setWriteChars(counter[CounterLedger.WRITE_CHARS])
                    .setReadCalls(counter[CounterLedger.READ_CALLS])
                    .setWriteCalls(counter[CounterLedger.WRITE_CALLS]);
        }
        if (threadsKnown) {
            sample.setRunQueueWaitSeconds(counter[CounterLedger.RUN_QUEUE_WAIT] / 1e9)
                    .setVoluntaryContextSwitches(counter[CounterLedger.VOLUNTARY_SWITCHES])
                    .setInvoluntaryContextSwitches(counter[CounterLedger.INVOLUNTARY_SWITCHES]);
        }
    }

    /** What the next process of the agent needs so that counters go on. */
    public ByteBuffer saveCounters() {
        ByteBuffer buffer = ByteBuffer.allocate(ledger.savedBytes()
                + executables.savedBytes(members.size())
                + cgroups.savedBytes()
                + network.savedBytes());
        ledger.save(buffer);
        executables.save(members, buffer);
        cgroups.save(buffer);
        network.save(buffer);
        return buffer.flip();
    }

    /** @throws BufferUnderflowException when the bytes are not what {@link #saveCounters} gave */
    public void restoreCounters(ByteBuffer saved) {
        ledger.restore(saved);
        counted = executables.restore(saved);
        cgroups.restore(saved);
        network.restore(saved);
    }

    /**
     * The job's sockets to hosts of the site's storage, as they were found for one of the samples since this was
     * asked last; null when none of them looked.
     */
    public @Nullable StorageLook storageLook() {
        return dear.storageLook();
    }

    /** Start time by pid of the processes that the last sample was taken of. */
    public Map<Integer, Long> processes() {
        return ledger.processes();
    }

    /** Closes what was kept open: no more samples of this job. */
    @Override
    public void close() {
        members.forEach(Member::close);
        if (closed) {
            return;
        }
        closed = true;
        threadPace.close();
        dear.close();
    }
}
