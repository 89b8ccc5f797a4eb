package org.slotwarden.agent.probe;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The units in which this kernel counts, from the auxiliary vector of our own process (getauxval(3)):
 * a page is 4 KiB on most nodes and 64 KiB on some.
 *
 * @param pageBytes size of a memory page
 * @param ticksPerSecond clock ticks in which /proc counts CPU time
 */
public record KernelUnits(long pageBytes, long ticksPerSecond) {

    private static final int AT_PAGESZ = 6;
    private static final int AT_CLKTCK = 17;
    private static final KernelUnits USUAL = new KernelUnits(4096, 100);

    public static KernelUnits read(ProcFiles proc) {
        return proc.read("self/auxv") ? parse(proc.bytes(), proc.length()) : USUAL;
    }

    static KernelUnits parse(byte[] vector, int length) {
        long page = USUAL.pageBytes;
        long ticks = USUAL.ticksPerSecond;
        ByteBuffer words = ByteBuffer.wrap(vector, 0, length).order(ByteOrder.nativeOrder());
        while (words.remaining() >= 16) {
            long type = words.getLong();
            long value = words.getLong();
            if (type == AT_PAGESZ && value > 0) {
                page = value;
            } else if (type == AT_CLKTCK && value > 0) {
                ticks = value;
            }
        }
        return new KernelUnits(page, ticks);
    }

    public double seconds(long ticks) {
        return (double) ticks / ticksPerSecond;
    }

    long ticks(double seconds) {
        return (long) (seconds * ticksPerSecond);
    }
}
