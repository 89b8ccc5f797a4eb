package org.slotwarden.load;

import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses bodies one after the other without making a compressor for each (RFC 1952). */
final class Gzip implements AutoCloseable {

    private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF};
    private static final int TRAILER = 8;

    private final Deflater deflater;
    private final CRC32 sum = new CRC32();
    private byte[] bytes = new byte[16 << 10];

    /** @param level 1, the fastest, to 9 */
    Gzip(int level) {
        deflater = new Deflater(level, true);
    }

    byte[] buffer() {
        return bytes;
    }

    /** @return length of what is in the buffer */
    int compress(byte[] message, int length) {
        int most = length + length / 1000 + 64 + HEADER.length + TRAILER;
        if (bytes.length < most) {
            bytes = new byte[2 * most];
        }
        System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
        deflater.reset();
        deflater.setInput(message, 0, length);
        deflater.finish();
        int size = HEADER.length;
        while (!deflater.finished()) {
            size += deflater.deflate(bytes, size, bytes.length - size);
        }
        sum.reset();
        sum.update(message, 0, length);
        size = little(size, (int) sum.getValue());
        return little(size, length);
    }

    private int little(int at, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
        return at + 4;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
