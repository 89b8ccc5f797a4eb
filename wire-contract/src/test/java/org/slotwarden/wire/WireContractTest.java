package org.slotwarden.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.Orders;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SignedOrder;

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
                Arguments.of("evidence", GoldenMessages.evidence()),
                Arguments.of("orders", GoldenMessages.orders()),
                Arguments.of("batch-orders", GoldenMessages.batchOrders()),
                Arguments.of("log-level", GoldenMessages.logLevel()),
                Arguments.of("order-results", GoldenMessages.orderResults()),
                Arguments.of("storage-connections", GoldenMessages.storageConnections()),
                Arguments.of("storage-change", GoldenMessages.storageChange()),
                Arguments.of("storage-addresses", GoldenMessages.storageAddresses()),
                Arguments.of("storage-report", GoldenMessages.storageReport()),
                Arguments.of("storage-answer", GoldenMessages.storageAnswer()));
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

    /** The first golden order is signed, with the key of RFC 8032, section 7.1, test 1. */
    @Test
    void anOrderIsSignedTogetherWithItsContext() throws Exception {
        byte[] key = HexFormat.of()
                .parseHex("302a300506032b6570032100"
                        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        SignedOrder order = Orders.parseFrom(GoldenMessages.bytes("orders")).getOrders(0);

        assertThat(isSigned(key, WireContract.ORDER_CONTEXT, order)).isTrue();
        assertThat(isSigned(key, "", order)).isFalse();
    }

    private static boolean isSigned(byte[] key, String context, SignedOrder order) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
        signature.update(context.getBytes(StandardCharsets.US_ASCII));
        signature.update(order.getOrder().toByteArray());
        return signature.verify(order.getSignature().toByteArray());
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
