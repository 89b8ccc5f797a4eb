package org.slotwarden.agent.probe;

import org.jspecify.annotations.Nullable;

/** A process as the {@link ProcessTable} saw it last. */
final class SeenProcess {

    /** So long a process may become another program, and go to another parent or session. */
    private static final long YOUNG_NANOS = 10_000_000_000L;

    private static final long OLD_NANOS = 60_000_000_000L;

    ProcessStat stat;
    long folderMs;
    private final long firstNanos;
    long readNanos;
    int look;
    int readInLook;

    /** Files that stay open, where they may. */
    @Nullable
    KeptFile statFile;

    @Nullable
    KeptFile scheduleFile;

    /** As it was just before {@code stat} was read: while it stays the same the process has done nothing. */
    @Nullable
    ThreadSchedule schedule;

    private int reads = 1;
    private int unread;
    private long followedNanos;
    /** Time between two samples of its job; 0: nobody's, as far as we know. */
    private long everyNanos;

    SeenProcess(ProcessStat stat, long folderMs, long now, int look) {
        this.stat = stat;
        this.folderMs = folderMs;
        this.firstNanos = now;
        this.readNanos = now;
        this.readInLook = look;
    }

    ProcessStat stat() {
        return stat;
    }

    /** How often {@code stat} was read: as long as that stays, the process has slept. */
    int reads() {
        return reads;
    }

    /** How the scheduler treated the process's only thread; null when it has several, or that is not told. */
    @Nullable
    ThreadSchedule schedule() {
        return stat.threads() == 1 && !stat.ended() ? schedule : null;
    }

    boolean isFollowed() {
        return everyNanos > 0;
    }

    /** True when it was nobody's, as far as we knew. */
    boolean follow(long now, long every) {
        boolean first = everyNanos == 0;
        followedNanos = now;
        everyNanos = Math.max(1, every);
        return first;
    }

    /** There is no such process any more. */
    void gone() {
        everyNanos = 0;
        forgetFiles();
    }

    /** Whether it should be read with this look. */
    boolean isDue(long now) {
        if (everyNanos > 0 && now - followedNanos > 3 * everyNanos + OLD_NANOS) {
            // Its job's slot has ended: a stranger again.
            everyNanos = 0;
            forgetFiles();
        }
        if (everyNanos > 0) {
            return now - readNanos > everyNanos / 2;
        }
        return now - firstNanos < YOUNG_NANOS || now - readNanos > OLD_NANOS;
    }

    /** It slept: what {@code stat} would say is known. */
    void slept(long now, int inLook) {
        unread++;
        readNanos = now;
        readInLook = inLook;
    }

    void read(ProcessStat fresh, long now, int inLook) {
        if (!fresh.sameProcess(stat)) {
            gone();
            schedule = null;
        }
        stat = fresh;
        reads++;
        unread = 0;
        readNanos = now;
        readInLook = inLook;
    }

    /** For how many looks in a row it has slept. */
    int unread() {
        return unread;
    }

    /** It has one thread, of which nothing is known. */
    boolean lacksSchedule() {
        return schedule == null && stat.threads() == 1 && !stat.ended();
    }

    void forgetFiles() {
        statFile = closed(statFile);
        scheduleFile = closed(scheduleFile);
    }

    private static @Nullable KeptFile closed(@Nullable KeptFile file) {
        if (file != null) {
            file.close();
        }
        return null;
    }
}
