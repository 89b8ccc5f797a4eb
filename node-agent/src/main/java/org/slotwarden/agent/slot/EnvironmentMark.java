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

    boolean matches(String variable) {
        return prefix ? variable.startsWith(text) : variable.equals(text);
    }
}
