package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slotwarden.wire.v1.Pressure;

/**
 * Time in which tasks waited for a resource, from {@code /proc/pressure/RESOURCE} or {@code
 * RESOURCE.pressure} of a cgroup (kernel documentation, accounting/psi).
 */
public final class PressureText {

    private static final int LONGEST_LINE = 200;

    private PressureText() {}

    /** Empty when the text holds neither line. */
    public static Optional<Pressure> parse(byte[] text, int length) {
        Pressure.Builder pressure = Pressure.newBuilder();
        String lines = new String(text, 0, Math.min(length, 2 * LONGEST_LINE), StandardCharsets.US_ASCII);
        for (String line : lines.split("\n", -1)) {
            total(line, "some ").ifPresent(pressure::setSomeSeconds);
            total(line, "full ").ifPresent(pressure::setFullSeconds);
        }
        return pressure.hasSomeSeconds() || pressure.hasFullSeconds()
                ? Optional.of(pressure.build())
                : Optional.empty();
    }

    private static OptionalDouble total(String line, String kind) {
        int at = line.indexOf(" total=");
        String microseconds = at < 0 ? "" : line.substring(at + " total=".length());
        return line.startsWith(kind) && microseconds.matches("[0-9]{1,18}")
                ? OptionalDouble.of(Long.parseLong(microseconds) / 1e6)
                : OptionalDouble.empty();
    }
}
