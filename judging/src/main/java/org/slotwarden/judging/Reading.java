package org.slotwarden.judging;

/**
 * A slot, or a whole job, at one moment, with counters turned into rates since the sample before. What is not known is
 * {@code NaN}: all rates in the first sample and in the first after a gap, and the rate of a counter that fell.
 */
final class Reading {

    /** Seconds. */
    double time;
    /** Since the sample before; {@code NaN} when it is not connected with it. */
    double elapsed = Double.NaN;
    /** Whether all slots that the job should have are in it, with what it takes to tell work from silence. */
    boolean complete;

    double cores = Double.NaN;
    /** Since the job began. */
    double cpuSeconds = Double.NaN;
    /** Per second, by calls: sockets and pipes too. */
    double readChars = Double.NaN;

    double writtenChars = Double.NaN;
    /** Per second, from and to storage. */
    double stored = Double.NaN;

    double storageRead = Double.NaN;
    double written = Double.NaN;
    /** Calls per second. */
    double readCalls = Double.NaN;

    double writeCalls = Double.NaN;

    double received = Double.NaN;
    double sent = Double.NaN;
    double packets = Double.NaN;
    double memory = Double.NaN;
    double processes = Double.NaN;
    double zombies = Double.NaN;
    double threads = Double.NaN;
    double files = Double.NaN;
    double sockets = Double.NaN;
    double movers = Double.NaN;
    double blocked = Double.NaN;
    double diskUsed = Double.NaN;
    double diskFree = Double.NaN;
    double scratchUsed = Double.NaN;
    double scratchFree = Double.NaN;
    /** Threads that wait for a core, on average. */
    double starving = Double.NaN;

    double nodeBusy = Double.NaN;
    double progress = Double.NaN;
    double outputBytes = Double.NaN;
    /** Whether its output or its progress is other than in the sample before. */
    boolean moved;

    boolean movementKnown;

    /** Bytes per second read and written in any way that is known; {@code NaN} when none is. */
    double io() {
        return greater(sum(readChars, writtenChars), stored);
    }

    double network() {
        return sum(received, sent);
    }

    /** Whether silence could be told from work. */
    boolean telling() {
        return !Double.isNaN(cores) && (!Double.isNaN(io()) || !Double.isNaN(network()) || movementKnown);
    }

    /** Adds another slot of the same job. A figure that one of them does not know is that of the others. */
    void add(Reading slot) {
        complete &= slot.complete;
        cores = sum(cores, slot.cores);
        cpuSeconds = sum(cpuSeconds, slot.cpuSeconds);
        readChars = sum(readChars, slot.readChars);
        writtenChars = sum(writtenChars, slot.writtenChars);
        stored = sum(stored, slot.stored);
        storageRead = sum(storageRead, slot.storageRead);
        written = sum(written, slot.written);
        readCalls = sum(readCalls, slot.readCalls);
        writeCalls = sum(writeCalls, slot.writeCalls);
        received = sum(received, slot.received);
        sent = sum(sent, slot.sent);
        packets = sum(packets, slot.packets);
        memory = sum(memory, slot.memory);
        processes = sum(processes, slot.processes);
        zombies = sum(zombies, slot.zombies);
        threads = sum(threads, slot.threads);
        files = sum(files, slot.files);
        sockets = sum(sockets, slot.sockets);
        movers = sum(movers, slot.movers);
        blocked = sum(blocked, slot.blocked);
        starving = sum(starving, slot.starving);
        // One directory of the job, seen from several nodes, or one on each: the fullest tells.
        diskUsed = greater(diskUsed, slot.diskUsed);
        diskFree = lesser(diskFree, slot.diskFree);
        outputBytes = sum(outputBytes, slot.outputBytes);
        nodeBusy = greater(nodeBusy, slot.nodeBusy);
        progress = greater(progress, slot.progress);
        moved |= slot.moved;
        movementKnown |= slot.movementKnown;
    }

    /** Of what is known. */
    static double sum(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : a + b;
    }

    /** Of what is known. */
    private static double lesser(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
    }

    /** Of what is known. */
    static double greater(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
    }
}
