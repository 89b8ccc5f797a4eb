package org.slotwarden.load;

/**
 * Prometheus' remote write 0.1.0: a series for each figure of a slot, in Snappy's block format, of which only literals
 * are used: what compressing costs is not measured here.
 */
final class RemoteWrite implements PeerBody {

    private static final int LARGEST_LITERAL = 1 << 16;

    private final WireWriter out = new WireWriter();
    private byte[] framed = new byte[1 << 20];

    @Override
    public void clear() {
        out.clear();
    }

    @Override
    public void add(String slot, long[] timesMs, long[][] figures, int count) {
        for (Figure figure : Figure.values()) {
            int series = out.open(1);
            label("__name__", figure.column());
            label("slot", slot);
            for (int i = 0; i < count; i++) {
                int sample = out.open(2);
                long value = figures[i][figure.ordinal()];
                out.real(1, figure.seconds() ? value / 1e6 : value);
                out.number(2, timesMs[i]);
                out.close(sample);
            }
            out.close(series);
        }
    }

    private void label(String name, String value) {
        int label = out.open(1);
        out.text(1, name);
        out.text(2, value);
        out.close(label);
    }

    /** The length, then literals of 64 kB (google/snappy, format_description.txt). */
    @Override
    public Content content() {
        int length = out.size();
        int most = length + 3 * (length / LARGEST_LITERAL + 1) + 10;
        if (framed.length < most) {
            framed = new byte[2 * most];
        }
        int size = 0;
        for (int rest = length; ; rest >>>= 7) {
            if (rest < 128) {
                framed[size++] = (byte) rest;
                break;
            }
            framed[size++] = (byte) (rest | 0x80);
        }
        for (int from = 0; from < length; from += LARGEST_LITERAL) {
            int literal = Math.min(LARGEST_LITERAL, length - from);
            framed[size++] = (byte) (61 << 2);
            framed[size++] = (byte) (literal - 1);
            framed[size++] = (byte) ((literal - 1) >>> 8);
            System.arraycopy(out.buffer(), from, framed, size, literal);
            size += literal;
        }
        return new Content(framed, size);
    }
}
