package org.slotwarden.judging;

/**
 * What a detector found, in figures for charts and programs; the sentence says the same to people. What there is not,
 * or is not known, is {@code NaN}.
 *
 * @param unit of value, baseline and limit: {@code cores}, {@code B}, {@code B/s}, {@code s}, {@code 1}
 * @param value what was measured last
 * @param baseline the job's own earlier value, or that of its peers
 * @param limit what the value was judged against
 * @param forecastSeconds until the limit is reached
 * @param since when the condition began, in seconds of the observations' clock
 * @param dwellSeconds for how long it is watched before it is flagged; as long again is the grace before a kill
 * @param secondSignal whether something else than the condition itself speaks for the worst: a hard limit is near,
 *     others suffer
 */
public record Finding(
        FlagKind kind,
        Severity severity,
        String unit,
        double value,
        double baseline,
        double limit,
        double forecastSeconds,
        double since,
        double dwellSeconds,
        boolean secondSignal,
        String sentence) {

    Finding withSeverity(Severity other, String reason) {
        return new Finding(
                kind,
                other,
                unit,
                value,
                baseline,
                limit,
                forecastSeconds,
                since,
                dwellSeconds,
                secondSignal,
                sentence + reason);
    }
}
