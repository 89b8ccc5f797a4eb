package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.retention.SamplePartitions.Partition;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.SampleArchive;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

@PortalTest
class ArchiverTest {

    private static final EnumSet<Metric> SHOWN =
            EnumSet.of(Metric.CORES_USED, Metric.CPU_SECONDS, Metric.MEMORY_RSS_BYTES, Metric.SWAP_BYTES);

    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JdbcTemplate batches;

    @Autowired
    SampleArchive archive;

    @Autowired
    PlatformTransactionManager transactions;

    @Autowired
    Archiver archiver;

    @Autowired
    RetentionSettings settings;

    @Autowired
    SamplePartitions partitions;

    @Autowired
    RowKeeper rows;

    @Autowired
    SeriesQueries series;

    @Autowired
    NodeTokens tokens;

    @LocalServerPort
    int port;

    TestAgent agent;

    @BeforeEach
    void node() {
        TestPartitions.make(jdbc, today.minusDays(9), today.plusDays(SamplePartitions.AHEAD));
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
    }

    @AfterEach
    void usual() {
        TestPartitions.make(jdbc, today.minusDays(2), today.plusDays(SamplePartitions.AHEAD));
    }

    @Test
    void aJobWhoseRowsAreGoneLooksAsBefore_atAnyZoom() {
        Instant start = day(5).plusSeconds(3600);
        Instant end = start.plusSeconds(30L * 2500);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 2500);
        agent.tell(slot("a", "7").ended(end, 0));
        List<Series> before = zooms(job(), start, end);
        List<JobSample> samples = samples();

        archiveAll();
        assertThat(zooms(job(), start, end)).as("rows and blocks").isEqualTo(before);
        rows.takeOld();

