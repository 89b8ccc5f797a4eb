package org.slotwarden.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes Protocol Buffers into a buffer that is used again for the next batch: no objects, no garbage beside the portal
 * that is measured.
 */
final class WireWriter {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;

    /** A tag and a number of 64 bits. */
    private static final int LARGEST_SCALAR = 15;

    private byte[] bytes = new byte[16 << 10];
    private int size;

    void clear() {
        size = 0;
    }

    byte[] buffer() {
        return bytes;
    }

    int size() {
        return size;
    }

    void number(int field, long value) {
        ensure(LARGEST_SCALAR);
        varint((long) field << 3 | VARINT);
        varint(value);
    }

    void real(int field, double value) {
        ensure(LARGEST_SCALAR);
        varint((long) field << 3 | FIXED_64);
        long bits = Double.doubleToRawLongBits(value);
        for (int i = 0; i < 8; i++) {
            bytes[size++] = (byte) (bits >>> (8 * i));
        }
    }

    void text(int field, String ascii) {
        bytes(field, ascii.getBytes(StandardCharsets.US_ASCII));
    }

    void bytes(int field, byte[] value) {
        ensure(LARGEST_SCALAR + value.length);
        varint((long) field << 3 | BYTES);
        varint(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** Begins a message in a field. @return to be given to {@link #close} */
    int open(int field) {
        ensure(LARGEST_SCALAR);
        varint((long) field << 3 | BYTES);
        return ++size;
    }

    /** Most messages have a length of one byte; for others they are moved. */
    void close(int begin) {
        int length = size - begin;
        int more = length < 1 << 7 ? 0 : length < 1 << 14 ? 1 : length < 1 << 21 ? 2 : 3;
        if (more > 0) {
            ensure(more);
            System.arraycopy(bytes, begin, bytes, begin + more, length);
        }
        size = begin - 1;
        varint(length);
        size += length;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
