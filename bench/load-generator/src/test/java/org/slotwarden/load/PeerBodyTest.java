package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PeerBodyTest {

    private final long[] times = {1_790_000_000_000L, 1_790_000_030_000L};
    private final long[][] figures = new long[2][Figure.COUNT];

    PeerBodyTest() {
        new NoisyCourse(30).fill(1, 0, figures[0]);
        new NoisyCourse(30).fill(1, 1, figures[1]);
    }

    @Test
    void a_line_holds_a_sample() {
        InfluxLines body = new InfluxLines();
        body.add("slot-1", times, figures, 2);
        PeerBody.Content content = body.content();
        String[] lines = new String(content.bytes(), 0, content.length(), StandardCharsets.UTF_8).split("\n", -1);
        assertThat(lines).hasSize(3);
        assertThat(lines[1])
                .startsWith("job,slot=slot-1 memory_rss_bytes=" + figures[1][0] + "i,")
                .contains(",cpu_user_seconds=" + figures[1][8] / 1e6 + ",")
                .endsWith(" 1790000030000");
    }

    @Test
    void remote_write_holds_a_series_for_each_figure() throws Exception {
        RemoteWrite body = new RemoteWrite();
        // Long enough for several literals.
        for (int i = 0; i < 100; i++) {
            body.add("slot-" + i, times, figures, 2);
        }
        CodedInputStream message = CodedInputStream.newInstance(inflated(body.content()));
        int series = 0;
        int samples = 0;
        double last = 0;
        for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
            assertThat(tag).isEqualTo(1 << 3 | 2);
            series++;
            CodedInputStream one = CodedInputStream.newInstance(message.readByteArray());
            for (int part = one.readTag(); part != 0; part = one.readTag()) {
                CodedInputStream content = CodedInputStream.newInstance(one.readByteArray());
                if (part == (2 << 3 | 2)) {
                    samples++;
                    content.readTag();
                    last = content.readDouble();
                    content.readTag();
                    assertThat(content.readInt64()).isIn(times[0], times[1]);
                }
            }
        }
        assertThat(series).isEqualTo(100 * Figure.COUNT);
        assertThat(samples).isEqualTo(2 * series);
        assertThat(last).isEqualTo(figures[1][Figure.COUNT - 1]);
    }

    /** Only literals of two bytes of length, as they are written. */
    private static byte[] inflated(PeerBody.Content content) throws Exception {
        CodedInputStream in = CodedInputStream.newInstance(content.bytes(), 0, content.length());
        int length = in.readRawVarint32();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (!in.isAtEnd()) {
            assertThat(in.readRawByte()).isEqualTo((byte) (61 << 2));
            int literal = (in.readRawByte() & 0xFF | (in.readRawByte() & 0xFF) << 8) + 1;
            out.write(in.readRawBytes(literal));
        }
        assertThat(out.size()).isEqualTo(length).isGreaterThan(1 << 16);
        return out.toByteArray();
    }
}
