package org.slotwarden.portal.policy;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * When a policy may do more than notify.
 *
 * @param days {@code mon} to {@code sun}: on which it begins
 * @param from {@code 08:00}
 * @param to {@code 18:00}; before {@code from}: on the next day
 * @param zone {@code Europe/Berlin}
 */
public record WorkingHours(List<String> days, String from, String to, String zone) {

    private static final Set<String> NAMES =
            Arrays.stream(DayOfWeek.values()).map(WorkingHours::name).collect(Collectors.toSet());

    public WorkingHours {
        days = days == null ? List.of() : List.copyOf(days);
        from = Objects.requireNonNullElse(from, "");
        to = Objects.requireNonNullElse(to, "");
        zone = Objects.requireNonNullElse(zone, "");
    }

    private static String name(DayOfWeek day) {
        return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
    }

    WorkingHours checked() {
        List<String> known = days.stream()
                .map(day -> day.strip().toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
        if (known.isEmpty() || !NAMES.containsAll(known)) {
            throw new PolicyRefused("working_hours.days", "must be some of mon, tue, wed, thu, fri, sat, sun");
        }
        LocalTime begin = time("working_hours.from", from);
        if (begin.equals(time("working_hours.to", to))) {
            throw new PolicyRefused("working_hours.to", "must not be the same as from");
        }
        try {
            ZoneId.of(zone.strip());
        } catch (DateTimeException e) {
            throw new PolicyRefused("working_hours.zone", "must be a time zone, as Europe/Berlin or UTC");
        }
        return new WorkingHours(known, begin.toString(), time("", to).toString(), zone.strip());
    }

    private static LocalTime time(String field, String text) {
        try {
            return LocalTime.parse(text.strip());
        } catch (DateTimeException e) {
            throw new PolicyRefused(field, "must be a time of day, as 08:00");
        }
    }

    boolean at(Instant moment) {
        ZonedDateTime there = moment.atZone(ZoneId.of(zone));
        LocalTime time = there.toLocalTime();
        LocalTime begin = LocalTime.parse(from);
        LocalTime end = LocalTime.parse(to);
        boolean today = days.contains(name(there.getDayOfWeek()));
        if (begin.isBefore(end)) {
            return today && !time.isBefore(begin) && time.isBefore(end);
        }
        boolean yesterday = days.contains(name(there.getDayOfWeek().minus(1)));
        return (today && !time.isBefore(begin)) || (yesterday && time.isBefore(end));
    }

    /** For people. */
    public String words() {
        return String.join(", ", days) + " " + from + " to " + to + " " + zone;
    }
}
