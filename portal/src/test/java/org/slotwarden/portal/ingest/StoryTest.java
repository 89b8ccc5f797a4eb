package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Reports in any order, some of them twice, a day late: what is known in the end is the same. */
@PortalTest
class StoryTest {

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(30));

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    SeriesQueries series;

    @LocalServerPort
    int port;

    private final Map<String, TestAgent> agents = new TreeMap<>();

    /** What the reports of a story come to. Ids are the database's, and left out. */
    private record Known(
            JobState state,
            Instant startedAt,
            Instant endedAt,
            Integer exitCode,
            List<String> nodes,
            Double coresUsed,
            Double cpuSeconds,
            Long memory,
            Long maxMemory,
            Instant lastSampleAt,
            List<Series.Line> lines) {}

    private record Told(String node, SlotReport report) {}

    @BeforeEach
    void nodes() {
        for (String node : List.of("n1", "n2", "n3")) {
            agents.put(node, new TestAgent(port, node, tokens.issue(node)));
        }
    }

    /** A job on two nodes is requeued and ends on a third; another of the same id follows, in another's name. */
    private List<Told> story() {
        List<Told> story = new ArrayList<>();
        tell(
                story,
                "n1",
                slot("a", "7")
                        .facts(job -> job.setRestartCount(0).addNodes("n1").addNodes("n2")),
                start,
                20);
        tell(
                story,
                "n2",
                slot("b", "7")
                        .facts(job -> job.setRestartCount(0).addNodes("n1").addNodes("n2")),
                start,
                20);
        Instant again = start.plus(Duration.ofHours(1));
        tell(story, "n3", slot("c", "7").facts(job -> job.setRestartCount(1).addNodes("n3")), again, 15);
        Instant other = start.plus(Duration.ofHours(5));
        tell(story, "n1", slot("d", "7").facts(job -> job.setUid(4711).setUser("bert")), other, 10);
        return story;
    }

    private static void tell(List<Told> story, String node, SlotStory slot, Instant start, int samples) {
        slot.started(start);
        for (int i = 1; i <= samples; i++) {
            slot.sample(start.plusSeconds(30L * i), i * i, 1000L + (i * 37 % 11));
        }
        Instant end = start.plusSeconds(30L * samples + 10);
        slot.ended(end, how -> how.setCause(SlotEnd.Cause.VANISHED));
        slot.ended(end.plusSeconds(2), 0);
        slot.reports().forEach(report -> story.add(new Told(node, report)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theOrderDoesNotMatter(long seed) {
        List<Told> story = story();
        Random random = new Random(seed);
        if (seed > 1) {
            Collections.shuffle(story, random);
            List<Told> twice =
                    story.stream().filter(told -> random.nextInt(3) == 0).toList();
            story.addAll(twice);
        }

        send(story, random);

        List<Known> known = known();
        assertThat(known).hasSize(3);
        assertThat(known)
                .extracting(Known::state)
                .containsExactly(JobState.REQUEUED, JobState.COMPLETED, JobState.COMPLETED);
        assertThat(known)
                .extracting(Known::startedAt)
                .containsExactly(start, start.plus(Duration.ofHours(1)), start.plus(Duration.ofHours(5)));
        assertThat(known)
                .extracting(Known::endedAt)
                .containsExactly(
                        start.plusSeconds(612),
                        start.plus(Duration.ofHours(1)).plusSeconds(462),
                        start.plus(Duration.ofHours(5)).plusSeconds(312));
        Known first = known.getFirst();
        assertThat(first.nodes()).containsExactly("n1", "n2");
        assertThat(first.cpuSeconds()).isEqualTo(800);
        assertThat(first.coresUsed()).isEqualTo(2 * (400 - 361) / 30.0);
        assertThat(first.maxMemory()).isEqualTo(2020);
        // Nothing can be said of the time before the first sample; after it there are no gaps.
        assertThat(first.lines().getFirst().points())
                .extracting(Series.Point::value)
                .startsWith(null, 0.2)
                .endsWith(2.6)
                .hasSize(20)
                .satisfies(values -> assertThat(values.subList(1, 20)).doesNotContainNull());
        assertThat(known.get(1).lines().getFirst().points())
                .extracting(Series.Point::value)
                .startsWith(null, 0.1, 5 / 30.0)
                .endsWith(29 / 30.0)
                .hasSize(15);
    }

    /** Sends until all is acknowledged, as an agent does: what needs facts first is told again after them. */
    private void send(List<Told> story, Random random) {
        List<Told> left = new ArrayList<>(story);
        while (!left.isEmpty()) {
            List<Told> next = List.copyOf(left.subList(0, Math.min(left.size(), 1 + random.nextInt(7))));
            left.subList(0, next.size()).clear();
            agents.forEach((node, agent) -> {
                List<Told> own =
                        next.stream().filter(told -> told.node().equals(node)).toList();
                ReportAnswer answer = agent.send(own.stream().map(Told::report).toList());
                assertThat(answer.getRefusedList()).isEmpty();
                own.stream()
                        .filter(told -> answer.getAcknowledgedList().stream()
                                .noneMatch(id -> id.getSlotId()
                                                .equals(told.report().getSlotId())
                                        && id.getSequence() == told.report().getSequence()))
                        .forEach(left::add);
            });
        }
    }

    private List<Known> known() {
        return jobs
                .search(JobFilter.ALL, new JobSort(JobSort.Key.STARTED, false), 0, 100, new Viewer("admin", true))
                .jobs()
                .stream()
                .map(JobSummary::id)
                .map(id -> known(jobs.find(id).orElseThrow()))
                .toList();
    }

    private Known known(JobDetails details) {
        JobSummary job = details.summary();
        Instant from = Objects.requireNonNull(job.startedAt());
        Instant to = Objects.requireNonNull(job.endedAt());
        return new Known(
                job.state(),
                from,
                to,
                Objects.requireNonNull(details.exitCode()),
                job.nodes(),
                Objects.requireNonNull(job.coresUsed()),
                Objects.requireNonNull(job.cpuSeconds()),
                Objects.requireNonNull(job.memoryRssBytes()),
                Objects.requireNonNull(job.maxMemoryRssBytes()),
                Objects.requireNonNull(job.lastSampleAt()),
                series.ofJob(job.id(), EnumSet.of(Metric.CORES_USED), from, job.lastSampleAt(), 100)
                        .lines());
    }
}
