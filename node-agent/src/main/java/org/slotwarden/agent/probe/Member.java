package org.slotwarden.agent.probe;

import java.io.File;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.CounterLedger.Row;

/** One process of a job, as far as it was read. What could not be read is below zero or null. */
final class Member {

    private static final long WORD = 1L << 32;

    final int pid;
    final long startTicks;
    ProcessStat stat;
    boolean inThisSample = true;

    /** Files that stay open, where they may. */
    @Nullable
    KeptFile ioFile;

    @Nullable
    KeptFile statusFile;

    @Nullable
    KeptFile memoryFile;

    /** The table's own, and how often it was read when we were: while that stays the process has slept. */
    @Nullable
    SeenProcess seen;

    int reads;

    /** Made once: a path is some hundred bytes of garbage. */
    @Nullable
    File descriptors;

    /** It ended while it was read: what is missing is nothing that was hidden. */
    boolean gone;

    boolean ioKnown;
    long residentBytes = -1;
    long swapBytes = -1;
    int openFiles = -1;
    long openFileLimit = -1;
    /** Whether the counters of its threads are of now. */
    boolean threadsKnown;

    @Nullable
    String executable;

    /** Own ticks that are already counted for its executable. */
    long ticksCounted;

    long readBytesCounted;
    long writeBytesCounted;

    private final long[] raw = new long[CounterLedger.COUNTERS];
    private final long[] total = new long[CounterLedger.COUNTERS];

    Member(ProcessStat stat, @Nullable Row known) {
        this.pid = stat.pid();
        this.startTicks = stat.startTicks();
        this.stat = stat;
        if (known != null) {
            System.arraycopy(known.total(), 0, raw, 0, raw.length);
            System.arraycopy(known.total(), 0, total, 0, raw.length);
        }
    }

    /**
     * Takes a counter's new value. A counter of 32 bits begins again at 0; where another one falls (a
     * thread that ended took its share along) only what comes on top counts.
     */
    void count(int counter, long value) {
        long before = raw[counter];
        if (value >= before) {
            total[counter] += value - before;
        } else if (counter < CounterLedger.RUN_QUEUE_WAIT && before < WORD && before - value > WORD / 2) {
            total[counter] += value + WORD - before;
        }
        raw[counter] = value;
    }

    long total(int counter) {
        return total[counter];
    }

    /** Own counters and those of reaped children. */
    Row row() {
        long[] absorbed = total.clone();
        absorbed[CounterLedger.USER_TICKS] = stat.reapedUserTicks();
        absorbed[CounterLedger.SYSTEM_TICKS] = stat.reapedSystemTicks();
        absorbed[CounterLedger.MAJOR_FAULTS] = stat.reapedMajorFaults();
        absorbed[CounterLedger.RUN_QUEUE_WAIT] = 0;
        absorbed[CounterLedger.VOLUNTARY_SWITCHES] = 0;
        absorbed[CounterLedger.INVOLUNTARY_SWITCHES] = 0;
        return new Row(pid, startTicks, stat.parent(), total.clone(), absorbed);
    }

    /** Closes the files that stay open otherwise. */
    void close() {
        ioFile = closed(ioFile);
        statusFile = closed(statusFile);
        memoryFile = closed(memoryFile);
    }

    private static @Nullable KeptFile closed(@Nullable KeptFile file) {
        if (file != null) {
            file.close();
        }
        return null;
    }
}
