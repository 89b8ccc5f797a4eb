package org.slotwarden.portal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a name, a time of the day and a stretch of working hours match. */
class PolicyTermsTest {

    @ParameterizedTest
    @CsvSource({
        "short, short, true",
        "short, shorter, false",
        "*, anything, true",
        "gpu*, gpu01, true",
        "gpu*, cgpu01, false",
        "*-debug, physics-debug, true",
        "*-debug, -debu, false",
        "a*a, a, false",
        "a*b*c, a-b-c, true",
        "a*b*c, a-c-b, false",
        "ab*ab, ab, false",
        "a.c, abc, false",
        "'', '', true"
    })
    void aPatternIsAName_withAStarForAnything(String pattern, String name, boolean matches) {
        assertThat(NamePatterns.matches(pattern, name)).isEqualTo(matches);
        assertThat(Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), Pattern.DOTALL)
                        .matcher(name)
                        .matches())
                .as("as a regular expression says")
                .isEqualTo(matches);
    }

    @Test
    void aHostileNameCostsLittle() {
        assertThat(NamePatterns.matches("*a".repeat(100) + "b", "a".repeat(60_000)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T08:00:00Z, true",
        "2026-11-23T07:59:59Z, false",
        "2026-11-23T16:59:59Z, true",
        "2026-11-23T17:00:00Z, false",
        "2026-11-22T12:00:00Z, false",
        "2026-07-06T07:00:00Z, true",
        "2026-07-06T16:00:00Z, false"
    })
    void workingHoursAreThoseOfTheirZone_summerTimeIncluded(Instant moment, boolean within) {
        WorkingHours hours =
                new WorkingHours(List.of("mon", "tue", "wed", "thu", "fri"), "09:00", "18:00", "Europe/Berlin");

        assertThat(hours.checked().at(moment)).isEqualTo(within);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T22:00:00Z, true",
        "2026-11-28T05:59:00Z, true",
        "2026-11-28T06:00:00Z, false",
        "2026-11-27T05:00:00Z, false",
        "2026-11-28T22:00:00Z, false"
    })
    void hoursThatEndBeforeTheyBeginEndOnTheNextDay(Instant moment, boolean within) {
        WorkingHours hours = new WorkingHours(List.of("FRI"), "22:00", "06:00", "UTC");

        assertThat(hours.checked().at(moment)).isEqualTo(within);
    }
}
