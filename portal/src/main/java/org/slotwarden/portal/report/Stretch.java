package org.slotwarden.portal.report;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time, in UTC.
 *
 * @param to first moment after it
 */
public record Stretch(Instant from, Instant to) {

    /** The longest stretch that is reported at once. */
    public static final Duration LONGEST = Duration.ofDays(3660);

    /**
     * @throws IllegalArgumentException with a message for people, when it is empty or too long
     */
    public Stretch {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("from must be before to");
        }
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("from and to may be at most ten years apart");
        }
    }

    public static Stretch of(YearMonth month) {
        return new Stretch(
                month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
                month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    /**
     * Reads dates ({@code 2026-11-01}, the day {@code to} included) or moments ({@code 2026-11-01T12:00:00Z}, the
     * moment {@code to} excluded). Without {@code from} it begins with the month of {@code to}; without {@code to}
     * it ends now, or with the month of {@code from} if that is earlier.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static Stretch parse(@Nullable String from, @Nullable String to, Instant now) {
        Instant begin = from == null || from.isBlank() ? null : moment("from", from.strip(), 0);
        Instant end = to == null || to.isBlank() ? null : moment("to", to.strip(), 1);
        if (begin == null) {
            // One nanosecond less: a stretch up to the last day of a month, included, begins with that month.
            begin = of(month((end == null ? now : end).minusNanos(1))).from();
        }
        if (end == null) {
            Instant endOfMonth = of(month(begin)).to();
            end = endOfMonth.isBefore(now) || !begin.isBefore(now) ? endOfMonth : now;
        }
        return new Stretch(begin, end);
    }

    /** The part of this stretch that lies in a month which it touches. */
    Stretch within(YearMonth month) {
        Stretch whole = of(month);
        return new Stretch(from.isAfter(whole.from) ? from : whole.from, to.isBefore(whole.to) ? to : whole.to);
    }

    private static Instant moment(String name, String text, int daysAfterDate) {
        Instant moment;
        try {
            moment = text.indexOf('T') > 0
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(daysAfterDate)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    name + " must be a date such as 2026-11-01 or a moment such as 2026-11-01T12:00:00Z", e);
        }
        if (moment.isBefore(Instant.EPOCH) || !moment.isBefore(Instant.parse("9999-01-01T00:00:00Z"))) {
            throw new IllegalArgumentException(name + " must lie between 1970 and 9998");
        }
        return moment;
    }

    private static YearMonth month(Instant moment) {
        return YearMonth.from(moment.atZone(ZoneOffset.UTC));
    }
}
