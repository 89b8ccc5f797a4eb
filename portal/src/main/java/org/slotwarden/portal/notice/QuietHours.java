package org.slotwarden.portal.notice;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hours of each day in which a channel is silent, by the clocks of a zone: in a night in which these are changed it is
 * silent an hour less or more.
 *
 * @param from {@code 22:00}
 * @param to {@code 06:00}; before {@code from}: on the next day
 * @param zone {@code Europe/Berlin}
 */
public record QuietHours(String from, String to, String zone) {

    public QuietHours {
        from = text(from);
        to = text(to);
        zone = text(zone);
    }

    private static String text(@Nullable String text) {
        return Objects.requireNonNullElse(text, "").strip();
    }

    QuietHours checked() {
        LocalTime begin = time("from", from);
        LocalTime end = time("to", to);
        if (begin.equals(end)) {
            throw new ChannelRefused("terms.quiet.to", "must not be the same as from");
        }
        try {
            return new QuietHours(
                    begin.toString(), end.toString(), ZoneId.of(zone).getId());
        } catch (DateTimeException e) {
            throw new ChannelRefused("terms.quiet.zone", "must be a time zone, as Europe/Berlin or UTC");
        }
    }

    private static LocalTime time(String field, String text) {
        try {
            return LocalTime.parse(text);
        } catch (DateTimeException e) {
            throw new ChannelRefused("terms.quiet." + field, "must be a time of day, as 22:00");
        }
    }

    boolean at(Instant moment) {
        LocalTime time = moment.atZone(ZoneId.of(zone)).toLocalTime();
        LocalTime begin = LocalTime.parse(from);
        LocalTime end = LocalTime.parse(to);
        boolean afterBegin = !time.isBefore(begin);
        boolean beforeEnd = time.isBefore(end);
        return begin.isBefore(end) ? afterBegin && beforeEnd : afterBegin || beforeEnd;
    }

    /** For people. */
    public String words() {
        return from + " to " + to + " " + zone;
    }
}
