package org.slotwarden.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class FigureTest {

    @ParameterizedTest
    @CsvSource({
        "1.9999999999417923, 2",
        "0.33333333333333331, 0.333333",
        "-12.3456789, -12.3457",
        "0, 0",
        "-0.0, 0",
        "1234567890.4, 1234567890",
        "123456.7, 123457",
        "1.0E-7, 1.0E-7",
        "1.2345678E-7, 1.23457E-7",
        "4.9E-324, 4.9E-324",
        "9007199254740991, 9007199254740991",
        "1.0E300, 1.0E300",
    })
    void sixDigitsAreSaid_andWholeNumbersWhole(double value, String said) {
        assertThat(JsonMapper.shared()
                        .writeValueAsString(new SeriesForm.Point(Instant.parse("2026-11-21T20:00:00.500Z"), value)))
                .isEqualTo("[\"2026-11-21T20:00:00.500Z\"," + said + "]");
    }

    @Test
    void whatIsNotKnownIsNull() {
        Instant time = Instant.parse("2026-11-21T20:00:00Z");
        var line = new SeriesForm.Line(
                "cores_used", "1", List.of(new SeriesForm.Point(time, null)), Arrays.asList(null, 1.23456789), null);

        assertThat(JsonMapper.shared().writeValueAsString(line))
                .contains("\"points\":[[\"2026-11-21T20:00:00Z\",null]]", "\"min\":[null,1.23457]");
    }
}
