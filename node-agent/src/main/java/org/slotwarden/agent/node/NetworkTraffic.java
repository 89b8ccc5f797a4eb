package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slotwarden.agent.node.NodeProbe.Traffic;

/** Bytes received and transmitted on all interfaces but loopback since boot, from {@code /proc/net/dev}. */
final class NetworkTraffic {

    private static final int TRANSMITTED = 8;

    private NetworkTraffic() {}

    /** Empty when there is no interface but loopback. */
    static Optional<Traffic> parse(byte[] text, int length) {
        long received = 0;
        long transmitted = 0;
        boolean any = false;
        for (String line : new String(text, 0, length, StandardCharsets.US_ASCII).split("\n", -1)) {
            int colon = line.lastIndexOf(':');
            if (colon < 0 || line.substring(0, colon).trim().equals("lo")) {
                continue;
            }
            String[] field = line.substring(colon + 1).trim().split(" +");
            try {
                if (field.length > TRANSMITTED) {
                    received += Long.parseLong(field[0]);
                    transmitted += Long.parseLong(field[TRANSMITTED]);
                    any = true;
                }
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return any ? Optional.of(new Traffic(received, transmitted)) : Optional.empty();
    }
}
