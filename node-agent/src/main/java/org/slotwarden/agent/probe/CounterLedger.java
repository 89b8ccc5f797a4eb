package org.slotwarden.agent.probe;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sums counters over the processes of a job, those that have ended included, so that a sum never falls
 * and nothing counts twice.
 *
 * <p>The rule. A process's row holds its own counters plus those of children it has waited for (the
 * kernel adds a child's CPU time and I/O to the parent that waits, and so do all the tools). When a
 * process is gone, its last row is either inside the growth of its nearest ancestor that still lives, or
 * nobody waited for it within the job (init or the batch system's daemon did, or the parent ignores
 * SIGCHLD). So from the rows of all processes that ended below one living ancestor, that ancestor's
 * growth is taken off, and only the rest is kept as the ended processes' share. What a process consumed
 * between the last sample and its end is known only through a parent that waited.
 */
final class CounterLedger {

    static final int USER_TICKS = 0;
    static final int SYSTEM_TICKS = 1;
    static final int READ_BYTES = 2;
    static final int WRITE_BYTES = 3;
    static final int READ_CHARS = 4;
    static final int WRITE_CHARS = 5;
    static final int READ_CALLS = 6;
    static final int WRITE_CALLS = 7;
    static final int MAJOR_FAULTS = 8;
    /** Nanoseconds in which a thread waited for a core. This and the next two go to no parent. */
    static final int RUN_QUEUE_WAIT = 9;

    static final int VOLUNTARY_SWITCHES = 10;
    static final int INVOLUNTARY_SWITCHES = 11;
    static final int COUNTERS = 12;

    /** What files of the first version of the agent hold, which begin with the number of rows. */
    private static final int FIRST_COUNTERS = 6;

    private static final int SECOND_FORM = -2;
    private static final int MOST_ROWS = 1 << 20;

    /**
     * @param total own counters and those of reaped children
     * @param absorbed the part of {@code total} into which a reaped child's counters go
     */
    record Row(int pid, long startTicks, int parent, long[] total, long[] absorbed) {

        boolean sameProcess(@Nullable Row other) {
            return other != null && pid == other.pid && startTicks == other.startTicks;
        }
    }

    private Map<Integer, Row> rows = new HashMap<>();
    private final long[] ended = new long[COUNTERS];
    /** By the ancestor that did not account for it: what the last update kept of processes that had ended. */
    private final Map<Integer, long[]> keptLately = new HashMap<>();

    private final long[] reported = new long[COUNTERS];

    /** Takes the rows of all processes that live now and returns the job's counters. */
    long[] update(Map<Integer, Row> now) {
        settle(now);
        long[] sums = ended.clone();
        now.values().forEach(row -> add(sums, row.total));
        for (int i = 0; i < COUNTERS; i++) {
            reported[i] = Math.max(reported[i], sums[i]);
        }
        rows = now;
        return reported.clone();
    }

    /** A better source knows of at least so much. */
    void raise(int counter, long value) {
        reported[counter] = Math.max(reported[counter], value);
    }

    /** The last that is known of a process which the next update will not hold, later than the last update. */
    void ended(Row last) {
        Row before = rows.get(last.pid);
        if (before == null || before.sameProcess(last)) { // else there is still an earlier one of that pid to settle
            rows.put(last.pid, last);
        }
    }

    private void settle(Map<Integer, Row> now) {
        Map<Row, long[]> endedBelow = new HashMap<>();
        Map<Row, long[]> late = new HashMap<>();
        for (Row row : rows.values()) {
            boolean lives = row.sameProcess(now.get(row.pid));
            Row ancestor = lives ? row : livingAncestor(row, now);
            long[] owed = keptLately.get(row.pid);
            if (owed != null && ancestor != null) {
                add(late.computeIfAbsent(ancestor, a -> new long[COUNTERS]), owed);
            }
            if (!lives) {
                add(
                        ancestor == null ? ended : endedBelow.computeIfAbsent(ancestor, a -> new long[COUNTERS]),
                        row.total);
            }
        }
        keptLately.clear();
        for (Row before : rows.values()) {
            long[] below = endedBelow.get(before);
            long[] owed = late.get(before);
            if (below != null || owed != null) {
                settleBelow(before, Objects.requireNonNull(now.get(before.pid)).absorbed, below, owed);
            }
        }
    }

