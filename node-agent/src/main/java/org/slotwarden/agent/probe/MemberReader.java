package org.slotwarden.agent.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of one process after the other. Of a process that slept since the last sample (the
 * {@link ProcessTable} knows) only the memory can have changed, and no more than that is read. Context
 * switches are read in turn, each process's with every fourth sample (every eighth where samples are taken
 * often, with every one where both are few); so is what it has in swap, as long as the node has anything
 * there. Not thread-safe.
 */
final class MemberReader {

    /** {@code status} costs as much as all the others: processes are read in turn, where they are many... */
    private static final int STATUS_TURNS = 4;

    /** ... or samples are taken often. */
    private static final int STATUS_TURNS_SOON = 8;

    private static final int FEW = 16;
    /** Files stay open between two samples when these are at most so far apart. */
    private static final long SOON_MS = 5_000;

    private static final int LIMIT_SAMPLES = 100;
    private static final int NAME_BYTES = 64;
    private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");

    private final ProcFiles proc;
    private final KernelUnits units;
    private final KeptFiles kept;
    private final NodeSwap swap;
    private final OpenFiles openFiles;
    private final boolean startHoldsIo;
    private boolean keep;
    private boolean swapInUse;
    private int statusTurns = 1;
    private int sample;

    MemberReader(JobProbe.Shared shared) {
        this.proc = shared.proc();
        this.units = shared.units();
        this.kept = shared.kept();
        this.swap = shared.swap();
        this.openFiles = new OpenFiles(proc);
        String release = proc.text("sys/kernel/osrelease");
        this.startHoldsIo = release != null && startHoldsIo(release);
    }

