package org.slotwarden.portal.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.flag.Evidence;
import org.slotwarden.portal.flag.Flag;
import org.springframework.stereotype.Component;

/**
 * Where a job's flags belong in its charts: the stretch of each, and what it was judged against, where that is a figure
 * of the chart. All of it is stored with the flag.
 */
@Component
class FlagBands {

    /** More flags of one chart are shaded, but not told beside it. */
    private static final int TOLD = 3;

    /** Lines closer to another than this share are that line. */
    private static final double SAME = 0.001;

    /**
     * @param to null: it stands
     * @param told beside the chart; the others only shaded
     */
    record Band(Flag flag, Instant from, @Nullable Instant to, boolean told, List<Level> levels) {
        boolean touches(Instant begin, Instant end) {
            return from.isBefore(end) && (to == null || to.isAfter(begin));
        }
    }

    /**
     * A line in a chart.
     *
     * @param label with its figure
     */
    record Level(String name, String label, double value) {}

    /** By id of the chart. */
    record Bands(Map<String, List<Band>> ofCharts) {
        public List<Band> of(String chart) {
            return ofCharts.getOrDefault(chart, List.of());
        }

        public boolean anyOf(ChartGroup group) {
            return group.charts().stream().anyMatch(chart -> !of(chart.id()).isEmpty());
        }

        /** The titles of the flags that stood in these seconds, in any chart of the group; empty when none did. */
        public String titles(ChartGroup group, Instant at, double seconds) {
            Instant end = at.plusMillis(Math.round(1000 * seconds));
            return group.charts().stream()
                    .flatMap(chart -> of(chart.id()).stream())
                    .filter(band -> band.touches(at, end))
                    .map(band -> band.flag().title())
                    .distinct()
                    .collect(Collectors.joining(", "));
        }
    }

    private final Format format;

    FlagBands(Format format) {
        this.format = format;
    }

    /**
     * @param flags the latest first
     * @param slots how many the job has
     * @param from begin of the time that is shown
     */
    Bands of(List<Flag> flags, List<ChartGroup> groups, int slots, Instant from) {
        List<Flag> shown = flags.stream()
                .filter(flag -> flag.clearedAt() == null || flag.clearedAt().isAfter(from))
                .toList();
        Map<String, List<Band>> bands = new HashMap<>();
        for (Chart chart :
                groups.stream().flatMap(group -> group.charts().stream()).toList()) {
            List<Band> here = new ArrayList<>();
            Set<FlagKind> withLevels = EnumSet.noneOf(FlagKind.class);
            for (Flag flag : shown) {
                if (FlagCharts.of(flag).contains(chart.id())) {
                    // A chart sums all slots: what one of them was judged against is no figure of it.
                    boolean comparable = (slots <= 1 || flag.slotId() == null)
                            && FlagCharts.of(flag).getFirst().equals(chart.id());
                    List<Level> levels = comparable && withLevels.add(flag.kind()) ? levels(flag, chart) : List.of();
                    here.add(new Band(flag, flag.since(), flag.clearedAt(), here.size() < TOLD, levels));
                }
            }
            bands.put(chart.id(), here);
        }
        return new Bands(bands);
    }

    private List<Level> levels(Flag flag, Chart chart) {
        Evidence evidence = flag.evidence();
        FlagCharts.Words words = FlagCharts.words(flag);
        List<Level> levels = new ArrayList<>();
        if (words == null) {
            return levels;
        }
        Predicate<Double> drawn = value -> value > 0
                && (chart.limit() == null || !same(value, chart.limit().doubleValue()))
                && levels.stream().noneMatch(other -> same(value, other.value()));
        add(levels, words.baseline(), evidence.baseline(), chart, drawn);
        add(levels, words.limit(), evidence.limit(), chart, drawn);
        return levels;
    }

    private void add(
            List<Level> levels, @Nullable String name, @Nullable Double value, Chart chart, Predicate<Double> drawn) {
        if (name != null && value != null && drawn.test(value)) {
            levels.add(new Level(name, name + " " + text(value, chart.unit()), value));
        }
    }

    private String text(double value, String unit) {
        return switch (unit) {
            case "B" -> format.bytes(value);
            case "B/s" -> format.bytesPerSecond(value);
            case "1/s" -> format.perSecond(value);
            case "share" -> format.percent(value, 1);
            case "cores" -> format.number(value) + " cores";
            default -> format.number(value);
        };
    }

    private static boolean same(double one, double other) {
        return Math.abs(one - other) <= SAME * Math.max(Math.abs(one), Math.abs(other));
    }
}
