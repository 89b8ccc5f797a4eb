package org.slotwarden.agent.probe;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * An address of IPv6, or of IPv4 as IPv6 has it ({@code ::ffff:192.0.2.7}, RFC 4291, 2.5.5.2): a socket of either
 * kind may be connected to the same host.
 *
 * @param high the first eight bytes, as they are on the network
 * @param low the other eight
 */
public record IpAddress(long high, long low) {

    private static final long MAPPED = 0xFFFF_0000_0000L;
    private static final int WORD_DIGITS = 8;
    private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES
                ? new IpAddress(0, MAPPED | Integer.toUnsignedLong(bytes.getInt()))
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }

    /**
     * The address that stands at a position of a table in {@code /proc/PID/net}: one or four words in hexadecimal
     * digits, each printed as a number of this machine. Null when there is none.
     */
    public static @Nullable IpAddress inTable(byte[] text, int length, int position) {
        int end = position;
        while (end < length && Character.digit(text[end], 16) >= 0) {
            end++;
        }
        if (end - position == WORD_DIGITS) {
            return new IpAddress(0, MAPPED | word(text, position));
        }
        return end - position != 4 * WORD_DIGITS
                ? null
                : new IpAddress(
                        word(text, position) << Integer.SIZE | word(text, position + WORD_DIGITS),
                        word(text, position + 2 * WORD_DIGITS) << Integer.SIZE
                                | word(text, position + 3 * WORD_DIGITS));
    }

    private static long word(byte[] text, int position) {
        int word = 0;
        for (int i = position; i < position + WORD_DIGITS; i++) {
            word = word << 4 | Character.digit(text[i], 16);
        }
        return Integer.toUnsignedLong(SWAPPED ? Integer.reverseBytes(word) : word);
    }

    /** No host's: of a socket that is not connected, or listens on all addresses. */
    public boolean isAny() {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    /** As numbers: {@code 192.0.2.7}, {@code 2001:db8:0:0:0:0:0:7}. */
    @Override
    public String toString() {
        try {
            byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(high)
                    .putLong(low)
                    .array();
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an address", e);
        }
    }
}
