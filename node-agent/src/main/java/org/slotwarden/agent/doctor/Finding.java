package org.slotwarden.agent.doctor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param topic a word or two, for people and for scripts
 * @param hint what to do about it
 */
record Finding(
        String topic, Level level, String text, @Nullable String hint) {

    enum Level {
        OK,
        /** Something is not there; the figures that come from it are absent. */
        ABSENT,
        /** Works, but less well than it could. */
        WARN,
        /** With this no monitor works here. */
        FAIL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String topic, String text) {
        return new Finding(topic, Level.OK, text, null);
    }

    static Finding absent(String topic, String text, @Nullable String hint) {
        return new Finding(topic, Level.ABSENT, text, hint);
    }

    static Finding warn(String topic, String text, String hint) {
        return new Finding(topic, Level.WARN, text, hint);
    }

    static Finding fail(String topic, String text, String hint) {
        return new Finding(topic, Level.FAIL, text, hint);
    }
}
