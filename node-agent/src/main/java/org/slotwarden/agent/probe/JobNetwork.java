package org.slotwarden.agent.probe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/**
 * Traffic of a job that has a network namespace of its own: that of the namespace's devices but loopback
 * ({@code /proc/PID/net/dev}, proc_pid_net(5)). Its own it is when the job's first process is in it and
 * neither we nor the parent of that process are. A namespace may be older than the job, so it counts from
 * when it was first seen. Elsewhere the traffic is not known. One link is read a sample, and one file where
 * there is such a namespace. Not thread-safe.
 */
final class JobNetwork {

    /** Begins what {@link #save} writes: another form gets another number. */
    private static final int FORM = 0xA37E_0001;

    private static final int RECEIVE_BYTES = 0;
    private static final int TRANSMIT_BYTES = 1;
    private static final int RECEIVE_PACKETS = 2;
    private static final int TRANSMIT_PACKETS = 3;
    private static final int COUNTERS = 4;
    /** Where they stand behind a device's name. */
    private static final int[] PLACES = {0, 8, 1, 9};

    private static final int FIELDS = 10;

    private final ProcFiles proc;
    private @Nullable String namespace;
    private boolean own;
    /** The namespace's number, 0 while none was counted. */
    private long counted;

    private long[] before = new long[COUNTERS];
    private final long[] total = new long[COUNTERS];

    JobNetwork(ProcFiles proc) {
        this.proc = proc;
    }

    /** Puts into the sample what the job moved, where that is known. */
    void into(JobSample.Builder sample, Collection<Member> members) {
        ProcessStat first = first(members);
        String now = first == null ? null : namespace(Integer.toString(first.pid()));
        if (first == null || now == null) {
            return;
        }
        if (!now.equals(namespace)) {
            String parents = namespace(Integer.toString(first.parent()));
            own = parents != null && !now.equals(parents) && !now.equals(namespace("self"));
            namespace = now;
        }
        long[] devices = own && proc.read(first.pid() + "/net/dev") ? sum(proc.bytes(), proc.length()) : null;
        // The process may have left for another one since.
        if (devices == null || !now.equals(namespace(Integer.toString(first.pid())))) {
            return;
        }
        count(number(now), devices);
        sample.setNetReceiveBytes(total[RECEIVE_BYTES])
                .setNetTransmitBytes(total[TRANSMIT_BYTES])
                .setNetReceivePackets(total[RECEIVE_PACKETS])
                .setNetTransmitPackets(total[TRANSMIT_PACKETS])
                .setNetworkSource(JobSample.NetworkSource.NAMESPACE);
    }

    private void count(long number, long[] devices) {
        if (number == counted) {
            for (int i = 0; i < COUNTERS; i++) {
                total[i] += Math.max(0, devices[i] - before[i]); // less: a device was taken away
            }
        }
        counted = number;
        before = devices;
    }

    private static @Nullable ProcessStat first(Collection<Member> members) {
        ProcessStat first = null;
        for (Member member : members) {
            ProcessStat stat = member.stat;
            if (!stat.ended() && (first == null || stat.startTicks() < first.startTicks())) {
                first = stat;
            }
        }
        return first;
    }

    private @Nullable String namespace(String process) {
        try {
            return Files.readSymbolicLink(proc.path(process + "/ns/net")).toString();
        } catch (IOException e) {
            return null; // gone, or another user's
        }
    }

    /** Of {@code net:[4026531840]}. */
    private static long number(String namespace) {
        byte[] digits = ProcText.word(namespace.substring(namespace.indexOf('[') + 1));
        return ProcText.unsigned(digits, digits.length, 0);
    }

    /** Null when a line cannot be understood. */
    static long @Nullable [] sum(byte[] text, int length) {
        long[] sum = new long[COUNTERS];
        for (String line : new String(text, 0, length, StandardCharsets.US_ASCII).split("\n", -1)) {
            int colon = line.lastIndexOf(':');
            if (colon < 0 || line.substring(0, colon).trim().equals("lo")) {
                continue;
            }
            String[] field = line.substring(colon + 1).trim().split(" +");
            if (field.length < FIELDS) {
                return null;
            }
            for (int i = 0; i < COUNTERS; i++) {
                OptionalLong counter = ProcText.wholeNumber(field[PLACES[i]]);
                if (counter.isEmpty()) {
                    return null;
                }
                sum[i] += counter.getAsLong();
            }
        }
        return sum;
    }

    int savedBytes() {
        return 4 + 8 * (1 + 2 * COUNTERS);
    }

    void save(ByteBuffer buffer) {
        buffer.putInt(FORM).putLong(counted);
        Arrays.stream(before).forEach(buffer::putLong);
        Arrays.stream(total).forEach(buffer::putLong);
    }

    /**
     * Takes what {@link #save} gave. Where there is nothing, or something of another form, nothing is taken: earlier
     * versions of the agent counted no traffic.
     *
     * @throws java.nio.BufferUnderflowException when the bytes are not whole
     */
    void restore(ByteBuffer saved) {
        if (saved.remaining() < 4 || saved.getInt() != FORM) {
            return;
        }
        long number = saved.getLong();
        long[] values = new long[2 * COUNTERS];
        for (int i = 0; i < values.length; i++) {
            values[i] = saved.getLong();
        }
        counted = number;
        System.arraycopy(values, 0, before, 0, COUNTERS);
        System.arraycopy(values, COUNTERS, total, 0, COUNTERS);
    }
}
