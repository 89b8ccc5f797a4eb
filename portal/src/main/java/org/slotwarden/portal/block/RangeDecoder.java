package org.slotwarden.portal.block;

/** Reads what a {@link RangeEncoder} wrote. */
final class RangeDecoder {

    private static final long TOP = 1L << 24;

    /** Who reads on is lost. */
    private static final int MOST_BEYOND = RangeEncoder.MOST_LEFT_OUT + 8;

    private final byte[] bytes;
    private int next;
    private long code;
    private long range = 0xFFFFFFFFL;

    RangeDecoder(byte[] bytes, int from) {
        this.bytes = bytes;
        next = from;
        for (int i = 0; i < 4; i++) {
            code = code << 8 | read();
        }
    }

    int bit(BitModels models, int situation) {
        long bound = (range >>> BitModels.PRECISION) * models.zero(situation);
        int bit;
        if (code < bound) {
            range = bound;
            bit = 0;
        } else {
            code -= bound;
            range -= bound;
            bit = 1;
        }
        models.learn(situation, bit);
        normalize();
        return bit;
    }

    long plain(int count) {
        long bits = 0;
        int left = count;
        while (left > 0) {
            int now = Math.min(left, 16);
            left -= now;
            range >>>= now;
            long part = Math.min(code / range, (1L << now) - 1);
            code -= part * range;
            bits = bits << now | part;
            normalize();
        }
        return bits;
    }

    private void normalize() {
        while (range < TOP) {
            range = (range << 8) & 0xFFFFFFFFL;
            code = ((code << 8) | read()) & 0xFFFFFFFFL;
        }
    }

    private int read() {
        if (next < bytes.length) {
            return bytes[next++] & 0xFF;
        }
        if (++next > bytes.length + MOST_BEYOND) {
            throw new BlockDamagedException("it ends too early");
        }
        return 0;
    }
}
