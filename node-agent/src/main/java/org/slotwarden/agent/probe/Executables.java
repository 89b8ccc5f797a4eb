package org.slotwarden.agent.probe;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slotwarden.wire.v1.ExecutableShare;

/**
 * What each executable of a job consumed, processes that have ended included as far as they were seen.
 * CPU time is each process's own. Bytes that a child moved come to its parent as well once it was waited
 * for: what ended children had moved is taken off there.
 */
final class Executables {

    private static final int NAMED = 5;
    /** More names than this are not kept apart: a job may run a thousand programs. */
    private static final int MOST_NAMES = 200;

    private static final int NAME_BYTES = 64;

    private final Map<String, Share> shares = new HashMap<>();

    private static final class Share {
        private long ticks;
        private long readBytes;
        private long writeBytes;
        private long newTicks;
        private int processes;
        private int threads;
        private long residentBytes;
        private boolean residentKnown = true;
        private boolean ioKnown = true;
    }

    /** Begins a sample. */
    void begin() {
        for (Share share : shares.values()) {
            share.newTicks = 0;
            share.processes = 0;
            share.threads = 0;
            share.residentBytes = 0;
            share.residentKnown = true;
        }
    }

    /** @param endedBelow bytes read and written by children that were there before and are gone now */
    void add(Member member, long[] endedBelow) {
        Share share = share(String.valueOf(member.executable));
        long ticks = Math.max(member.ticksCounted, member.stat.userTicks() + member.stat.systemTicks());
        share.newTicks += ticks - member.ticksCounted;
        share.ticks += ticks - member.ticksCounted;
        member.ticksCounted = ticks;
        long read = member.total(CounterLedger.READ_BYTES);
        long written = member.total(CounterLedger.WRITE_BYTES);
        share.readBytes += Math.max(0, read - member.readBytesCounted - endedBelow[0]);
        share.writeBytes += Math.max(0, written - member.writeBytesCounted - endedBelow[1]);
        member.readBytesCounted = read;
        member.writeBytesCounted = written;
        share.ioKnown &= member.ioKnown || member.gone;
        if (!member.stat.ended()) {
            share.processes++;
            share.threads += member.stat.threads();
            share.residentBytes += Math.max(0, member.residentBytes);
            share.residentKnown &= member.residentBytes >= 0 || member.gone;
        }
    }

    private Share share(String name) {
        if (!shares.containsKey(name) && shares.size() >= MOST_NAMES) {
            shares.values().stream()
                    .filter(share -> share.processes == 0)
                    .min(Comparator.comparingLong(share -> share.ticks))
                    .ifPresent(least -> shares.values().remove(least));
        }
        return shares.computeIfAbsent(name, n -> new Share());
    }

    /** The five that used most CPU time since the sample before, of those that run or ran since. */
    List<ExecutableShare> most(KernelUnits units) {
        List<ExecutableShare> most = new ArrayList<>(NAMED);
        shares.entrySet().stream()
                .filter(entry -> entry.getValue().processes > 0 || entry.getValue().newTicks > 0)
                .sorted(Executables::busiestFirst)
                .limit(NAMED)
                .forEach(entry -> most.add(describe(entry.getKey(), entry.getValue(), units)));
        return most;
    }

    private static int busiestFirst(Map.Entry<String, Share> one, Map.Entry<String, Share> other) {
        int order = Long.compare(other.getValue().newTicks, one.getValue().newTicks);
        if (order == 0) {
            order = Long.compare(other.getValue().residentBytes, one.getValue().residentBytes);
        }
        return order == 0 ? one.getKey().compareTo(other.getKey()) : order;
    }

    private static ExecutableShare describe(String name, Share share, KernelUnits units) {
        ExecutableShare.Builder described = ExecutableShare.newBuilder()
                .setName(name)
                .setProcesses(share.processes)
                .setThreads(share.threads)
                .setCpuSeconds(units.seconds(share.ticks));
        if (share.residentKnown) {
            described.setMemoryRssBytes(share.residentBytes);
        }
        if (share.ioKnown) {
            described.setReadBytes(share.readBytes).setWriteBytes(share.writeBytes);
        }
        return described.build();
    }

    /** As many bytes as {@link #save} needs, or some more. */
    int savedBytes(int members) {
        return 8 + shares.size() * (1 + NAME_BYTES + 25) + members * 36;
    }

    /** Own ticks of each process that are counted here, so that another run counts none twice. */
    void save(PidMap<Member> members, ByteBuffer buffer) {
        buffer.putInt(shares.size());
        shares.forEach((name, share) -> {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            buffer.put((byte) bytes.length).put(bytes);
            buffer.putLong(share.ticks).putLong(share.readBytes).putLong(share.writeBytes);
            buffer.put((byte) (share.ioKnown ? 1 : 0));
        });
        buffer.putInt(members.size());
        members.forEach(member -> {
            buffer.putInt(member.pid).putLong(member.startTicks).putLong(member.ticksCounted);
            buffer.putLong(member.readBytesCounted).putLong(member.writeBytesCounted);
        });
    }

    /** What was counted of a process by an earlier run. */
    record Counted(long startTicks, long ticks, long readBytes, long writeBytes) {

        void into(Member member) {
            if (startTicks == member.startTicks) {
                member.ticksCounted = ticks;
                member.readBytesCounted = readBytes;
                member.writeBytesCounted = writeBytes;
            }
        }
    }

    /**
     * Takes what {@link #save} gave; nothing where there is nothing.
     *
     * @return by pid, what was counted already
     * @throws BufferUnderflowException when the bytes are not whole
     */
    Map<Integer, Counted> restore(ByteBuffer saved) {
        Map<Integer, Counted> counted = new HashMap<>();
        if (!saved.hasRemaining()) {
            return counted;
        }
        for (int i = saved.getInt(); i > 0; i--) {
            byte[] name = new byte[saved.get() & 0xFF];
            saved.get(name);
            Share share = new Share();
            share.ticks = saved.getLong();
            share.readBytes = saved.getLong();
            share.writeBytes = saved.getLong();
            share.ioKnown = saved.get() != 0;
            shares.put(new String(name, StandardCharsets.UTF_8), share);
        }
        for (int i = saved.getInt(); i > 0; i--) {
            counted.put(
                    saved.getInt(), new Counted(saved.getLong(), saved.getLong(), saved.getLong(), saved.getLong()));
        }
        return counted;
    }
}
