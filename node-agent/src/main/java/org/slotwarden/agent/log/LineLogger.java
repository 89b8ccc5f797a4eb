package org.slotwarden.agent.log;

import java.io.PrintStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes information, warnings and errors, and more while {@link LogDetail} says so, to standard error, whichever that is at the moment: a line
 * {@code 2026-11-22T02:26:19.974Z INFO Main - text}. In universal time: zones and formats of the JDK would
 * take twenty milliseconds of an agent's start.
 */
final class LineLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private static final String ZERO = "0000-00-00T00:00:00.000";

    private final String shortName;

    LineLogger(String name) {
        this.name = name;
        this.shortName = name.substring(name.lastIndexOf('.') + 1);
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            @Nullable Object @Nullable [] arguments,
            @Nullable Throwable trouble) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        String line = time(Instant.now()) + " " + level + " " + shortName + " - " + text;
        PrintStream out = System.err;
        synchronized (out) {
            out.println(line);
            if (trouble != null) {
                trouble.printStackTrace(out);
            }
        }
    }

    static String time(Instant instant) {
        Instant millis = instant.truncatedTo(ChronoUnit.MILLIS);
        String text = LocalDateTime.ofEpochSecond(millis.getEpochSecond(), millis.getNano(), ZoneOffset.UTC)
                .toString();
        // What is zero at the end of a time is left out there.
        return text + ZERO.substring(text.length()) + "Z";
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return LogDetail.writes(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return LogDetail.writes(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }
}
