package org.slotwarden.portal.series;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.ReadsOnly;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Reads samples back. Whether the asker may see the job is for the caller to have asked. */
@Service
@ReadsOnly
public class SeriesQueries {

    public static final int MOST_POINTS = 2000;

    /** Sampling interval of a slot that never told its own. */
    private static final double USUAL_INTERVAL = 30;

    /** What the judgement asks for. */
    private static final Set<Metric> JUDGED = EnumSet.of(
            Metric.CPU_USER_SECONDS,
            Metric.CPU_SYSTEM_SECONDS,
            Metric.MEMORY_RSS_BYTES,
            Metric.MEMORY_PSS_BYTES,
            Metric.READ_BYTES,
            Metric.WRITE_BYTES,
            Metric.READ_CHARS,
            Metric.WRITE_CHARS,
            Metric.READ_CALLS,
            Metric.WRITE_CALLS,
            Metric.RUN_QUEUE_WAIT_SECONDS,
            Metric.PROCESSES,
            Metric.THREADS,
            Metric.UNINTERRUPTIBLE_PROCESSES,
            Metric.OPEN_FILES,
            Metric.OPEN_SOCKETS,
            Metric.STANDARD_OUTPUT_BYTES,
            Metric.STANDARD_ERROR_BYTES,
            Metric.PROGRESS_FRACTION,
            Metric.MEMORY_LIMIT_BYTES,
            Metric.NET_RECEIVE_BYTES,
            Metric.NET_TRANSMIT_BYTES,
            Metric.NET_RECEIVE_PACKETS,
            Metric.NET_TRANSMIT_PACKETS,
            Metric.WORKDIR_BYTES,
            Metric.WORKDIR_FREE_BYTES,
            Metric.SCRATCH_BYTES,
            Metric.SCRATCH_FREE_BYTES,
            Metric.STORAGE_MOVERS);

    /** Where there are samples out of turn, they may be so close. */
    private static final double FINE = 1;

    /**
     * @param expected the longest time in seconds between two samples that is asked for: beyond 2.5 times of it,
     *     samples are missing
     * @param least the shortest such time
     */
    private record Slot(SampleHistory.Source source, double expected, double least) {
        long id() {
            return source.slotId();
        }
    }

    private final JdbcClient jdbc;
    private final SampleHistory history;
    private final SampleRows rows;
    private final RollupRows rollups;

    SeriesQueries(JdbcClient jdbc, SampleHistory history, SampleRows rows, RollupRows rollups) {
        this.jdbc = jdbc;
        this.history = history;
        this.rows = rows;
        this.rollups = rollups;
    }

    /**
     * The series of one slot are its samples as they are, as long as they are not more than asked for; everything else
     * is put into buckets. Buckets of ten minutes and more are made of rollups as far as there are any; then they are
     * multiples of ten minutes, and so are their times. So is what is so old that there are rollups only.
     *
     * @param from first moment, {@code to} the last
     * @param points 1 to 2000; fewer are returned when the samples are fewer
     */
    public Series ofJob(long jobId, Set<Metric> metrics, Instant from, Instant to, int points) {
        List<Slot> slots = slots(jobId);
        double stretch = Duration.between(from, to).toMillis() / 1000.0;
        double wanted = stretch / points;
        if (slots.isEmpty()) {
            return inBuckets(slots, metrics, from, to, Math.max(wanted, USUAL_INTERVAL), points);
        }
        boolean coarse = wanted >= Rollup.WIDTH || onlyRollups(slots, from);
        if (slots.size() == 1 && !(coarse && onlyRollups(slots, from))) {
            Slot only = slots.getFirst();
            if (history.count(only.source(), from, to, points + 1L) <= points) {
                return asSampled(only, metrics, from, to);
            }
        }
        if (coarse) {
            return ofRollups(slots, metrics, from, to, points);
        }
        double finest = slots.stream().mapToDouble(Slot::least).min().orElse(USUAL_INTERVAL);
        if (wanted < finest && slots.stream().anyMatch(slot -> history.anyOutOfTurn(slot.source(), from, to))) {
            finest = FINE;
        }
        return inBuckets(slots, metrics, from, to, Math.max(wanted, finest), points);
    }

