package org.slotwarden.agent.order;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.SignedOrder;

/**
 * Which orders are the portal's own: signed with one of its keys. What is not is counted and else passed over, for an
 * answer would tell whoever tries. Thread-safe.
 */
public final class OrderCheck {

    private static final Logger LOG = LoggerFactory.getLogger(OrderCheck.class);
    private static final byte[] CONTEXT = WireContract.ORDER_CONTEXT.getBytes(StandardCharsets.US_ASCII);
    private static final long QUIET_NANOS = 60_000_000_000L;

    private final OrderKeys keys;
    private long lastWord;
    private boolean said;

    public OrderCheck(OrderKeys keys) {
        this.keys = keys;
    }

    /** The genuine ones among at most {@link WireContract#MAX_ORDERS}; what comes beyond these is not looked at. */
    public List<Order> genuine(List<SignedOrder> told) {
        List<Order> genuine = new ArrayList<>();
        if (told.isEmpty()) {
            return genuine;
        }
        List<PublicKey> trusted;
        try {
            trusted = keys.read();
        } catch (OrderKeys.Unusable e) {
            say("no order is carried out: " + e.getMessage());
            return genuine;
        }
        for (SignedOrder one : told.subList(0, Math.min(told.size(), WireContract.MAX_ORDERS))) {
            try {
                if (one.getOrder().size() <= WireContract.MAX_ORDER_BYTES && isSigned(one, trusted)) {
                    genuine.add(Order.parseFrom(one.getOrder()));
                    continue;
                }
            } catch (InvalidProtocolBufferException e) {
                // Signed, and no order: whatever the key was used for.
            }
            ErrorCounts.count(ErrorKind.ORDER_FORGED);
            say("an order that the portal's key did not sign was passed over; who else can answer in its place?");
        }
        return genuine;
    }

    private static boolean isSigned(SignedOrder order, List<PublicKey> trusted) {
        ByteString signed = order.getSignature();
        for (PublicKey key : trusted) {
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initVerify(key);
                signature.update(CONTEXT);
                signature.update(order.getOrder().toByteArray());
                if (signature.verify(signed.toByteArray())) {
                    return true;
                }
            } catch (GeneralSecurityException e) {
                // Not even a signature.
            }
        }
        return false;
    }

    private synchronized void say(String what) {
        long now = System.nanoTime();
        if (!said || now - lastWord >= QUIET_NANOS) {
            said = true;
            lastWord = now;
            LOG.warn("{}", what);
        }
    }
}
