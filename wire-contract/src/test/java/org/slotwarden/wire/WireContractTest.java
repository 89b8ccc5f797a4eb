package org.slotwarden.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.ReportBatch;

/** What is on the wire today must be understood for as long as agents that send it are installed. */
class WireContractTest {

    static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of("start", GoldenMessages.start()),
                Arguments.of("samples", GoldenMessages.samples()),
                Arguments.of("end", GoldenMessages.end()),
                Arguments.of("answer", GoldenMessages.answer()),
                Arguments.of("figures", GoldenMessages.figures()),
                Arguments.of("held-back", GoldenMessages.heldBack()),
                Arguments.of("limits", GoldenMessages.limits()),
                Arguments.of("link", GoldenMessages.link()),
                Arguments.of("evidence-request", GoldenMessages.evidenceRequest()),
                Arguments.of("evidence", GoldenMessages.evidence()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void goldenBytesStillMeanTheSame(String name, MessageLite expected) throws IOException {
        MessageLite read = expected.getParserForType().parseFrom(GoldenMessages.bytes(name));

        assertThat(read).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void messagesAreStillWrittenAsTheGoldenBytes(String name, MessageLite message) throws IOException {
        assertThat(message.toByteArray()).isEqualTo(GoldenMessages.bytes(name));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void fieldsOfALaterVersionAreSkipped(String name, MessageLite expected) throws IOException {
        ByteArrayOutputStream later = new ByteArrayOutputStream();
        later.write(GoldenMessages.bytes(name));
        CodedOutputStream extra = CodedOutputStream.newInstance(later);
        extra.writeString(900, "a field that this version does not know");
        extra.writeDouble(901, 3.14);
        extra.flush();

        MessageLite read = expected.getParserForType().parseFrom(later.toByteArray());

        byte[] known = Arrays.copyOf(read.toByteArray(), expected.getSerializedSize());
        assertThat(known).isEqualTo(expected.toByteArray());
    }

    @Test
    void absentIsNotZero() throws IOException {
        JobSample first = ReportBatch.parseFrom(GoldenMessages.bytes("samples"))
                .getSlotReports(0)
                .getSamples(0);

        assertThat(first.hasOpenSockets()).as("measured: none open").isTrue();
        assertThat(first.getOpenSockets()).isZero();
        assertThat(first.hasThreads()).as("not measured").isFalse();
    }

    @Test
    void everyTruncationIsAnErrorOrAShorterListNeverAnotherMeaning() throws IOException {
        byte[] whole = GoldenMessages.bytes("end");
        ReportBatch complete = ReportBatch.parseFrom(whole);

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                ReportBatch read = ReportBatch.parseFrom(cut);
                assertThat(read.getSlotReportsCount())
                        .as("cut after %d bytes", length)
                        .isZero();
                assertThat(complete.toByteString().startsWith(read.toByteString()))
                        .isTrue();
            } catch (InvalidProtocolBufferException expected) {
                // Cut within a field: this is what the portal answers with 400.
            }
        }
    }

    @Test
    void bytesThatAreNoMessageAreAnError() {
        assertThatThrownBy(() -> ReportBatch.parseFrom("GET / HTTP/1.1\r\n\r\n".getBytes("US-ASCII")))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }
}
