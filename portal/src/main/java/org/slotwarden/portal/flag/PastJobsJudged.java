package org.slotwarden.portal.flag;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.portal.rule.PastJobs;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Judges stored samples as the live judge does, an hour of a job at a time, so that none takes much memory. */
@Component
class PastJobsJudged implements PastJobs {

    /** Jobs with more slots are not looked at: one of them would take all of the time. */
    private static final int MOST_SLOTS = 1000;

    private final QueueSettings settings;
    private final JobRequests requests;
    private final SeriesQueries series;
    private final JdbcClient jdbc;
    private final Clock clock;

    PastJobsJudged(QueueSettings settings, JobRequests requests, SeriesQueries series, JdbcClient jdbc, Clock clock) {
        this.settings = settings;
        this.requests = requests;
        this.series = series;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    private record Past(
            long id,
            String batchJobId,
            @Nullable String name,
            @Nullable String user,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {}

    private record SlotSample(long slotId, JobSample sample) {}

    @Override
    public boolean judge(RuleSet rule, Instant from, int most, BooleanSupplier goesOn, Consumer<Verdict> told) {
        List<Past> jobs = jdbc.sql("""
                        SELECT id, batch_job_id, name, user_name, started_at, ended_at FROM job
                        WHERE ended_at >= :from OR ended_at IS NULL ORDER BY id DESC LIMIT :most
                        """)
                .param("from", Timestamp.from(from))
                .param("most", most + 1)
                .query((row, number) -> new Past(
                        row.getLong("id"),
                        row.getString("batch_job_id"),
                        row.getString("name"),
                        row.getString("user_name"),
                        row.getTimestamp("started_at") == null
                                ? null
                                : row.getTimestamp("started_at").toInstant(),
                        row.getTimestamp("ended_at") == null
                                ? null
                                : row.getTimestamp("ended_at").toInstant()))
                .list();
        int looked = 0;
        for (Past job : jobs) {
            if (looked++ == most || !goesOn.getAsBoolean()) {
                return false;
            }
            Verdict verdict = judge(rule, job, from, goesOn);
            if (!goesOn.getAsBoolean()) {
                return false;
            }
            if (verdict != null) {
                told.accept(verdict);
            }
        }
        return true;
    }

    /** Null: nothing is stored of it, or it is too big. */
    private @Nullable Verdict judge(RuleSet rule, Past job, Instant earliest, BooleanSupplier goesOn) {
        JobRequest request = requests.ofAny(Set.of(job.id())).get(job.id());
        if (request == null || request.slots().isEmpty() || request.slots().size() > MOST_SLOTS) {
            return null;
        }
        JobTrack track = new JobTrack(settings.of(request.queue()), request);
        track.rules(rule);
        Telling telling = new Telling();
        Instant from = job.startedAt() != null && job.startedAt().isAfter(earliest) ? job.startedAt() : earliest;
        Instant end = (job.endedAt() == null ? clock.instant() : job.endedAt()).plus(Duration.ofMinutes(1));
        Duration step = request.slots().size() <= 50 ? Duration.ofHours(1) : Duration.ofMinutes(10);
        for (Instant at = from; at.isBefore(end) && goesOn.getAsBoolean(); at = at.plus(step)) {
            feed(track, request, at, at.plus(step), telling);
        }
        return telling.seconds == 0 && telling.last == null
                ? null
                : new Verdict(
                        job.id(),
                        job.batchJobId(),
                        job.name(),
                        job.user(),
                        telling.seconds,
                        telling.raisedAt,
                        telling.sentence,
                        telling.times);
    }

    private void feed(JobTrack track, JobRequest request, Instant from, Instant to, Telling telling) {
        List<SlotSample> samples = new ArrayList<>();
        for (Map.Entry<Long, JobRequest.Slot> slot : request.slots().entrySet()) {
            series.samples(slot.getKey(), from, to, sample -> {
                if (!sample.heldBack()) {
                    samples.add(new SlotSample(slot.getKey(), sample));
                }
            });
        }
        samples.sort(Comparator.comparing(entry -> entry.sample().time()));
        for (SlotSample entry : samples) {
            track.feed(entry.slotId(), entry.sample());
            telling.hear(entry.sample().time(), track.ruled());
        }
    }

    /** What was said of one job so far. */
    private static final class Telling {
        /** A longer time without samples was not looked at. */
        private static final Duration GAP = Duration.ofMinutes(10);

        private @Nullable Instant last;
        private double seconds;
        private boolean stands;
        private int times;
        private @Nullable Instant raisedAt;
        private @Nullable String sentence;

        void hear(Instant at, List<RuleCase.Standing> ruled) {
            if (last != null) {
                Duration since = Duration.between(last, at);
                seconds += since.compareTo(GAP) <= 0 ? since.toMillis() / 1e3 : 0;
            }
            last = at;
            if (!ruled.isEmpty() && !stands) {
                times++;
                if (raisedAt == null) {
                    raisedAt = at;
                    sentence = ruled.getFirst().finding().get().sentence();
                }
            }
            stands = !ruled.isEmpty();
        }
    }
}
