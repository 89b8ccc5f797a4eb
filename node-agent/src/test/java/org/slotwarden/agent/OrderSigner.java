package org.slotwarden.agent;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.SignedOrder;

/** A portal's key, and the orders that it signs. */
final class OrderSigner {

    private static final AtomicLong IDS = new AtomicLong(System.nanoTime());

    private final KeyPair key;

    OrderSigner() throws GeneralSecurityException {
        key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    /** The public key as the nodes have it. */
    String pem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(key.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    Path write(Path file) throws IOException {
        return Files.writeString(file, pem());
    }

    /** An order for a slot of job JOB on node n1, valid for a minute. */
    static Order.Builder to(String slot, String job) {
        long now = System.currentTimeMillis();
        return Order.newBuilder()
                .setOrderId(IDS.incrementAndGet())
                .setNode("n1")
                .setSlotId(slot)
                .setBatchSystem("local")
                .setJobId(job)
                .setIssuedAtMs(now)
                .setExpiresAtMs(now + 60_000)
                .setAuthor("ada")
                .setReason("a test");
    }

    SignedOrder sign(Order.Builder order) {
        return sign(WireContract.ORDER_CONTEXT, order.build().toByteString());
    }

    SignedOrder sign(String context, ByteString order) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key.getPrivate());
            signature.update(context.getBytes(StandardCharsets.US_ASCII));
            signature.update(order.toByteArray());
            return SignedOrder.newBuilder()
                    .setOrder(order)
                    .setSignature(ByteString.copyFrom(signature.sign()))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