    /** Whether a stretch begins before the first sample that is left, and rollups tell of that time. */
    private boolean onlyRollups(List<Slot> slots, Instant from) {
        Instant firstRollup = rollups.first(slots.stream().map(Slot::id).toList());
        if (firstRollup == null) {
            return false;
        }
        Instant first = firstSampleAt(slots);
        // Samples of one bucket at least are gone.
        return first == null || (firstRollup.plusSeconds(Rollup.WIDTH).isBefore(first) && from.isBefore(first));
    }

    /** Raw samples of a slot from {@code since} on, by time: for judging after a restart. */
    public List<JobSample> since(long slotId, Instant since) {
        return history.since(slotId, JUDGED, since);
    }

    /** The same up to before {@code to}. */
    public List<JobSample> between(long slotId, Instant from, Instant to) {
        List<JobSample> samples = new ArrayList<>();
        history.read(new SampleHistory.Source(slotId, false), JUDGED, from, to, sample -> {
            if (!sample.time().isBefore(from) && sample.time().isBefore(to)) {
                samples.add(sample);
            }
        });
        return samples;
    }

    /**
     * As {@link #since(long, Instant)}, of many slots, by time over all of them: what is there as rows, which are the
     * last days.
     */
    public void since(Collection<Long> slotIds, Instant since, BiConsumer<Long, JobSample> reader) {
        rows.since(slotIds, JUDGED, since, reader);
    }

    /** Hands all that is stored of a slot from {@code from} to before {@code to} on by time. */
    public void samples(long slotId, Instant from, Instant to, Consumer<JobSample> reader) {
        history.read(new SampleHistory.Source(slotId, false), Metric.stored(), from, to, sample -> {
            if (!sample.time().isBefore(from) && sample.time().isBefore(to)) {
                reader.accept(sample);
            }
        });
    }

    /** Time of the first sample that is left. */
    public Optional<Instant> firstSampleOfSlot(long slotId) {
        return Optional.ofNullable(history.first(new SampleHistory.Source(slotId, false)));
    }

    /** Time of the newest sample. */
    public Optional<Instant> newestSampleOfSlot(long slotId) {
        return Optional.ofNullable(history.newest(List.of(slotId)).get(slotId));
    }

    /** Samples of a job that did not come in their turn. */
    public record OutOfTurn(JobSample.Reason reason, long samples, Instant first, Instant last) {
        private OutOfTurn and(OutOfTurn other) {
            return new OutOfTurn(
                    reason,
                    samples + other.samples,
                    first.isBefore(other.first) ? first : other.first,
                    last.isAfter(other.last) ? last : other.last);
        }
    }

    public List<OutOfTurn> outOfTurn(long jobId) {
        Map<JobSample.Reason, OutOfTurn> byReason = new TreeMap<>(Comparator.comparing(Enum::name));
        for (Slot slot : slots(jobId)) {
            history.outOfTurn(
                    slot.source(),
                    sample -> byReason.merge(
                            sample.reason(),
                            new OutOfTurn(sample.reason(), 1, sample.time(), sample.time()),
                            OutOfTurn::and));
        }
        return List.copyOf(byReason.values());
    }

    Optional<Instant> firstSampleAt(long jobId) {
        List<Slot> slots = slots(jobId);
        Instant rollup = rollups.first(slots.stream().map(Slot::id).toList());
        Instant sample = firstSampleAt(slots);
        return Optional.ofNullable(
                sample == null
                                || (rollup != null
                                        && rollup.plusSeconds(Rollup.WIDTH).isBefore(sample))
                        ? rollup
                        : sample);
    }

