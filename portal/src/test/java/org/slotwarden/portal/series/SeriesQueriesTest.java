package org.slotwarden.portal.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.Series.Point;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@PortalTest
class SeriesQueriesTest {

    private static final Offset<Double> CLOSE = within(1e-6);

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(10));

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    SeriesQueries series;

    @LocalServerPort
    int port;

    TestAgent one;
    TestAgent two;

    @BeforeEach
    void nodes() {
        one = new TestAgent(port, "n1", tokens.issue("n1"));
        two = new TestAgent(port, "n2", tokens.issue("n2"));
    }

    @Test
    void fewSamplesStayAsTheyAre_gaugesAsLevelsAndCountersAsRates() {
        one.tell(slot("a", "7")
                .started(start)
                .sample(at(30), 15, 100)
                .sample(at(60), 75, 300)
                .sample(at(90), 75, 200));

        List<Point> cores = points(Metric.CORES_USED, 0, 90, 100);
        assertThat(cores).extracting(Point::time).containsExactly(at(30), at(60), at(90));
        assertThat(cores).extracting(Point::value).containsExactly(null, 2.0, 0.0);
        assertThat(cores).extracting(Point::min).containsOnlyNulls();
        assertThat(points(Metric.MEMORY_RSS_BYTES, 0, 90, 100))
                .extracting(Point::value)
                .containsExactly(100.0, 300.0, 200.0);
    }

    @Test
    void theFirstRateOfAStretchComesFromTheSampleBeforeIt() {
        one.tell(slot("a", "7").started(start).sample(at(30), 15, 1).sample(at(60), 75, 1));

        assertThat(points(Metric.CORES_USED, 45, 90, 100))
                .extracting(Point::value)
                .containsExactly(2.0);
    }

    @Test
    void aCounterThatFallsGivesNoRate() {
        one.tell(slot("a", "7")
                .started(start)
                .sample(at(30), 60, 1)
                .sample(at(60), 5, 1)
                .sample(at(90), 35, 1));

        assertThat(points(Metric.CORES_USED, 0, 90, 100))
                .extracting(Point::value)
                .containsExactly(null, null, 1.0);
        assertThat(points(Metric.CORES_USED, 0, 90, 2))
                .extracting(Point::value)
                .filteredOn(Objects::nonNull)
                .allSatisfy(value -> assertThat(value).isBetween(0.0, 1.0));
    }

    @Test
    void aHoleIsAGap_aLostSampleIsNot() {
        one.tell(slot("a", "7")
                .started(start)
                .sample(at(30), 30, 1)
                .sample(at(60), 60, 1)
                .sample(at(120), 120, 1)
                .sample(at(300), 300, 1)
                .sample(at(330), 330, 1));

        assertThat(points(Metric.CORES_USED, 0, 330, 100))
                .extracting(Point::value)
                .containsExactly(null, 1.0, 1.0, null, null, 1.0);
        List<Point> memory = points(Metric.MEMORY_RSS_BYTES, 0, 330, 100);
        assertThat(memory).extracting(Point::value).containsExactly(1.0, 1.0, 1.0, null, 1.0, 1.0);
        assertThat(memory.get(3).time()).isBetween(at(121), at(299));
    }

    @Test
    void whatWasNeverMeasuredHasNoPoints() {
        one.tell(slot("a", "7").started(start).sample(at(30), 30, 1));

        assertThat(points(Metric.SWAP_BYTES, 0, 60, 100)).isEmpty();
        assertThat(points(Metric.SWAP_BYTES, 0, 60, 1)).isEmpty();
    }

    @Test
    void manySamplesBecomeMeansWithTheirExtremes() {
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= 400; i++) {
            story.sample(at(30L * i), 60.0 * i, i % 2 == 0 ? 100 : 300);
        }
        one.tell(story);

        List<Point> memory = points(Metric.MEMORY_RSS_BYTES, 0, 12_000, 50);
        assertThat(memory).hasSize(50);
        assertThat(memory).allSatisfy(point -> {
            assertThat(point.value()).isEqualTo(200, CLOSE);
            assertThat(point.min()).isEqualTo(100);
            assertThat(point.max()).isEqualTo(300);
        });
        assertThat(points(Metric.CORES_USED, 30, 12_000, 50))
                .allSatisfy(point -> assertThat(point.value()).isEqualTo(2, CLOSE));
    }

    @Test
    void aHoleIsAGapBetweenBuckets() {
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= 400; i++) {
            if (i < 100 || i > 200) {
                story.sample(at(30L * i), 60.0 * i, 5);
            }
        }
        one.tell(story);

        for (Metric metric : EnumSet.of(Metric.CORES_USED, Metric.MEMORY_RSS_BYTES)) {
            List<Point> points = points(metric, 0, 12_000, 40);
            assertThat(points).allSatisfy(point -> {
                boolean inside = point.time().isAfter(at(2970))
                        && point.time().plusSeconds(300).isBefore(at(6000));
                boolean outside = point.time().plusSeconds(300).isBefore(at(2970))
                        || point.time().isAfter(at(6030));
                if (inside) {
                    assertThat(point.value()).isNull();
                } else if (outside) {
                    assertThat(point.value()).isEqualTo(metric == Metric.CORES_USED ? 2.0 : 5.0, CLOSE);
                }
            });
        }
    }

    @Test
    void sampledFasterForAWhile_theMeansStayRight() {
        SlotStory story = slot("a", "7").started(start);
        double cpu = 0;
        for (int i = 1; i <= 20; i++) {
            cpu += 30;
            story.sample(at(30L * i), cpu, 100);
        }
        for (int i = 1; i <= 300; i++) {
            cpu += 3;
            story.sample(at(600L + i), cpu, 500);
        }
        one.tell(story);

        // One bucket holds the last 150 s at one core and the first 150 s at three: 2, not 2.9.
        List<Point> cores = points(Metric.CORES_USED, 450, 750, 1);
        assertThat(cores).singleElement().satisfies(point -> {
            assertThat(point.value()).isEqualTo(2, CLOSE);
            assertThat(point.min()).isEqualTo(1);
            assertThat(point.max()).isEqualTo(3);
        });
        assertThat(points(Metric.MEMORY_RSS_BYTES, 450, 750, 1))
                .singleElement()
                .satisfies(point -> assertThat(point.value()).isEqualTo(300, CLOSE));
        assertThat(points(Metric.CORES_USED, 0, 900, 90))
                .filteredOn(point -> point.time().isAfter(at(29)))
                .allSatisfy(point ->
                        assertThat(point.value()).isEqualTo(point.time().isBefore(at(600)) ? 1.0 : 3.0, CLOSE));
    }

    @Test
    void slotsAreAddedUp_eachWithItsOwnRate() {
        one.tell(samples(slot("a", "7"), 0, 40, 1, 100));
        two.tell(samples(slot("b", "7"), 11, 40, 3, 1000));

        assertThat(inside(points(Metric.CORES_USED, 0, 1200, 100), 60, 1140))
                .allSatisfy(point -> assertThat(point.value()).isEqualTo(4, CLOSE));
        assertThat(inside(points(Metric.MEMORY_RSS_BYTES, 0, 1200, 5), 60, 1140))
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.value()).isEqualTo(1100, CLOSE));
    }

    @Test
    void whereOneSlotWasNotMeasured_theSumIsAGapAndNoFall() {
        one.tell(samples(slot("a", "7"), 0, 40, 1, 100));
        SlotStory other = slot("b", "7").started(start);
        for (int i = 1; i <= 40; i++) {
            if (i < 15 || i > 25) {
                other.sample(at(30L * i), 3.0 * 30 * i, 1000);
            }
        }
        two.tell(other);

        List<Point> memory = inside(points(Metric.MEMORY_RSS_BYTES, 0, 1200, 100), 60, 1140);
        assertThat(memory).extracting(Point::value).contains((Double) null).doesNotContain(100.0);
        assertThat(inside(memory, 450, 720))
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.value()).isNull());
    }

    @Test
    void rawSamplesComeByTime() {
        one.tell(slot("a", "7")
                .started(start)
                .sample(at(60), 2, 1)
                .sample(at(30), 1, 1)
                .sample(at(90), 3, 1));
        long slot = jobs.find(job()).orElseThrow().slots().getFirst().id();

        assertThat(series.since(slot, at(60))).extracting(JobSample::time).containsExactly(at(60), at(90));
    }

    private SlotStory samples(SlotStory story, int offset, int count, double cores, long rss) {
        story.started(start);
        for (int i = 1; i <= count; i++) {
            story.sample(at(30L * i - offset), cores * (30.0 * i - offset), rss);
        }
        return story;
    }

    private Instant at(long seconds) {
        return start.plusSeconds(seconds);
    }

    private List<Point> inside(List<Point> points, long from, long to) {
        return new ArrayList<>(points)
                .stream()
                        .filter(point ->
                                !point.time().isBefore(at(from)) && point.time().isBefore(at(to)))
                        .toList();
    }

    private List<Point> points(Metric metric, long from, long to, int points) {
        Series found = series.ofJob(job(), EnumSet.of(metric), at(from), at(to), points);
        assertThat(found.lines()).hasSize(1);
        return found.lines().getFirst().points();
    }

    private long job() {
        return jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, new Viewer("admin", true))
                .jobs()
                .getFirst()
                .id();
    }
}
