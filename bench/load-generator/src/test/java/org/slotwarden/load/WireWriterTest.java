package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireWriterTest {

    private final WireWriter out = new WireWriter();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 126, 127, 128, 16_382, 16_383, 16_384, 2_097_150, 2_097_151, 2_097_152})
    void a_message_within_a_message_has_its_length_before_it(int length) throws Exception {
        int message = out.open(9);
        // A tag and a length of their own are in it.
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++) {
            content[i] = (byte) i;
        }
        out.bytes(1, content);
        out.close(message);
        out.number(2, 7);

        CodedInputStream in = CodedInputStream.newInstance(out.buffer(), 0, out.size());
        assertThat(in.readTag() >>> 3).isEqualTo(9);
        int outer = in.pushLimit(in.readRawVarint32());
        assertThat(in.readTag() >>> 3).isEqualTo(1);
        assertThat(in.readByteArray()).isEqualTo(content);
        assertThat(in.isAtEnd()).isTrue();
        in.popLimit(outer);
        assertThat(in.readTag() >>> 3).isEqualTo(2);
        assertThat(in.readInt64()).isEqualTo(7);
        assertThat(in.isAtEnd()).isTrue();
    }

    @Test
    void numbers_of_any_size_are_read_as_written() throws Exception {
        long[] numbers = {0, 1, 127, 128, Integer.MAX_VALUE, 1L << 53, Long.MAX_VALUE, -1, Long.MIN_VALUE};
        for (long number : numbers) {
            out.clear();
            out.number(40, number);
            out.real(2, number / 1e3);
            CodedInputStream in = CodedInputStream.newInstance(out.buffer(), 0, out.size());
            in.readTag();
            assertThat(in.readInt64()).isEqualTo(number);
            in.readTag();
            assertThat(in.readDouble()).isEqualTo(number / 1e3);
            assertThat(in.isAtEnd()).isTrue();
        }
    }
}
