package org.slotwarden.portal.flag;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The figures behind a flag, for charts and programs; the sentence says the same to people.
 *
 * @param unit of the three figures: {@code cores}, {@code B}, {@code s}, or {@code 1} for a number of things
 * @param value what was measured between {@code from} and {@code to}
 * @param baseline the job's own earlier value, where there is one
 * @param limit what the value was judged against
 * @param from when the condition began, by the node's clock
 */
public record Evidence(
        String unit,
        double value,
        @Nullable Double baseline,
        @Nullable Double limit,
        Instant from,
        Instant to) {}
