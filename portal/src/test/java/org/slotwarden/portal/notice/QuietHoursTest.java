package org.slotwarden.portal.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietHoursTest {

    /** Clocks go forward in Berlin on 28 March 2027 at 01:00 UTC, and back on 31 October at 01:00 UTC. */
    @ParameterizedTest
    @CsvSource({
        "2027-03-27T20:59:59Z, false",
        "2027-03-27T21:00:00Z, true",
        "2027-03-28T00:59:59Z, true",
        "2027-03-28T01:00:00Z, true",
        "2027-03-28T03:59:59Z, true",
        "2027-03-28T04:00:00Z, false",
        "2027-03-28T19:59:59Z, false",
        "2027-03-28T20:00:00Z, true",
        "2027-10-30T20:00:00Z, true",
        "2027-10-31T04:59:59Z, true",
        "2027-10-31T05:00:00Z, false",
    })
    void overMidnightAndSummerTimeTheClocksOfTheZoneCount(Instant moment, boolean silent) {
        assertThat(new QuietHours("22:00", "06:00", "Europe/Berlin").at(moment)).isEqualTo(silent);
    }

    @ParameterizedTest
    @CsvSource({
        "2027-03-28T11:59:59Z, false",
        "2027-03-28T12:00:00Z, true",
        "2027-03-28T13:00:00Z, false",
    })
    void withinADay(Instant moment, boolean silent) {
        assertThat(new QuietHours("12:00", "13:00", "UTC").at(moment)).isEqualTo(silent);
    }
}
