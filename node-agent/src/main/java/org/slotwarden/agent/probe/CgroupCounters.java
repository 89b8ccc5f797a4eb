package org.slotwarden.agent.probe;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a job's cgroups have counted so far of operations and of processes killed for want of memory. Goes on
 * where a step's folder is removed, where the job's folder comes again, and where another process of the
 * agent takes over.
 */
final class CgroupCounters {

    /** Begins what {@link #save} writes: another form gets another number. */
    private static final int FORM = 0xC620_0001;

    /** Folders whose kills are remembered: a job may make cgroups without end. */
    private static final int MOST_FOLDERS = 1000;

    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private long reads;
    private long writes;
    private long kills;
    /** Of version 1, by a number for the folder's name; only those in which somebody was killed. */
    private final Map<Long, Long> killsByFolder = new HashMap<>();

    /** Takes what the cgroup says now; what is less than before is of a folder that is new. */
    void operations(long readNow, long writtenNow) {
        reads = Math.max(reads, readNow);
        writes = Math.max(writes, writtenNow);
    }

    /** Takes what a cgroup of version 2 says, which counts all below it. */
    void kills(long now) {
        kills = Math.max(kills, now);
    }

    /** Takes what one folder of version 1 says, which counts its own processes only. */
    void killsIn(Path folder, long now) {
        long key = number(folder.toString());
        long before = killsByFolder.getOrDefault(key, 0L);
        if (now > before && (before > 0 || killsByFolder.size() < MOST_FOLDERS)) {
            kills += now - before;
            killsByFolder.put(key, now);
        }
    }

    /** FNV-1a (draft-eastlake-fnv) of 64 bits: names may be long, and are saved with every sample. */
    private static long number(String name) {
        long hash = FNV_BASIS;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    long reads() {
        return reads;
    }

    long writes() {
        return writes;
    }

    long kills() {
        return kills;
    }

    int savedBytes() {
        return 2 * 4 + 3 * 8 + killsByFolder.size() * 2 * 8;
    }

    void save(ByteBuffer buffer) {
        buffer.putInt(FORM).putLong(reads).putLong(writes).putLong(kills).putInt(killsByFolder.size());
        killsByFolder.forEach((folder, count) -> buffer.putLong(folder).putLong(count));
    }

    /**
     * Takes what {@link #save} gave. Where there is nothing, or something of another form, nothing is taken:
     * earlier versions of the agent saved none of it.
     *
     * @throws java.nio.BufferUnderflowException when the bytes are not whole
     */
    void restore(ByteBuffer saved) {
        if (saved.remaining() < 4 || saved.getInt() != FORM) {
            return;
        }
        long savedReads = saved.getLong();
        long savedWrites = saved.getLong();
        long savedKills = saved.getLong();
        Map<Long, Long> folders = new HashMap<>();
        for (int i = saved.getInt(); i > 0; i--) {
            folders.put(saved.getLong(), saved.getLong());
        }
        reads = savedReads;
        writes = savedWrites;
        kills = savedKills;
        killsByFolder.putAll(folders);
    }
}
