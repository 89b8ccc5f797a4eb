package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.flag.Evidence;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagState;

class FlagBandsTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final double GIB = 1L << 30;

    private final FlagBands bands = new FlagBands(new Format(Clock.systemUTC()));

    @Test
    void aFlagIsInTheChartsThatItIsAbout_fromTheBeginOfItsCauseOn() {
        Flag leak = flag(
                FlagKind.MEMORY_LEAK,
                null,
                NOON.plusSeconds(600),
                new Evidence("B", 2 * GIB, GIB, 3 * GIB, null, NOON, NOON));
        FlagBands.Bands found =
                bands.of(List.of(leak), groups(chart("cores", "cores", 2), chart("memory", "B", 4 * GIB)), 1, NOON);

        assertThat(found.of("cores")).isEmpty();
        assertThat(found.of("nothing")).isEmpty();
        assertThat(found.of("memory")).singleElement().satisfies(band -> {
            assertThat(band.from()).isEqualTo(NOON);
            assertThat(band.to()).isEqualTo(NOON.plusSeconds(600));
            assertThat(band.levels())
                    .extracting(FlagBands.Level::label, FlagBands.Level::value)
                    .containsExactly(tuple("rose from 1 GiB", GIB), tuple("limit 3 GiB", 3 * GIB));
        });
        ChartGroup group = groups(chart("memory", "B", null)).getFirst();
        assertThat(found.titles(group, NOON.minusSeconds(60), 60)).isEmpty();
        assertThat(found.titles(group, NOON.minusSeconds(60), 61)).isEqualTo("Memory leaks");
        assertThat(found.titles(group, NOON.plusSeconds(599), 60)).isEqualTo("Memory leaks");
        assertThat(found.titles(group, NOON.plusSeconds(600), 60)).isEmpty();
    }

    @Test
    void whatWasOverBeforeTheTimeShownIsNotMarked_whatStandsIs() {
        Flag over = flag(FlagKind.HANG, null, NOON.plusSeconds(60), seconds());
        Flag stands = flag(FlagKind.HANG, null, null, seconds());

        FlagBands.Bands found =
                bands.of(List.of(stands, over), groups(chart("cores", "cores", 2)), 1, NOON.plusSeconds(61));

        assertThat(found.of("cores")).extracting(FlagBands.Band::flag).containsExactly(stands);
    }

    @Test
    void aFigureOfOneSlotIsNoneOfAChartThatSumsSeveral() {
        Evidence evidence = new Evidence("B", 2 * GIB, GIB, 3 * GIB, null, NOON, NOON);
        List<ChartGroup> groups = groups(chart("memory", "B", null));

        assertThat(bands.of(List.of(flag(FlagKind.MEMORY_LEAK, 7L, null, evidence)), groups, 2, NOON)
                        .of("memory"))
                .singleElement()
                .satisfies(band -> assertThat(band.levels()).isEmpty());
        assertThat(bands.of(List.of(flag(FlagKind.MEMORY_LEAK, 7L, null, evidence)), groups, 1, NOON)
                        .of("memory"))
                .singleElement()
                .satisfies(band -> assertThat(band.levels()).hasSize(2));
    }

    @Test
    void aLineThatIsThereAlreadyIsNotDrawnTwice() {
        Evidence evidence = new Evidence("cores", 2.8, 2.0, 2.6, null, NOON, NOON);
        Flag overuse = flag(FlagKind.CPU_OVERUSE, null, null, evidence);

        assertThat(bands.of(List.of(overuse, overuse), groups(chart("cores", "cores", 2)), 1, NOON)
                        .of("cores"))
                .extracting(band ->
                        band.levels().stream().map(FlagBands.Level::name).toList())
                .containsExactly(List.of("threshold"), List.of());
    }

    @Test
    void theThresholdOfAnOutlierIsDrawnOnTheSideOnWhichItWasPassed() {
        Evidence more = new Evidence("B", 8 * GIB, 2 * GIB, 4 * GIB, null, NOON, NOON);
        Evidence less = new Evidence("B", GIB, 2 * GIB, 4 * GIB, null, NOON, NOON);
        List<ChartGroup> groups = groups(chart("memory", "B", null));

        assertThat(bands.of(List.of(flag(FlagKind.OUTLIER, null, null, more)), groups, 1, NOON)
                        .of("memory")
                        .getFirst()
                        .levels())
                .extracting(FlagBands.Level::name)
                .containsExactly("usual (median)", "threshold");
        assertThat(bands.of(List.of(flag(FlagKind.OUTLIER, null, null, less)), groups, 1, NOON)
                        .of("memory")
                        .getFirst()
                        .levels())
                .extracting(FlagBands.Level::name)
                .containsExactly("usual (median)");
    }

    @Test
    void aFlagOfARuleIsInTheChartsOfTheFiguresThatItsConditionNames() {
        Flag flag = flag(
                FlagKind.SITE_RULE,
                null,
                null,
                seconds(),
                new Flag.Rule(
                        1,
                        "Busy",
                        1,
                        null,
                        List.of(JobFigure.SOCKETS, JobFigure.WRITE_RATE, JobFigure.READ_RATE, JobFigure.WALL_TIME)));
        FlagBands.Bands found = bands.of(
                List.of(flag),
                groups(chart("sockets", "", null), chart("storage", "B/s", null), chart("cores", "cores", 2)),
                1,
                NOON);

        assertThat(found.of("sockets")).singleElement().satisfies(band -> {
            assertThat(band.from()).isEqualTo(NOON);
            assertThat(band.flag().title()).isEqualTo("Busy");
            assertThat(band.levels()).isEmpty();
        });
        assertThat(found.of("storage")).hasSize(1);
        assertThat(found.of("cores")).isEmpty();
    }

    /** A chart that a figure names and no job has would never be marked. */
    @ParameterizedTest
    @EnumSource(JobFigure.class)
    void theChartsOfFiguresAreChartsThatJobsHave(JobFigure figure) {
        Flag flag = flag(FlagKind.SITE_RULE, null, null, seconds(), new Flag.Rule(1, "Busy", 1, null, List.of(figure)));
        assertThat(JobCharts.ids()).containsAll(FlagCharts.of(flag));
    }

    @Test
    void ofManyFlagsOnlyTheLatestAreToldBesideTheChart() {
        Flag hang = flag(FlagKind.HANG, null, null, seconds());

        assertThat(bands.of(List.of(hang, hang, hang, hang), groups(chart("cores", "cores", 2)), 1, NOON)
                        .of("cores"))
                .extracting(FlagBands.Band::told)
                .containsExactly(true, true, true, false);
    }

    private static Evidence seconds() {
        return new Evidence("s", 1800.0, 60.0, 1800.0, null, NOON, NOON);
    }

    private static List<ChartGroup> groups(Chart... charts) {
        return List.of(new ChartGroup("g", "Group", Arrays.asList(charts)));
    }

    private static Chart chart(String id, String unit, @Nullable Number limit) {
        return new Chart(id, id, "m", "m", unit, limit, "asked for", "");
    }

    private static Flag flag(FlagKind kind, @Nullable Long slot, @Nullable Instant cleared, Evidence evidence) {
        return flag(kind, slot, cleared, evidence, null);
    }

    private static Flag flag(
            FlagKind kind,
            @Nullable Long slot,
            @Nullable Instant cleared,
            Evidence evidence,
            Flag.@Nullable Rule rule) {
        return new Flag(
                1,
                1,
                "4711",
                null,
                "anna",
                slot,
                "n1",
                kind,
                Severity.WARN,
                cleared == null ? FlagState.OPEN : FlagState.CLEARED,
                NOON,
                NOON.plusSeconds(30),
                cleared,
                null,
                null,
                null,
                null,
                null,
                null,
                "Why.",
                "Why.",
                evidence,
                null,
                rule);
    }
}
