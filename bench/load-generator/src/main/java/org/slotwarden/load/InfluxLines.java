package org.slotwarden.load;

import java.nio.charset.StandardCharsets;

/** InfluxDB's line protocol with times in milliseconds: one line with 22 fields for a sample. */
final class InfluxLines implements PeerBody {

    private final StringBuilder text = new StringBuilder(1 << 20);

    @Override
    public void clear() {
        text.setLength(0);
    }

    @Override
    public void add(String slot, long[] timesMs, long[][] figures, int count) {
        for (int i = 0; i < count; i++) {
            text.append("job,slot=").append(slot);
            for (Figure figure : Figure.values()) {
                long value = figures[i][figure.ordinal()];
                text.append(figure.ordinal() == 0 ? ' ' : ',')
                        .append(figure.column())
                        .append('=');
                if (figure.seconds()) {
                    text.append(value / 1e6);
                } else {
                    text.append(value).append('i');
                }
            }
            text.append(' ').append(timesMs[i]).append('\n');
        }
    }

    @Override
    public Content content() {
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        return new Content(bytes, bytes.length);
    }
}
