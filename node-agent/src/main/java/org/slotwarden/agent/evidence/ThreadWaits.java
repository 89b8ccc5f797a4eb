package org.slotwarden.agent.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.ThreadEvidence;

/**
 * Where a job's threads wait in the kernel: {@code wchan}, {@code syscall} and {@code stack} below
 * {@code /proc/PID/task/TID} (proc(5)). What the kernel keeps from us is left out; of stacks only root may know.
 */
final class ThreadWaits {

    /** What waits for storage is mostly what is looked for. */
    private static final String ORDER = "DRSTt";

    private static final int MOST_FOUND = 2_000;
    private static final int NAME_BYTES = 64;

    private final ProcFiles proc;
    private final long uid;
    private int found;

    /** @param uid the job's user: of a process with other rights nothing is told */
    ThreadWaits(ProcFiles proc, long uid) {
        this.proc = proc;
        this.uid = uid;
    }

    private record Thread(int pid, ProcessStat stat) {

        int rank() {
            int rank = ORDER.indexOf(stat.state());
            return rank < 0 ? ORDER.length() : rank;
        }
    }

    /** Those of these processes, at most {@link WireContract#MAX_EVIDENCE_THREADS}. */
    List<ThreadEvidence> look(List<ProcessEvidence> processes) {
        List<Thread> threads = new ArrayList<>();
        for (ProcessEvidence process : processes) {
            if (proc.belongsTo(process.getPid(), uid)) {
                add(process.getPid(), threads);
            }
        }
        found = threads.size();
        threads.sort(Comparator.comparingInt(Thread::rank));
        return threads.stream()
                .limit(WireContract.MAX_EVIDENCE_THREADS)
                .map(this::tell)
                .toList();
    }

    /** How many were found by the look, of which the most telling ones were told. */
    int found() {
        return found;
    }

    private void add(int pid, List<Thread> threads) {
        String[] names = proc.list(pid + "/task");
        if (names == null) {
            return;
        }
        for (String name : names) {
            ProcessStat stat = threads.size() < MOST_FOUND ? ProcessStat.read(proc, pid + "/task/" + name) : null;
            if (stat != null && !stat.ended()) {
                threads.add(new Thread(pid, stat));
            }
        }
    }

    private ThreadEvidence tell(Thread thread) {
        String folder = thread.pid + "/task/" + thread.stat.pid();
        ThreadEvidence.Builder told = ThreadEvidence.newBuilder()
                .setPid(thread.pid)
                .setTid(thread.stat.pid())
                .setName(BoundedName.cut(thread.stat.name(), NAME_BYTES))
                .setState(String.valueOf(thread.stat.state()));
        String channel = proc.text(folder + "/wchan");
        if (channel != null && !channel.isBlank() && !channel.strip().equals("0")) {
            told.setWaitChannel(BoundedName.cut(channel.strip(), WireContract.MAX_FUNCTION_BYTES));
        }
        Integer call = systemCall(proc.text(folder + "/syscall"));
        if (call != null) {
            told.setSystemCall(call);
        }
        return told.addAllStack(functions(proc.text(folder + "/stack"))).build();
    }

    /** The number before the arguments; null for "running", "-1 ..." (in no system call), or when it is kept from us. */
    static @Nullable Integer systemCall(@Nullable String text) {
        String first = text == null ? "" : text.split("\\s", 2)[0];
        return first.matches("[0-9]{1,5}") ? Integer.valueOf(first) : null;
    }

    /** Of lines like {@code [<0>] do_wait+0x60/0x100} the names. Addresses are nobody's business. */
    static List<String> functions(@Nullable String stack) {
        List<String> functions = new ArrayList<>();
        for (String line : stack == null ? new String[0] : stack.split("\n", -1)) {
            String name = line.replaceFirst("^\\[<[0-9a-f]*>] ?", "")
                    .replaceFirst("\\+0x.*$", "")
                    .strip();
            if (functions.size() < WireContract.MAX_STACK_FUNCTIONS && name.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
                functions.add(BoundedName.cut(name, WireContract.MAX_FUNCTION_BYTES));
            }
        }
        return functions;
    }
}