        assertThat(count("job_sample")).isZero();
        assertThat(zooms(job(), start, end)).as("blocks").isEqualTo(before);
        assertThat(samples()).isEqualTo(samples).hasSizeGreaterThan(2000);
        assertThat(archiveAt()).isNull();
        assertThat(count("sample_block")).isBetween(1L, 20L);
    }

    @Test
    void viewsOfManyDaysComeFromRollups_withTheSameMeansAndExtremes() {
        Instant start = day(8);
        Instant end = start.plusSeconds(30L * 18_000);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 2_000);
        noisy(start, 2_200, 18_000);
        agent.tell(slot("a", "7").ended(end, 0));
        Series before = series.ofJob(job(), SHOWN, start, end, 400);

        archiveAll();
        Series after = series.ofJob(job(), SHOWN, start, end, 400);
        jdbc.sql("DELETE FROM job_sample").update();
        jdbc.sql("DELETE FROM sample_block").update();

        assertAlike(after, before);
        assertThat(line(before, Metric.MEMORY_RSS_BYTES))
                .extracting(Series.Point::value)
                .as("the hole is a gap")
                .contains((Double) null);
        assertThat(series.ofJob(job(), SHOWN, start, end, 400))
                .as("rollups only")
                .isEqualTo(after);
        assertThat(line(series.ofJob(job(), SHOWN, start, start.plusSeconds(7200), 500), Metric.MEMORY_RSS_BYTES))
                .as("a close look at what is left as rollups only")
                .hasSizeBetween(12, 13)
                .allSatisfy(point -> assertThat(point.value()).isNotNull());
    }

    @Test
    void doneTwice_nothingChanges() {
        Instant start = day(1);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 300);
        agent.tell(slot("a", "7").ended(start.plusSeconds(9000), 0));
        archiveAll();
        List<byte[]> before = blocks();

        archiveAll();

        assertThat(blocks()).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(blocks().get(i)).isEqualTo(before.get(i));
        }
    }

    @Test
    void lateSamplesFindTheirPlace_alsoWhenTheRowsAreGone_andDuplicatesCountOnce() {
        Instant start = day(5);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 200);
        noisy(start, 261, 450);
        agent.tell(slot("a", "7").ended(start.plusSeconds(18_000), 0));
        agent.tell(slot("a", "7").sample(start.plusSeconds(30 * 451), 7777, 1));
        archiveAll();
        rows.takeOld();
        int known = samples().size();

        for (int i = 190; i <= 230; i++) {
            agent.tell(slot("a", "7").sample(start.plusSeconds(30L * i), i, 4096L * i));
        }

        assertThat(samples()).as("before they are archived").hasSize(known + 30);
        assertThat(archiveAt()).isNotNull();
        archiveAll();
        jdbc.sql("DELETE FROM job_sample").update();
        assertThat(samples()).hasSize(known + 30).extracting(JobSample::time).isSorted();
        assertThat(jdbc.sql("SELECT cpu_seconds FROM slot").query(Double.class).single())
                .as("the latest figures are still those of the newest sample")
                .isEqualTo(7777);
    }

    @Test
    void ofARunningSlotWholeDaysOfThePastAreArchived_andADayGoesOnlyThen() {
        Instant start = day(4);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 30 * 2880 / 10);
        List<JobSample> before = samples();
        rows.takeOld();
        assertThat(partitions.all().getFirst().day())
                .as("empty days go, others stay")
                .isEqualTo(today.minusDays(4));

        due();
        archiver.round();
        rows.takeOld();

        assertThat(partitions.all().getFirst().day()).isEqualTo(today.minusDays(2));
        assertThat(archiveAt()).isAfter(Instant.now());
        assertThat(samples()).isEqualTo(before);
        assertThat(count("job_sample")).isPositive();
    }

    @Test
    void samplesThatCameForAnArchivedDayOfARunningSlot_keepTheDayUntilTheyAreArchivedToo() {
        Instant start = day(4);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 2800);
        agent.tell(slot("a", "7").sample(start.plusSeconds(30 * 2801), 1e6, 1));
        int known = samples().size();
        due();
        archiver.round();

        agent.tell(slot("a", "7").sample(start.plusSeconds(45), 1, 1));
        assertThat(archiveAt()).isBefore(Instant.now().plus(Duration.ofMinutes(10)));
        due();
        rows.takeOld();

        assertThat(partitions.all()).contains(new Partition(today.minusDays(4)));
        archiver.round();
        rows.takeOld();
        assertThat(partitions.all()).doesNotContain(new Partition(today.minusDays(4)));
        assertThat(samples()).hasSize(known + 1);
    }

    @Test
    void blocksOfATimeThatIsNotDueYetAreKept_whenRowsAreToStayForLonger() {
        Instant start = day(4);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 4000);
        due();
        archiver.round();
        rows.takeOld();
        List<JobSample> before = samples();
        Instant late = day(8);
        var longer = new RetentionSettings(
                Duration.ofDays(5),
                settings.blocks(),
                settings.rollups(),
                settings.nodes(),
                settings.jobs(),
                settings.archiveEvery());
        agent.tell(slot("a", "7").sample(late, 1, 4096));
        due();

        new Archiver(jdbc, batches, archive, longer, new TransactionTemplate(transactions), Clock.systemUTC()).round();

        assertThat(samples()).hasSize(before.size() + 1).containsAll(before);
    }

    @Test
    void aDayThatWasNeverArchivedGoesWhenTheTimeOfBlocksIsOverAsWell() {
        TestPartitions.make(jdbc, today.minusDays(95), today.minusDays(95));
        agent.tell(slot("a", "7").started(day(95)));
        noisy(day(95), 1, 10);

        rows.takeOld();

        assertThat(count("job_sample")).isZero();
    }

    @Test
    void aSampleThatComesWhileItsSlotIsArchivedMakesItDueAgain() {
        Instant start = day(1);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 100);
        agent.tell(slot("a", "7").ended(start.plusSeconds(3000), 0));
        int known = samples().size();
        due();

        archiverWhen(() -> agent.tell(slot("a", "7").sample(start.plusSeconds(3001), 1e6, 1)))
                .round();

        assertThat(archiveAt()).isNotNull();
        assertThat(samples()).hasSize(known + 1);
        archiveAll();
        assertThat(archiveAt()).isNull();
        assertThat(samples()).hasSize(known + 1);
    }

    @Test
    void aSlotWithoutAnEndWhoseJobHasEnded_isNotSaidToBeWholeBeforeNothingWasHeardOfItForHours() {
        Instant start = day(1);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 100);
        jdbc.sql("UPDATE job SET state = 'REQUEUED', ended_at = started_at").update();

        archiveAll();
        assertThat(count("sample_block")).isPositive();
        assertThat(archiveAt()).as("a sample may be on its way").isAfter(Instant.now());

        jdbc.sql("UPDATE job SET last_report_at = UTC_TIMESTAMP(3) - INTERVAL 4 HOUR")
                .update();
        archiveAll();
        assertThat(archiveAt()).isNull();
    }

    @Test
    void aSampleOfSuchASlotThatComesWhileItIsArchivedIsSeen() {
        Instant start = day(1);
        agent.tell(slot("a", "7").started(start));
        noisy(start, 1, 100);
        jdbc.sql("UPDATE job SET state = 'REQUEUED', ended_at = started_at,"
                        + " last_report_at = UTC_TIMESTAMP(3) - INTERVAL 4 HOUR")
                .update();
        due();
        Instant late = start.plusSeconds(3030);

        archiverWhen(() -> agent.tell(slot("a", "7").sample(late, 1e6, 4096))).round();

        assertThat(count("sample_block")).as("nothing was stored").isZero();
        assertThat(line(series.ofJob(job(), SHOWN, start, late, 2000), Metric.MEMORY_RSS_BYTES))
                .extracting(Series.Point::time)
                .contains(late);
    }

    /** An archiver that has read the slots that are due, and is about to store them, when something happens. */
    private Archiver archiverWhen(Runnable meanwhile) {
        var slow = new TransactionTemplate(transactions) {
            private static final long serialVersionUID = 1L;

            @Override
            public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
                meanwhile.run();
                return super.execute(action);
            }
        };
        return new Archiver(jdbc, batches, archive, settings, slow, Clock.systemUTC());
    }

    private Instant day(int daysAgo) {
        return today.minusDays(daysAgo).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Samples every 30 s, some missing, as rows of the newest slot. */
    private void noisy(Instant start, int first, int last) {
        Random random = new Random(first);
        List<Object[]> samples = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            double cpu = i * 15 + random.nextInt(1000) / 100.0;
            if (i % 250 < 245) {
                samples.add(new Object[] {
                    start.plusSeconds(30L * i),
                    cpu,
                    0.0,
                    4096L * (1000 + random.nextInt(500)),
                    i % 100 == 5 ? "CHANGE" : null
                });
            }
        }
        batches.batchUpdate("""
                INSERT INTO job_sample (slot_id, time, cpu_user_seconds, cpu_system_seconds, memory_rss_bytes, reason)
                VALUES ((SELECT MAX(id) FROM slot), ?, ?, ?, ?, ?)
                """, samples);
    }

    private List<Series> zooms(long job, Instant start, Instant end) {
        return List.of(
                series.ofJob(job, SHOWN, start, end, 2000),
                series.ofJob(job, SHOWN, start, end, 500),
                series.ofJob(job, SHOWN, start, end, 300),
                series.ofJob(job, SHOWN, start.plusSeconds(10_000), start.plusSeconds(13_000), 500),
                series.ofJob(job, SHOWN, start.plusSeconds(10_001), start.plusSeconds(20_003), 100),
                series.ofJob(job, SHOWN, start.minusSeconds(10_000), start.minusSeconds(1_000), 100),
                series.ofJob(job, SHOWN, end.plusSeconds(100), end.plusSeconds(1_000), 100));
    }

    private static void assertAlike(Series series, Series other) {
        assertThat(series.intervalSeconds()).isEqualTo(other.intervalSeconds()).isGreaterThanOrEqualTo(600);
        for (Metric metric : SHOWN) {
            List<Series.Point> points = line(series, metric);
            List<Series.Point> others = line(other, metric);
            assertThat(points).hasSameSizeAs(others);
            for (int i = 0; i < points.size(); i++) {
                assertThat(points.get(i).time()).isEqualTo(others.get(i).time());
                assertClose(points.get(i).value(), others.get(i).value());
                assertClose(points.get(i).min(), others.get(i).min());
                assertClose(points.get(i).max(), others.get(i).max());
            }
        }
    }

    private static void assertClose(@Nullable Double one, @Nullable Double other) {
        assertThat(one == null).isEqualTo(other == null);
        if (one != null) {
            double expected = Objects.requireNonNull(other);
            assertThat(one).isCloseTo(expected, Offset.offset(Math.abs(expected) * 1e-3 + 1e-9));
        }
    }

    private static List<Series.Point> line(Series series, Metric metric) {
        return series.lines().stream()
                .filter(line -> line.metric() == metric)
                .findFirst()
                .orElseThrow()
                .points();
    }

    private long job() {
        return jdbc.sql("SELECT MAX(id) FROM job").query(Long.class).single();
    }

    private List<JobSample> samples() {
        List<JobSample> samples = new ArrayList<>();
        long slot = jdbc.sql("SELECT MAX(id) FROM slot").query(Long.class).single();
        series.samples(slot, Instant.EPOCH, Instant.now().plus(1, ChronoUnit.DAYS), samples::add);
        return samples;
    }

    private void due() {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE")
                .update();
    }

    private void archiveAll() {
        due();
        while (archiver.round().slots() > 0) {
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    private @Nullable Instant archiveAt() {
        return jdbc.sql("SELECT archive_at FROM slot")
                .query((row, number) -> row.getObject(1, Instant.class))
                .list()
                .getFirst();
    }

    private List<byte[]> blocks() {
        return jdbc.sql("SELECT data FROM sample_block ORDER BY first_at")
                .query((row, number) -> row.getBytes(1))
                .list();
    }

    private long count(String table) {
        return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
    }
}
