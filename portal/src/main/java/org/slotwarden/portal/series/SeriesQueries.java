package org.slotwarden.portal.series;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Reads samples back. Whether the asker may see the job is for the caller to have asked. */
@Service
@Transactional(readOnly = true)
public class SeriesQueries {

    public static final int MOST_POINTS = 2000;

    /** Sampling interval of a slot that never told its own. */
    private static final double USUAL_INTERVAL = 30;

    /** Where there are samples out of turn, they may be so close. */
    private static final double FINE = 1;

    /**
     * @param expected the longest time in seconds between two samples that is asked for: beyond 2.5 times of it,
     *     samples are missing
     * @param finest the shortest such time
     * @param samples in the stretch asked for
     */
    private record Slot(long id, double expected, double finest, long samples) {}

    private final JdbcClient jdbc;
    private final SampleRows rows;

    SeriesQueries(JdbcClient jdbc, SampleRows rows) {
        this.jdbc = jdbc;
        this.rows = rows;
    }

    /**
     * The series of one slot are its samples as they are, as long as they are not more than asked for;
     * everything else is put into buckets.
     *
     * @param from first moment, {@code to} the last
     * @param points 1 to 2000; fewer are returned when the samples are fewer
     */
    public Series ofJob(long jobId, Set<Metric> metrics, Instant from, Instant to, int points) {
        List<Slot> slots = slots(jobId, from, to);
        if (slots.size() == 1 && slots.getFirst().samples() <= points) {
            return asSampled(slots.getFirst(), metrics, from, to);
        }
        double finest = slots.stream().mapToDouble(Slot::finest).min().orElse(USUAL_INTERVAL);
        double stretch = Duration.between(from, to).toMillis() / 1000.0;
        double width = Math.max(stretch / points, finest);
        return inBuckets(slots, metrics, from, to, width, (int) Math.clamp(Math.ceil(stretch / width), 1, points));
    }

    /** Raw samples of a slot from {@code since} on, by time: for judging after a restart. */
    public List<JobSample> since(long slotId, Instant since) {
        return rows.since(slotId, since);
    }

    /** Samples of a job that did not come in their turn. */
    public record OutOfTurn(JobSample.Reason reason, long samples, Instant first, Instant last) {}

    public List<OutOfTurn> outOfTurn(long jobId) {
        return jdbc.sql("""
                        SELECT m.reason, COUNT(*) samples, MIN(m.time) first, MAX(m.time) last
                        FROM slot s JOIN job_sample m ON m.slot_id = s.id
                        WHERE s.job_id = ? AND m.reason IS NOT NULL GROUP BY m.reason ORDER BY m.reason
                        """)
                .param(jobId)
                .query((row, number) -> new OutOfTurn(
                        JobSample.Reason.valueOf(row.getString("reason")),
                        row.getLong("samples"),
                        row.getObject("first", Instant.class),
                        row.getObject("last", Instant.class)))
                .list();
    }

    Optional<Instant> firstSampleAt(long jobId) {
        return jdbc.sql("""
                        SELECT m.time FROM slot s JOIN job_sample m ON m.slot_id = s.id
                        WHERE s.job_id = ? ORDER BY m.time LIMIT 1
                        """)
                .param(jobId)
                .query((row, number) -> row.getObject("time", Instant.class))
                .optional();
    }

    private List<Slot> slots(long jobId, Instant from, Instant to) {
        return jdbc.sql("""
                        SELECT s.id, j.requested_interval_seconds requested,
                            COALESCE(s.sample_interval_seconds, :usual) configured,
                            COUNT(m.time) samples, COUNT(m.reason) fine
                        FROM slot s JOIN job j ON j.id = s.job_id
                            JOIN job_sample m ON m.slot_id = s.id AND m.time BETWEEN :from AND :to
                        WHERE s.job_id = :job GROUP BY s.id
                        """)
                .param("usual", USUAL_INTERVAL)
                .param("from", from)
                .param("to", to)
                .param("job", jobId)
                .query((row, number) -> {
                    double configured = row.getDouble("configured");
                    Double asked = row.getObject("requested", Double.class);
                    double requested = asked == null ? configured : asked;
                    return new Slot(
                            row.getLong("id"),
                            Math.max(configured, requested),
                            row.getLong("fine") > 0 ? FINE : Math.min(configured, requested),
                            row.getLong("samples"));
                })
                .list();
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
        rows.read(slot.id(), metrics, from, to, new Steps(slot.expected(), metrics, draw));
        return new Series(from, to, slot.finest(), lines(points));
    }

    private Series inBuckets(List<Slot> slots, Set<Metric> metrics, Instant from, Instant to, double width, int count) {
        Map<Metric, Buckets> buckets = new EnumMap<>(Metric.class);
        metrics.forEach(metric -> buckets.put(metric, new Buckets(from, width, count, metric.addsUp())));
        Consumer<Steps.Step> fill = step -> {
            Buckets line = buckets.get(step.metric());
            if (line != null && step.value() != null) {
                line.hold(step.value(), step.begin(), step.time());
            }
        };
        for (Slot slot : slots) {
            rows.read(slot.id(), metrics, from, to, new Steps(slot.expected(), metrics, fill));
            buckets.values().forEach(Buckets::endOfSlot);
        }
        Map<Metric, List<Series.Point>> points = new EnumMap<>(Metric.class);
        buckets.forEach((metric, line) -> points.put(metric, line.points()));
        return new Series(from, to, width, lines(points));
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
