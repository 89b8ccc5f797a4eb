package org.slotwarden.portal.flag;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Finding;

/**
 * The figures behind a flag, for charts and programs; the sentence says the same to people.
 *
 * @param unit of the three figures: {@code cores}, {@code B}, {@code s}, or {@code 1} for a number of things
 * @param value what was measured between {@code from} and {@code to}; absent where no figure is behind it, but words
 * @param baseline the job's own earlier value, where there is one
 * @param limit what the value was judged against
 * @param forecastSeconds until the limit is reached, as far as can be said
 * @param from when the condition began, by the node's clock
 */
public record Evidence(
        String unit,
        @Nullable Double value,
        @Nullable Double baseline,
        @Nullable Double limit,
        @Nullable Double forecastSeconds,
        Instant from,
        Instant to) {

    /** As of a moment. */
    static Evidence of(Finding finding, Instant to) {
        return new Evidence(
                finding.unit(),
                known(finding.value()),
                known(finding.baseline()),
                known(finding.limit()),
                known(finding.forecastSeconds()),
                Instant.ofEpochMilli(Math.round(finding.since() * 1e3)),
                to);
    }

    private static @Nullable Double known(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}
