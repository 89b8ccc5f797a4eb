package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;

/** The load average over one minute, from {@code /proc/loadavg}. */
final class NodeLoad {

    private NodeLoad() {}

    static OptionalDouble parse(byte[] text, int length) {
        String first = new String(text, 0, length, StandardCharsets.US_ASCII).split(" ", 2)[0];
        return first.matches("[0-9]{1,9}\\.[0-9]{1,9}")
                ? OptionalDouble.of(Double.parseDouble(first))
                : OptionalDouble.empty();
    }
}
