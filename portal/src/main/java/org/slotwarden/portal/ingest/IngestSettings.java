package org.slotwarden.portal.ingest;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * {@code slotwarden.ingest.*}.
 *
 * @param lanes threads that store what nodes told, each with a connection of its own
 * @param mostWaiting bytes of batches, once inflated, that may be read or wait to be stored at a time; in memory they
 *     are some ten times that. Who comes beyond is asked to come back later
 * @param mostWaitingOfNode as a share of it
 * @param shownAfter how long figures may wait at least until lists show them; more when many slots report. 0: no
 *     agent has its answer before lists show what it told
 * @param shownPerSecond slots whose figures are shown a second, at most, unless each would wait for over a minute
 */
@Validated
@ConfigurationProperties("slotwarden.ingest")
record IngestSettings(
        @DefaultValue("2") @Min(1) @Max(64) int lanes,
        @DefaultValue("24MB") @NotNull DataSize mostWaiting,
        @DefaultValue("0.25") double mostWaitingOfNode,
        @DefaultValue("1s") @NotNull Duration shownAfter,
        @DefaultValue("1000") @Min(10) int shownPerSecond) {

    /** Of the same kind, but beyond this lists would tell of the past. */
    private static final Duration LATEST_SHOWN = Duration.ofMinutes(1);

    IngestSettings {
        if (!(mostWaitingOfNode > 0 && mostWaitingOfNode <= 1)) {
            throw new IllegalArgumentException("slotwarden.ingest.most-waiting-of-node must be above 0 and at most 1");
        }
    }

    /** How long figures wait when so many slots report to all lanes together. */
    Duration shownAfter(int slots) {
        if (shownAfter.isZero()) {
            return shownAfter;
        }
        Duration round = Duration.ofMillis(1000L * slots / shownPerSecond);
        Duration longer = round.compareTo(shownAfter) > 0 ? round : shownAfter;
        return longer.compareTo(LATEST_SHOWN) < 0 ? longer : LATEST_SHOWN;
    }
}
