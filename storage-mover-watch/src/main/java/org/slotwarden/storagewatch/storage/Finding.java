package org.slotwarden.storagewatch.storage;

import java.util.Locale;

/**
 * One thing that was looked at by a check.
 *
 * @param topic a word or two
 * @param hint what to do about it; empty: nothing
 */
public record Finding(String topic, Level level, String text, String hint) {

    /** How it stands. */
    public enum Level {
        OK,
        /** Works, but less well than it could. */
        WARN,
        /** With this the watch does not work. */
        FAIL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Finding ok(String topic, String text) {
        return new Finding(topic, Level.OK, text, "");
    }

    public static Finding warn(String topic, String text, String hint) {
        return new Finding(topic, Level.WARN, text, hint);
    }

    public static Finding fail(String topic, String text, String hint) {
        return new Finding(topic, Level.FAIL, text, hint);
    }
}
