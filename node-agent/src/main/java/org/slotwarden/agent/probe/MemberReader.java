package org.slotwarden.agent.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of one process after the other. Of a process with one thread that was not given a core
 * since the last sample (its {@code schedstat} is as it was) only the memory can have changed, and no
 * more than that is read; every tenth sample reads all of it again, for the case that another process
 * shares its descriptors. Of a job with many processes swap and context switches are read in turn, each
 * process's with every fourth sample. Not thread-safe.
 */
final class MemberReader {

    private static final int TRUSTED_SAMPLES = 10;
    /** {@code status} costs as much as all the others: of many processes each is read in turn. */
    private static final int STATUS_TURNS = 4;

    private static final int FEW = 16;
    /** All files stay open between two samples when these are at most so far apart. */
    private static final long SOON_MS = 5_000;
    /** That which tells whether a process ran stays open also when they are so far apart. */
    private static final long LATER_MS = 60_000;

    private static final int LIMIT_SAMPLES = 100;
    private static final int NAME_BYTES = 64;

    private final ProcFiles proc;
    private final KernelUnits units;
    private final KeptFiles kept;
    private final OpenFiles openFiles;
    private boolean keepAll;
    private boolean keepSchedule;
    private int statusTurns = 1;
    private int sample;

    MemberReader(ProcFiles proc, KernelUnits units, KeptFiles kept) {
        this.proc = proc;
        this.units = units;
        this.kept = kept;
        this.openFiles = new OpenFiles(proc);
    }

    /**
     * @param everyMs time since the sample before, 0 when not known
     * @param processes how many will be read
     */
    void begin(long everyMs, int processes) {
        this.keepAll = everyMs > 0 && everyMs <= SOON_MS;
        this.keepSchedule = everyMs > 0 && everyMs <= LATER_MS;
        this.statusTurns = processes > FEW ? STATUS_TURNS : 1;
        sample++;
    }

    /** Reads a process whose {@code stat} is fresh. */
    void read(Member member, ProcessStat now) {
        boolean renamed = !now.name().equals(member.stat.name());
        boolean grown = now.residentPages() != member.stat.residentPages();
        member.stat = now;
        member.count(CounterLedger.USER_TICKS, now.userTicks() + now.reapedUserTicks());
        member.count(CounterLedger.SYSTEM_TICKS, now.systemTicks() + now.reapedSystemTicks());
        member.count(CounterLedger.MAJOR_FAULTS, now.majorFaults() + now.reapedMajorFaults());
        if (member.executable == null || renamed) {
            member.executable = executable(member.pid, now);
        }
        member.ran = hasRun(member, now);
        if (member.ran) {
            readIo(member);
            if (!now.ended()) {
                readResident(member);
                readOpenFiles(member);
                if (member.swapBytes < 0 || member.stat.threads() > 1 || (member.pid + sample) % statusTurns == 0) {
                    readStatus(member);
                }
            }
            member.samplesUnread = 0;
        } else {
            member.samplesUnread++;
            if (grown) {
                readResident(member);
            }
        }
        member.close(keepAll, keepSchedule);
    }

    private boolean hasRun(Member member, ProcessStat now) {
        ThreadSchedule before = member.schedule;
        if (now.ended() || now.threads() != 1) {
            member.schedule = null;
            member.threadsKnown = false;
            return true;
        }
        if (keepSchedule && member.scheduleFile == null) {
            member.scheduleFile = kept.open(proc, member.pid + "/schedstat");
        }
        ThreadSchedule schedule = text(member.scheduleFile, member.pid, "/schedstat")
                ? ThreadSchedule.parse(proc.bytes(), proc.length())
                : null;
        member.schedule = schedule;
        if (schedule != null) {
            member.count(CounterLedger.RUN_QUEUE_WAIT, schedule.waitNanos());
        }
        return schedule == null || !schedule.sameAs(before) || member.samplesUnread >= TRUSTED_SAMPLES;
    }

    private void readIo(Member member) {
        if (keepAll && member.ioFile == null) {
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

    private void readStatus(Member member) {
        if (keepAll && member.statusFile == null) {
            member.statusFile = kept.open(proc, member.pid + "/status");
        }
        if (!text(member.statusFile, member.pid, "/status")) {
            member.swapBytes = -1;
            member.threadsKnown = false;
            return;
        }
        ProcessStatus status = ProcessStatus.parse(proc.bytes(), proc.length());
        member.swapBytes = status.swapBytes();
        if (member.stat.threads() == 1) {
            member.threadsKnown =
                    member.schedule != null && status.voluntarySwitches() >= 0 && status.involuntarySwitches() >= 0;
            if (member.threadsKnown) {
                member.count(CounterLedger.VOLUNTARY_SWITCHES, status.voluntarySwitches());
                member.count(CounterLedger.INVOLUNTARY_SWITCHES, status.involuntarySwitches());
            }
        }
    }

    private void readResident(Member member) {
        member.residentBytes = -1;
        if (keepAll && member.memoryFile == null) {
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
        member.openFiles = openFiles.count(member.pid);
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