    /**
     * Before Linux 5.8 ({@code exec_update_lock}) reading {@code io} waits for a program that is being started,
     * which may hang in a dead mount for ever.
     */
    private static boolean startHoldsIo(String release) {
        Matcher version = VERSION.matcher(release);
        if (!version.lookingAt()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        return major < 5 || major == 5 && Integer.parseInt(version.group(2)) < 8;
    }

    /**
     * @param everyMs time since the sample before, 0 when not known
     * @param processes how many will be read
     */
    void begin(int look, long everyMs, int processes) {
        this.keep = everyMs > 0 && everyMs <= SOON_MS;
        this.statusTurns = keep ? STATUS_TURNS_SOON : processes > FEW ? STATUS_TURNS : 1;
        this.swapInUse = swap.inUse(look);
        sample++;
    }

    /** Reads a process that the table has just read. */
    void read(Member member, SeenProcess seen) {
        boolean slept = member.seen == seen && member.reads == seen.reads();
        member.seen = seen;
        member.reads = seen.reads();
        if (slept) {
            readResident(member);
        } else {
            readAll(member, seen.stat());
        }
        ThreadSchedule schedule = seen.schedule();
        if (schedule != null) {
            member.count(CounterLedger.RUN_QUEUE_WAIT, schedule.waitNanos());
        } else {
            member.threadsKnown = false;
        }
        if (!member.stat.ended()) {
            readStatusInTurn(member, schedule != null, slept);
        }
        if (!keep) {
            member.close();
        }
    }

    private void readAll(Member member, ProcessStat now) {
        boolean renamed = !now.name().equals(member.stat.name());
        member.stat = now;
        member.count(CounterLedger.USER_TICKS, now.userTicks() + now.reapedUserTicks());
        member.count(CounterLedger.SYSTEM_TICKS, now.systemTicks() + now.reapedSystemTicks());
        member.count(CounterLedger.MAJOR_FAULTS, now.majorFaults() + now.reapedMajorFaults());
        if (member.executable == null || renamed) {
            member.executable = executable(member.pid, now);
        }
        readIo(member);
        if (!now.ended()) {
            readResident(member);
            readOpenFiles(member);
        }
    }

    private void readStatusInTurn(Member member, boolean oneThread, boolean slept) {
        boolean turn = (member.pid + sample) % statusTurns == 0;
        boolean forSwap = swapInUse && (member.swapBytes < 0 || turn);
        boolean forSwitches = oneThread && !slept && (turn || !member.threadsKnown);
        if (forSwap || forSwitches) {
            readStatus(member, oneThread);
        }
        if (!swapInUse) {
            member.swapBytes = 0;
        }
    }

    private void readIo(Member member) {
        if (startHoldsIo && member.stat.state() == 'D') {
            return; // what was read before counts on
        }
        if (keep && member.ioFile == null) {
            member.ioFile = kept.open(proc, member.pid + "/io");
        }
        ProcessIo io = text(member.ioFile, member.pid, "/io") ? ProcessIo.parse(proc.bytes(), proc.length()) : null;
        member.ioKnown = io != null;
        if (io != null) {
            member.count(CounterLedger.READ_BYTES, io.readBytes());
            member.count(CounterLedger.WRITE_BYTES, io.writeBytes());
            member.count(CounterLedger.READ_CHARS, io.readChars());
            member.count(CounterLedger.WRITE_CHARS, io.writeChars());
            member.count(CounterLedger.READ_CALLS, io.readCalls());
            member.count(CounterLedger.WRITE_CALLS, io.writeCalls());
        }
    }

    private void readStatus(Member member, boolean oneThread) {
        if (keep && member.statusFile == null) {
            member.statusFile = kept.open(proc, member.pid + "/status");
        }
        if (!text(member.statusFile, member.pid, "/status")) {
            member.swapBytes = -1;
            member.threadsKnown = false;
            return;
        }
        ProcessStatus status = ProcessStatus.parse(proc.bytes(), proc.length());
        member.swapBytes = status.swapBytes();
        member.threadsKnown = oneThread && status.voluntarySwitches() >= 0 && status.involuntarySwitches() >= 0;
        if (member.threadsKnown) {
            member.count(CounterLedger.VOLUNTARY_SWITCHES, status.voluntarySwitches());
            member.count(CounterLedger.INVOLUNTARY_SWITCHES, status.involuntarySwitches());
        }
    }

    private void readResident(Member member) {
        member.residentBytes = -1;
        if (keep && member.memoryFile == null) {
            member.memoryFile = kept.open(proc, member.pid + "/statm");
        }
        if (text(member.memoryFile, member.pid, "/statm")) {
            int second = 0;
            while (second < proc.length() && proc.bytes()[second] != ' ') {
                second++;
            }
            long pages = ProcText.unsigned(proc.bytes(), proc.length(), second + 1);
            member.residentBytes = pages < 0 ? -1 : pages * units.pageBytes();
        }
    }

    private void readOpenFiles(Member member) {
        if (member.descriptors == null) {
            member.descriptors = openFiles.folder(Integer.toString(member.pid));
        }
        member.openFiles = openFiles.count(member.descriptors);
        if (member.openFileLimit < 0 || (member.pid + sample) % LIMIT_SAMPLES == 0) {
            member.openFileLimit =
                    proc.read(member.pid + "/limits") ? OpenFileLimit.parse(proc.bytes(), proc.length()) : -1;
        }
    }

    private boolean text(@Nullable KeptFile file, int pid, String name) {
        // Where the open one gives nothing the process is gone, or has become another user's by setuid.
        return file == null ? proc.read(pid + name) : file.read(proc);
    }

    /** Base name of the file that the process executes; the name that it gave itself where that is hidden. */
    private String executable(int pid, ProcessStat stat) {
        String name = stat.name();
        try {
            Path file = Files.readSymbolicLink(proc.path(pid + "/exe")).getFileName();
            if (file != null) {
                name = file.toString();
            }
        } catch (IOException e) {
            // A thread of the kernel, a process that ends, or another user's.
        }
        if (name.endsWith(" (deleted)")) {
            name = name.substring(0, name.length() - " (deleted)".length());
        }
        return BoundedName.cut(name, NAME_BYTES);
    }
}
