package org.slotwarden.agent.probe;

import org.slotwarden.wire.v1.JobSample;

/** Sums over a job's processes at one moment. A sum is not known when one of its parts is not. */
final class JobTotals {

    private int processes;
    private int threads;
    private int uninterruptible;
    private int zombies;
    private long residentBytes;
    private long swapBytes;
    private long openFiles;
    private boolean residentKnown = true;
    private boolean swapKnown = true;
    private boolean filesKnown = true;
    private boolean ioKnown = true;
    private boolean threadsKnown = true;
    private int fullest;
    private long fullestLimit = -1;

    void add(Member member) {
        ProcessStat stat = member.stat;
        ioKnown &= member.ioKnown || member.gone;
        if (stat.ended()) {
            zombies += stat.state() == 'Z' ? 1 : 0;
            return;
        }
        processes++;
        threads += stat.threads();
        uninterruptible += stat.state() == 'D' ? 1 : 0;
        threadsKnown &= member.threadsKnown || member.gone;
        residentKnown &= member.residentBytes >= 0 || member.gone;
        residentBytes += Math.max(0, member.residentBytes);
        swapKnown &= member.swapBytes >= 0 || member.gone;
        swapBytes += Math.max(0, member.swapBytes);
        filesKnown &= member.openFiles >= 0 || member.gone;
        openFiles += Math.max(0, member.openFiles);
        boolean fuller = fullestLimit < 0 || member.openFiles * fullestLimit > fullest * member.openFileLimit;
        if (member.openFiles >= 0 && member.openFileLimit > 0 && fuller) {
            fullest = member.openFiles;
            fullestLimit = member.openFileLimit;
        }
    }

    void into(JobSample.Builder sample) {
        sample.setProcesses(processes)
                .setThreads(threads)
                .setUninterruptibleProcesses(uninterruptible)
                .setZombies(zombies);
        if (residentKnown) {
            sample.setMemoryRssBytes(residentBytes);
        }
        if (swapKnown) {
            sample.setSwapBytes(swapBytes);
        }
        if (filesKnown) {
            sample.setOpenFiles((int) Math.min(openFiles, Integer.MAX_VALUE));
        }
        // Without a limit (RLIM_INFINITY) nothing can become full.
        if (fullestLimit > 0 && fullestLimit < Integer.MAX_VALUE) {
            sample.setFullestOpenFiles(fullest).setFullestOpenFilesLimit((int) fullestLimit);
        }
    }

    boolean ioKnown() {
        return ioKnown;
    }

    boolean threadsKnown() {
        return threadsKnown;
    }

    long threads() {
        return threads;
    }

    long residentBytes() {
        return residentBytes;
    }

    long openFiles() {
        return openFiles;
    }
}
