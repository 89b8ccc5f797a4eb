package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.retention.DiskUse.OfClass;

class DiskUseTest {

    private static final long GIB = 1L << 30;

    private final Instant now = Instant.parse("2026-11-22T00:00:00Z");

    @Test
    void theDiskIsFullWhenTheClassesTogetherHaveTakenWhatWasFree() {
        List<OfClass> classes = List.of(growing(10 * GIB, 365, 2.0 * GIB), growing(0, 365, 1.0 * GIB));

        assertThat(DiskUse.fullAt(now, classes, 30 * GIB))
                .isCloseTo(now.plus(Duration.ofDays(10)), within(1, ChronoUnit.HOURS));
    }

    @Test
    void whatIsDeletedInTimeNeverFillsTheDisk() {
        List<OfClass> classes = List.of(growing(0, 2, 10.0 * GIB));

        assertThat(DiskUse.fullAt(now, classes, 21 * GIB)).isNull();
        assertThat(DiskUse.fullAt(now, classes, 19 * GIB))
                .isBetween(now.plus(Duration.ofHours(44)), now.plus(Duration.ofHours(48)));
        assertThat(classes.getFirst().bytesAfter(100)).isEqualTo(20.0 * GIB);
    }

    @Test
    void adminsAreWarnedAMonthBeforeTheDiskIsFull() {
        assertThat(new DiskUse(now, List.of(), 1L, 1L, now.plus(Duration.ofDays(29))).fullSoon())
                .isTrue();
        assertThat(new DiskUse(now, List.of(), 1L, 1L, now.plus(Duration.ofDays(31))).fullSoon())
                .isFalse();
        assertThat(new DiskUse(now, List.of(), 1L, 1L, null).fullSoon()).isFalse();
    }

    @Test
    void whatShrinksOrIsNotKnownTakesNoMore() {
        List<OfClass> classes = List.of(growing(5 * GIB, 90, -1.0 * GIB), growing(5 * GIB, 90, null));

        assertThat(DiskUse.fullAt(now, classes, GIB)).isNull();
        assertThat(DiskUse.fullAt(now, classes, null)).isNull();
        assertThat(new DiskUse(now, classes, null, null, null).bytesPerDay()).isNull();
    }

    private static OfClass growing(long bytes, int days, @Nullable Double bytesPerDay) {
        return new OfClass("rows", bytes, Duration.ofDays(days), bytesPerDay);
    }
}
