package org.slotwarden.portal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StretchTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:30:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-01,           2026-11-30,           2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
        "2026-11-05,           2026-11-05,           2026-11-05T00:00:00Z, 2026-11-06T00:00:00Z",
        "2026-11-05T12:00:00Z, 2026-11-05T13:00:00Z, 2026-11-05T12:00:00Z, 2026-11-05T13:00:00Z",
        "2024-02-29,           2024-02-29,           2024-02-29T00:00:00Z, 2024-03-01T00:00:00Z",
        ",                     ,                     2026-11-01T00:00:00Z, 2026-11-21T10:30:00Z",
        "2026-09-10,           ,                     2026-09-10T00:00:00Z, 2026-10-01T00:00:00Z",
        "2026-11-10,           ,                     2026-11-10T00:00:00Z, 2026-11-21T10:30:00Z",
        ",                     2026-09-30,           2026-09-01T00:00:00Z, 2026-10-01T00:00:00Z",
    })
    void datesAndMoments(String from, String to, Instant begin, Instant end) {
        assertThat(Stretch.parse(from, to, NOW)).isEqualTo(new Stretch(begin, end));
    }

    @ParameterizedTest
    @CsvSource({
        "yesterday,              2026-11-30, from must be a date",
        "2026-02-30,             2026-11-30, from must be a date",
        "2026-11-01,             11/30/2026, to must be a date",
        "2026-11-01,             2026-11-30T12:00, to must be a date",
        "2026-11-30,             2026-11-01, from must be before to",
        "1990-01-01,             2026-11-01, at most ten years",
        "+999999999-12-31,       2026-11-01, from must lie between",
        "2026-11-01,             +999999999-12-31, to must be a date",
        "1969-12-31,             2026-11-01, from must lie between",
        "2026-11-01'; DROP TABLE job; --, 2026-11-30, from must be a date",
    })
    void nonsenseIsRefusedWithWords(String from, String to, String words) {
        assertThatThrownBy(() -> Stretch.parse(from, to, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void aMonthIsCutToTheStretch() {
        Stretch stretch = Stretch.parse("2026-10-10", "2026-11-05", NOW);

        assertThat(stretch.within(YearMonth.of(2026, 10))).isEqualTo(Stretch.parse("2026-10-10", "2026-10-31", NOW));
        assertThat(stretch.within(YearMonth.of(2026, 11))).isEqualTo(Stretch.parse("2026-11-01", "2026-11-05", NOW));
    }
}
