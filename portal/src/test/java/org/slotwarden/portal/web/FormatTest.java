package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FormatTest {

    private static final Instant NOW = Instant.parse("2026-11-21T21:54:03Z");

    private final Format format = new Format(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void whatIsNotKnownIsADashAndNeverZero() {
        assertThat(format.bytes(null)).isEqualTo("–");
        assertThat(format.number(null)).isEqualTo("–");
        assertThat(format.percent(null, 3)).isEqualTo("–");
        assertThat(format.percent(3, 0)).isEqualTo("–");
        assertThat(format.seconds(null)).isEqualTo("–");
        assertThat(format.bytes(0L)).isEqualTo("0 B");
    }

    @Test
    void bytesAreIec() {
        assertThat(format.bytes(1023)).isEqualTo("1023 B");
        assertThat(format.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(format.bytes(2L << 30)).isEqualTo("2 GiB");
        assertThat(format.bytes(Long.MAX_VALUE)).isEqualTo("8 EiB");
        assertThat(format.bytesPerSecond(2e6)).isEqualTo("1.9 MiB/s");
    }

    @Test
    void durationsHaveTheirTwoLargestParts() {
        assertThat(format.seconds(0.5)).isEqualTo("0.5 s");
        assertThat(format.seconds(59.4)).isEqualTo("59 s");
        assertThat(format.seconds(61)).isEqualTo("1 min 1 s");
        assertThat(format.duration(Duration.ofMinutes(192))).isEqualTo("3 h 12 min");
        assertThat(format.duration(Duration.ofHours(51))).isEqualTo("2 d 3 h");
    }

    @Test
    void timesAreUtcWithWordsForTheDistance() {
        assertThat(format.time(NOW)).isEqualTo("2026-11-21 21:54:03 UTC");
        assertThat(format.relative(NOW.minusSeconds(200))).isEqualTo("3 min ago");
        assertThat(format.relative(NOW.plusSeconds(90))).isEqualTo("in 90 s");
        assertThat(format.relative(NOW)).isEqualTo("just now");
    }

    @Test
    void aNameCannotHideOrTurnRoundOtherText() {
        assertThat(format.name("exe.\u202egnp\n\u0000end", 80)).isEqualTo("exe.\\u202egnp\\n\\u0000end");
    }

    @Test
    void aLongNameIsCutBetweenCharacters() {
        assertThat(format.name("é".repeat(50), 10)).isEqualTo("é".repeat(9) + "…");
        assertThat(format.name("😀".repeat(50), 10)).isEqualTo("😀".repeat(9) + "…");
        assertThat(format.name("short", 10)).isEqualTo("short");
    }
}