    /**
     * @param below rows of processes that ended since the last update; null: none
     * @param owed what was kept of such processes in the last update; null: nothing
     */
    private void settleBelow(Row before, long[] after, long @Nullable [] below, long @Nullable [] owed) {
        long[] surplus = new long[COUNTERS];
        long[] kept = new long[COUNTERS];
        for (int i = 0; i < COUNTERS; i++) {
            long sum = below == null ? 0 : below[i];
            long growth = after[i] - before.absorbed[i];
            surplus[i] = Math.max(0, growth - sum);
            kept[i] = Math.max(0, sum - growth);
            ended[i] += kept[i];
        }
        if (below != null) {
            keptLately.put(before.pid, kept);
        }
        if (owed != null && wasOnlyLate(owed, surplus)) {
            for (int i = 0; i < COUNTERS; i++) {
                ended[i] -= Math.min(owed[i], surplus[i]);
            }
        }
    }

    /**
     * The parent's file was read before it waited, the child's after: then the child was kept, and the
     * parent has it now. CPU time tells: what a parent takes over of it stands apart from its own.
     */
    private static boolean wasOnlyLate(long[] owed, long[] surplus) {
        long cpu = owed[USER_TICKS] + owed[SYSTEM_TICKS];
        return cpu > 0 && surplus[USER_TICKS] >= owed[USER_TICKS] && surplus[SYSTEM_TICKS] >= owed[SYSTEM_TICKS];
    }

    /** The row, as of the last sample, of the nearest ancestor that still lives. */
    private @Nullable Row livingAncestor(Row row, Map<Integer, Row> now) {
        Row at = rows.get(row.parent);
        for (int depth = 0; at != null && depth < rows.size(); depth++) {
            if (at.sameProcess(now.get(at.pid))) {
                return at;
            }
            at = rows.get(at.parent);
        }
        return null;
    }

    private static void add(long[] sums, long[] row) {
        for (int i = 0; i < COUNTERS; i++) {
            sums[i] += row[i];
        }
    }

    /** Start time by pid of the processes in the last update. */
    Map<Integer, Long> processes() {
        Map<Integer, Long> processes = new HashMap<>();
        rows.values().forEach(row -> processes.put(row.pid, row.startTicks));
        return processes;
    }

    /** What was known of a process at the last update; null when it was not there. */
    @Nullable
    Row last(int pid, long startTicks) {
        Row row = rows.get(pid);
        return row != null && row.startTicks == startTicks ? row : null;
    }

    /** What the processes consumed as far as they were seen, whatever {@link #raise} said. */
    long seen(int counter) {
        return ended[counter]
                + rows.values().stream().mapToLong(row -> row.total[counter]).sum();
    }

    int savedBytes() {
        return 3 * 4 + 2 * COUNTERS * 8 + rows.size() * (16 + 2 * COUNTERS * 8);
    }

    /** Everything that another process needs to go on counting; {@link #restore} takes it. */
    void save(ByteBuffer buffer) {
        buffer.putInt(SECOND_FORM).putInt(COUNTERS).putInt(rows.size());
        put(buffer, ended);
        put(buffer, reported);
        for (Row row : rows.values()) {
            buffer.putInt(row.pid).putLong(row.startTicks).putInt(row.parent);
            put(buffer, row.total);
            put(buffer, row.absorbed);
        }
    }

    /** @throws BufferUnderflowException when the bytes are not whole, or not what {@link #save} wrote */
    void restore(ByteBuffer buffer) {
        int form = buffer.getInt();
        int counters = form == SECOND_FORM ? buffer.getInt() : FIRST_COUNTERS;
        int count = form == SECOND_FORM ? buffer.getInt() : form;
        if (counters < 0 || counters > COUNTERS || count < 0 || count > MOST_ROWS) {
            throw new BufferUnderflowException();
        }
        long[] restoredEnded = take(buffer, counters);
        long[] restoredReported = take(buffer, counters);
        Map<Integer, Row> restored = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Row row = new Row(
                    buffer.getInt(), buffer.getLong(), buffer.getInt(), take(buffer, counters), take(buffer, counters));
            restored.put(row.pid, row);
        }
        System.arraycopy(restoredEnded, 0, ended, 0, COUNTERS);
        System.arraycopy(restoredReported, 0, reported, 0, COUNTERS);
        rows = restored;
    }

    private static void put(ByteBuffer buffer, long[] values) {
        for (long value : values) {
            buffer.putLong(value);
        }
    }

    private static long[] take(ByteBuffer buffer, int counters) {
        long[] values = new long[COUNTERS];
        for (int i = 0; i < counters; i++) {
            values[i] = buffer.getLong();
        }
        return values;
    }
}
