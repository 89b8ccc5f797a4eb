package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The load average over one, five and fifteen minutes, from {@code /proc/loadavg} (proc_loadavg(5)). */
record NodeLoad(double one, double five, double fifteen) {

    /** Null when the text is not whole. */
    static @Nullable NodeLoad parse(byte[] text, int length) {
        String[] field = new String(text, 0, Math.min(length, 100), StandardCharsets.US_ASCII).split(" ", 4);
        if (field.length < 4) {
            return null;
        }
        for (int i = 0; i < 3; i++) {
            if (!field[i].matches("[0-9]{1,9}\\.[0-9]{1,9}")) {
                return null;
            }
        }
        return new NodeLoad(Double.parseDouble(field[0]), Double.parseDouble(field[1]), Double.parseDouble(field[2]));
    }
}