    private @Nullable Instant firstSampleAt(List<Slot> slots) {
        return slots.stream()
                .map(slot -> history.first(slot.source()))
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private List<Slot> slots(long jobId) {
        return jdbc.sql("""
                        SELECT s.id, s.archive_at IS NULL archived, j.requested_interval_seconds requested,
                            COALESCE(s.sample_interval_seconds, :usual) configured
                        FROM slot s JOIN job j ON j.id = s.job_id WHERE s.job_id = :job ORDER BY s.id
                        """)
                .param("usual", USUAL_INTERVAL)
                .param("job", jobId)
                .query((row, number) -> {
                    double configured = row.getDouble("configured");
                    Double asked = row.getObject("requested", Double.class);
                    double requested = asked == null ? configured : asked;
                    return new Slot(
                            new SampleHistory.Source(row.getLong("id"), row.getBoolean("archived")),
                            Math.max(configured, requested),
                            Math.min(configured, requested));
                })
                .list();
    }

    private double finest(Slot slot, Instant from, Instant to) {
        return history.anyOutOfTurn(slot.source(), from, to) ? FINE : slot.least();
    }

    private Series asSampled(Slot slot, Set<Metric> metrics, Instant from, Instant to) {
        Map<Metric, List<Series.Point>> points = new EnumMap<>(Metric.class);
        metrics.forEach(metric -> points.put(metric, new ArrayList<>()));
        Consumer<Steps.Step> draw = step -> {
            List<Series.Point> line = points.get(step.metric());
            if (line == null || step.time().isBefore(from) || step.time().isAfter(to)) {
                return;
            }
            if (step.afterHole()) {
                line.add(new Series.Point(step.begin(), null, null, null));
            }
            line.add(new Series.Point(step.time(), step.value(), null, null));
        };
        history.read(slot.source(), metrics, from, to, new Steps(slot.expected(), metrics, draw));
        return new Series(from, to, finest(slot, from, to), lines(points));
    }

    private Series inBuckets(
            List<Slot> slots, Set<Metric> metrics, Instant from, Instant to, double width, int points) {
        double stretch = Duration.between(from, to).toMillis() / 1000.0;
        Map<Metric, Buckets> buckets =
                buckets(metrics, from, width, (int) Math.clamp(Math.ceil(stretch / width), 1, points));
        for (Slot slot : slots) {
            fill(buckets, slot, metrics, from, from, to);
            buckets.values().forEach(Buckets::endOfSlot);
        }
        return new Series(from, to, width, lines(points(buckets)));
    }

    private Series ofRollups(List<Slot> slots, Set<Metric> metrics, Instant from, Instant to, int points) {
        Instant first = Rollup.begin(from);
        double stretch = Math.max(1, Duration.between(first, to).toMillis() / 1000.0);
        double width = Math.ceil(stretch / points / Rollup.WIDTH) * Rollup.WIDTH;
        int count = (int) Math.ceil(stretch / width);
        Map<Metric, Buckets> buckets = buckets(metrics, first, width, count);
        for (Slot slot : slots) {
            Rollup rollup = rollups.read(slot.id(), metrics, first, to);
            rollup.buckets()
                    .forEach((begin, cells) -> cells.forEach((metric, cell) ->
                            Objects.requireNonNull(buckets.get(metric)).hold(cell, Instant.ofEpochMilli(begin))));
            Instant rest = rollup.buckets().isEmpty()
                    ? first
                    : Instant.ofEpochMilli(rollup.buckets().lastKey()).plusSeconds(Rollup.WIDTH);
            if (!slot.source().onlyBlocks() || rollup.buckets().isEmpty()) {
                fill(buckets, slot, metrics, rest, rest, to);
            }
            buckets.values().forEach(Buckets::endOfSlot);
        }
        return new Series(from, to, width, lines(points(buckets)));
    }

    private static Map<Metric, Buckets> buckets(Set<Metric> metrics, Instant first, double width, int count) {
        Map<Metric, Buckets> buckets = new EnumMap<>(Metric.class);
        metrics.forEach(metric -> buckets.put(metric, new Buckets(first, width, count, metric)));
        return buckets;
    }

    /** @param known what lies before is in the buckets already */
    private void fill(
            Map<Metric, Buckets> buckets, Slot slot, Set<Metric> metrics, Instant known, Instant from, Instant to) {
        Consumer<Steps.Step> fill = step -> {
            Buckets line = buckets.get(step.metric());
            if (line != null && step.value() != null && step.time().isAfter(known)) {
                line.hold(step.value(), step.begin().isBefore(known) ? known : step.begin(), step.time());
            }
        };
        history.read(slot.source(), metrics, from, to, new Steps(slot.expected(), metrics, fill));
    }

    private static Map<Metric, List<Series.Point>> points(Map<Metric, Buckets> buckets) {
        Map<Metric, List<Series.Point>> points = new EnumMap<>(Metric.class);
        buckets.forEach((metric, line) -> points.put(metric, line.points()));
        return points;
    }

    /** What was never measured has no points at all. */
    private static List<Series.Line> lines(Map<Metric, List<Series.Point>> points) {
        return points.entrySet().stream()
                .map(line -> new Series.Line(
                        line.getKey(),
                        line.getValue().stream().allMatch(point -> point.value() == null)
                                ? List.of()
                                : line.getValue()))
                .toList();
    }
}
