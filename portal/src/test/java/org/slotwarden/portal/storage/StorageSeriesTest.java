package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.api.SeriesForm;

class StorageSeriesTest {
    private static final Instant FROM = Instant.parse("2026-11-23T03:00:00Z");

    @Test
    void whatWasToldHoldsUntilTheNext_andTheLastUntilTheNewestLook() {
        SeriesForm form = series(List.of(point(0, 2), point(150, 5)), 250, 300, 5);

        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("0:2", "60:2", "120:5", "180:5", "240:5");
        assertThat(form.intervalSeconds()).isEqualTo(60);
    }

    @Test
    void ofAStepTheFullestMomentIsTold() {
        SeriesForm form = series(List.of(point(0, 2), point(20, 6), point(40, 1)), 60, 60, 1);

        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("0:6");
    }

    @Test
    void whatWasTheStateBeforeTheBeginHoldsThere() {
        SeriesForm form = series(List.of(point(-300, 4), point(120, 5)), 180, 180, 3);

        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("0:4", "60:4", "120:5");
    }

    @Test
    void afterTheNewestLookIsAGap() {
        SeriesForm form = series(List.of(point(0, 2)), 90, 300, 5);

        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("0:2", "60:2", "120:gap");
    }

    @Test
    void twoThatAreTooFarApartHaveASilenceBetweenThem() {
        SeriesForm form = series(List.of(point(0, 2), point(3600, 3)), 3600, 4200, 7);

        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("0:2", "600:gap", "3600:3");
    }

    @Test
    void whereNoLookCameForThreeIntervalsIsASilence_alsoWhereTheQueueStayedTheSame() {
        List<QueuePoint> past = List.of(point(0, 2), point(600, 2));

        assertThat(values(series(past, looks(0, 60.0, 0, 60, 240, 300, 600), 600, 660, 11), StorageSeries.ACTIVE))
                .as("180 s are no silence, 300 s are")
                .containsExactly("0:2", "60:2", "120:2", "180:2", "240:2", "300:2", "360:gap", "600:2");
        assertThat(values(series(past, looks(0, 120.0, 0, 300, 600), 600, 660, 11), StorageSeries.ACTIVE))
                .as("the watch looks seldom")
                .hasSize(11)
                .doesNotContain("360:gap");
        assertThat(values(series(past, looks(3600, 60.0, 0, 600), 600, 660, 11), StorageSeries.ACTIVE))
                .as("what is thinned has a look every ten minutes")
                .hasSize(11)
                .doesNotContain("360:gap");
        assertThat(values(series(past, looks(3600, 60.0, 0, 600), 600, 660, 11), StorageSeries.ACTIVE))
                .as("whatever is known of looks at other times")
                .isEqualTo(values(series(past, 600, 660, 11), StorageSeries.ACTIVE));
    }

    @Test
    void whatWasNotToldIsAGap_andBeforeTheFirstThereIsNothing() {
        SeriesForm form = series(
                List.of(point(60, 2), new QueuePoint(FROM.plusSeconds(120), null, 6, null), point(180, 3)),
                240,
                240,
                4);

        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("60:2", "120:gap", "180:3");
        assertThat(values(form, StorageSeries.MAX_ACTIVE)).containsExactly("60:6", "120:6", "180:6");
        assertThat(values(form, StorageSeries.QUEUED)).containsExactly("60:0", "120:gap", "180:0");
    }

    @Test
    void nothingIsKnown_nothingIsTold() {
        SeriesForm form = series(List.of(), 60, 60, 3);

        assertThat(form.series())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.points()).isEmpty());
    }

    @Test
    void noStepIsShorterThanASecond() {
        SeriesForm form = series(List.of(point(0, 2)), 10, 2, 2000);

        assertThat(form.intervalSeconds()).isEqualTo(1);
        assertThat(values(form, StorageSeries.ACTIVE)).containsExactly("0:2", "1:2");
    }

    private static QueuePoint point(long seconds, int active) {
        return new QueuePoint(FROM.plusSeconds(seconds), active, 6, 0);
    }

    private static SeriesForm series(List<QueuePoint> past, long newestLook, long length, int points) {
        return series(past, new Looks(List.of(), FROM), newestLook, length, points);
    }

    private static SeriesForm series(List<QueuePoint> past, Looks looks, long newestLook, long length, int points) {
        return StorageSeries.series(past, looks, FROM.plusSeconds(newestLook), FROM, FROM.plusSeconds(length), points);
    }

    /** @param wholeSince seconds after the begin */
    private static Looks looks(long wholeSince, @Nullable Double interval, long... seconds) {
        return new Looks(
                LongStream.of(seconds)
                        .mapToObj(time -> new Looks.Point(point(time, 0), interval))
                        .toList(),
                FROM.plusSeconds(wholeSince));
    }

    /** {@code 60:2}: 60 s after the begin it was 2. */
    private static List<String> values(SeriesForm form, String name) {
        return form.series().stream()
                .filter(line -> line.metric().equals(name))
                .flatMap(line -> line.points().stream())
                .map(point -> Duration.between(FROM, point.time()).toSeconds() + ":" + text(point.value()))
                .toList();
    }

    private static String text(@Nullable Double value) {
        return value == null ? "gap" : Long.toString(Math.round(value));
    }
}
