package org.slotwarden.agent.slot;

import org.jspecify.annotations.Nullable;

/**
 * What the processes of one job have in their environment.
 *
 * @param text a variable, {@code NAME=VALUE}, or how one begins (HTCondor's {@code _CONDOR_ANCESTOR_PID=})
 * @param prefix whether it is the beginning only
 */
record EnvironmentMark(String text, boolean prefix) {

    /** Shorter ones are no mark: they would fit everybody. */
    private static final int LEAST = 4;

    /** Null when the hook names none. */
    static @Nullable EnvironmentMark of(HandOver handOver) {
        String whole = handOver.text("environment_mark");
        String prefix = handOver.text("environment_mark_prefix");
        if (whole != null && whole.length() >= LEAST) {
            return new EnvironmentMark(whole, false);
        }
        return prefix != null && prefix.length() >= LEAST ? new EnvironmentMark(prefix, true) : null;
    }

    /** How the names of all marks of this kind begin: HTCondor's have a number in them that differs by job. */
    String family() {
        int name = text.indexOf('=') < 0 ? text.length() : text.indexOf('=');
        if (!prefix) {
            return text.substring(0, Math.min(text.length(), name + 1));
        }
        int digits = name;
        while (digits > LEAST && Character.isDigit(text.charAt(digits - 1))) {
            digits--;
        }
        return text.substring(0, digits);
    }

    boolean matches(String variable) {
        return prefix ? variable.startsWith(text) : variable.equals(text);
    }
}
