package org.slotwarden.agent.evidence;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.OpenFiles;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;

/**
 * The processes of a job while it is looked at: some numbers of each and no objects, as there may be twenty thousand
 * and an agent of one slot has a heap of 8 MB.
 */
final class Members {

    /** Descriptors are counted of so many. */
    private static final int MOST_COUNTED = 2_000;

    private static final int UNKNOWN = -1;
    private static final int ENDED = -2;

    private final int found;
    private final int[] pids;
    private final long[] startTicks;
    private final long[] cpuTicks;
    private final int[] openFiles;
    private int seen;

    /** @param most so many are looked at */
    Members(Collection<ProcessStat> members, int most) {
        found = members.size();
        ProcessStat[] byPid = members.stream().limit(most).toArray(ProcessStat[]::new);
        Arrays.sort(byPid, (one, other) -> Integer.compare(one.pid(), other.pid()));
        pids = new int[byPid.length];
        startTicks = new long[byPid.length];
        cpuTicks = new long[byPid.length];
        openFiles = new int[byPid.length];
        for (int i = 0; i < byPid.length; i++) {
            pids[i] = byPid[i].pid();
            startTicks[i] = byPid[i].startTicks();
        }
        Arrays.fill(cpuTicks, UNKNOWN);
        Arrays.fill(openFiles, ENDED);
    }

    /** How many the job has, looked at or not. */
    int found() {
        return found;
    }

    /** How many were there at both looks. */
    int seen() {
        return seen;
    }

    /** Takes the CPU times from which those of {@link #lookAgain} count. */
    void look(ProcFiles proc) {
        for (int i = 0; i < pids.length; i++) {
            ProcessStat now = read(proc, i);
            cpuTicks[i] = now == null ? UNKNOWN : ticks(now);
        }
    }

    /** Puts on the scales who is still there. */
    void lookAgain(ProcFiles proc, ProcessWeights weights) {
        OpenFiles files = new OpenFiles(proc);
        int counted = 0;
        for (int i = 0; i < pids.length; i++) {
            ProcessStat now = cpuTicks[i] == UNKNOWN ? null : read(proc, i);
            if (now != null) {
                seen++;
                if (!now.ended()) {
                    openFiles[i] = counted++ < MOST_COUNTED ? files.count(Integer.toString(pids[i])) : UNKNOWN;
                }
                weights.add(seen(i, now));
            }
        }
    }

    private SeenMember seen(int i, ProcessStat now) {
        return new SeenMember(now, Math.max(0, ticks(now) - cpuTicks[i]), Math.max(UNKNOWN, openFiles[i]));
    }

    /** One that was there at both looks; null when it is none of the job's, or has ended since. */
    @Nullable
    SeenMember member(ProcFiles proc, int pid) {
        int i = Arrays.binarySearch(pids, pid);
        ProcessStat now = i < 0 || cpuTicks[i] == UNKNOWN ? null : read(proc, i);
        return now == null ? null : seen(i, now);
    }

    /** Pids of those that live, with most open files first. */
    int[] byOpenFiles() {
        long[] order = new long[pids.length];
        int living = 0;
        for (int i = 0; i < pids.length; i++) {
            if (openFiles[i] != ENDED) {
                order[living++] = (long) -openFiles[i] << 32 | pids[i];
            }
        }
        Arrays.sort(order, 0, living);
        int[] ordered = new int[living];
        for (int i = 0; i < living; i++) {
            ordered[i] = (int) order[i];
        }
        return ordered;
    }

    private @Nullable ProcessStat read(ProcFiles proc, int i) {
        ProcessStat now = ProcessStat.read(proc, Integer.toString(pids[i]));
        return now != null && now.pid() == pids[i] && now.startTicks() == startTicks[i] ? now : null;
    }

    private static long ticks(ProcessStat process) {
        return process.userTicks() + process.systemTicks();
    }
}
