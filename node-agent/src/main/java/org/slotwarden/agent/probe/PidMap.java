package org.slotwarden.agent.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Something about each of many processes, by pid: a map without an object per key. Not thread-safe. */
final class PidMap<V> {

    private static final int SMALLEST = 16;

    private int[] pids = new int[SMALLEST];
    private @Nullable Object[] values = new Object[SMALLEST];
    private int size;

    @Nullable
    V get(int pid) {
        return at(place(pid));
    }

    /** @param pid not 0, which the kernel gives to nobody */
    void put(int pid, V value) {
        int place = place(pid);
        if (values[place] == null && ++size * 2 > pids.length) {
            resize(pids.length * 2);
            place = place(pid);
        }
        pids[place] = pid;
        values[place] = value;
    }

    int size() {
        return size;
    }

    void forEach(Consumer<V> consumer) {
        for (int place = 0; place < values.length; place++) {
            V value = at(place);
            if (value != null) {
                consumer.accept(value);
            }
        }
    }

    List<V> values() {
        List<V> list = new ArrayList<>(size);
        forEach(list::add);
        return list;
    }

    void removeIf(Predicate<V> gone) {
        int left = 0;
        for (int place = 0; place < values.length; place++) {
            V value = at(place);
            if (value != null && gone.test(value)) {
                values[place] = null;
            } else if (value != null) {
                left++;
            }
        }
        if (left < size) {
            size = left;
            // Others may stand behind a hole; and a table of many strangers must shrink again.
            resize(Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, left)) * 4));
        }
    }

    private void resize(int length) {
        int[] oldPids = pids;
        @Nullable Object[] oldValues = values;
        pids = new int[length];
        values = new Object[length];
        for (int i = 0; i < oldPids.length; i++) {
            if (oldValues[i] != null) {
                int place = place(oldPids[i]);
                pids[place] = oldPids[i];
                values[place] = oldValues[i];
            }
        }
    }

    private int place(int pid) {
        int mask = pids.length - 1;
        int place = (pid * 0x9E3779B9 >>> 7) & mask;
        while (values[place] != null && pids[place] != pid) {
            place = (place + 1) & mask;
        }
        return place;
    }

    @SuppressWarnings("unchecked")
    private @Nullable V at(int place) {
        return (V) values[place];
    }
}
