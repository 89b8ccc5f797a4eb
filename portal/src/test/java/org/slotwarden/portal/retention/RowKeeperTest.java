package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.database.PatientJdbc;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.retention.SamplePartitions.Partition;
import org.slotwarden.portal.series.ArchiveCheck;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** No sample goes with a day of rows that no block has, whenever it comes and whoever is stopped. */
@PortalTest
class RowKeeperTest {

    private static final int SAMPLES = 700;

    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private final LocalDate old = today.minusDays(4);
    private final Instant start = old.atTime(1, 0).toInstant(ZoneOffset.UTC);

    /** Between two samples of the day. */
    private final Instant between = start.plusSeconds(3015);

    @Autowired
    PatientJdbc patient;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Archiver archiver;

    @Autowired
    SamplePartitions partitions;

    @Autowired
    TakenRows taken;

    @Autowired
    ArchiveCheck check;

    @Autowired
    RetentionSettings settings;

    @Autowired
    RowKeeper rows;

    @Autowired
    SeriesQueries series;

    @Autowired
    JobRemoval removal;

    @Autowired
    NodeTokens tokens;

    @LocalServerPort
    int port;

    TestAgent agent;

    @BeforeEach
    void archivedDayOfARunningJob() {
        TestPartitions.make(jdbc, today.minusDays(6), today.plusDays(SamplePartitions.AHEAD));
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= SAMPLES; i++) {
            story.sample(start.plusSeconds(30L * i), i, 4096L * i);
        }
        agent.tell(story);
        archive();
        assertThat(count("sample_block")).isPositive();
    }

    @AfterEach
    void usual() {
        partitions.allTaken().forEach(partitions::remove);
        TestPartitions.make(jdbc, today.minusDays(2), today.plusDays(SamplePartitions.AHEAD));
    }

    @Test
    void aSampleThatIsStoredAfterItsDayWasLookedAt_isPutBackAndArchived() {
        List<JobSample> before = samples();
        takenWhen(() -> insert(between)).takeOld();

        assertThat(days()).doesNotContain(old);
        assertThat(count("job_sample")).isEqualTo(1);
        assertThat(samples()).hasSize(before.size() + 1).containsAll(before);
        assertThat(archiveAt()).as("due").isBefore(Instant.now().plusSeconds(1));
        assertThat(partitions.allTaken()).isEmpty();

        archiver.round();
        rows.takeOld();

        assertThat(samples()).hasSize(before.size() + 1);
        assertThat(days().getFirst()).isEqualTo(today.minusDays(2));
        assertThat(check.notInBlocks(
                        "job_sample",
                        old,
                        jdbc.sql("SELECT id FROM slot")
                                .query((row, number) -> row.getLong(1))
                                .list()))
                .as("it is in the oldest day, which it goes with, and in a block")
                .isEmpty();
    }

    @Test
    void soIsOneThatComesAfterAllOthersOfItsDay_andTheFirstOfItsSlot() {
        takenWhen(() -> {
                    insert(start.plusSeconds(30L * SAMPLES + 30));
                    agent.tell(slot("b", "8").started(start).sample(start.plusSeconds(30), 1, 1));
                })
                .takeOld();

        assertThat(count("job_sample")).isEqualTo(2);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM slot WHERE archive_at <= UTC_TIMESTAMP(3)")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void aPortalThatIsStoppedBeforeADayIsRemoved_looksAtItWhenItComesBack() {
        insert(between);
        List<JobSample> before = samples();
        partitions.take(new Partition(old));
        assertThat(samples()).hasSize(before.size() - 1);

        rows.removeTaken();

        assertThat(samples()).isEqualTo(before);
        assertThat(partitions.allTaken()).isEmpty();
    }

    @Test
    void aNodeWhoseClockIsBehindKeepsNoDay_andOfWhatItTellsTheRestIsPutBackThatIsNotOver() {
        insert(start.minus(settings.blocks()).minusSeconds(86_400));
        insert(start.minusSeconds(8 * 86_400));

        rows.takeOld();

        assertThat(days()).doesNotContain(old);
        assertThat(jdbc.sql("SELECT time FROM job_sample").query(Instant.class).list())
                .containsExactly(start.minusSeconds(8 * 86_400));
    }

    @Test
    void brokenOffWhileRowsArePutBack_itIsDoneAgain_andASampleThatCameAgainMeanwhileIsOne() {
        insert(between);
        insert(between.plusSeconds(30));
        partitions.take(new Partition(old));
        agent.tell(slot("a", "7").sample(between, 1, 4096));
        assertThat(taken.putBack(new Partition(old), Instant.EPOCH)).isEqualTo(2);

        rows.removeTaken();

        assertThat(count("job_sample")).isEqualTo(2);
        assertThat(samples()).hasSize(SAMPLES + 2);
    }

    @Test
    void aLateSampleThatWaitsToBeArchived_doesNotGoWithItsDay() {
        agent.tell(slot("a", "7").sample(between, 1, 4096));
        assertThat(archiveAt()).isAfter(Instant.now());

        rows.takeOld();

        assertThat(samples()).hasSize(SAMPLES + 1);
        archive();
        assertThat(samples()).hasSize(SAMPLES + 1);
    }

    @Test
    void ofAJobThatHasEndedItKeepsTheDay_evenIfArchivingWasPutOff() {
        agent.tell(slot("a", "7").ended(start.plusSeconds(30L * SAMPLES + 10), 0));
        archive();
        assertThat(archiveAt()).isNull();
        agent.tell(slot("a", "7").sample(between, 1, 4096));
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR")
                .update();

        rows.takeOld();

        assertThat(days()).contains(old);
        assertThat(archiveAt()).as("due").isBefore(Instant.now().plusSeconds(1));
        archiver.round();
        rows.takeOld();
        assertThat(days()).doesNotContain(old);
        assertThat(count("job_sample")).isZero();
        assertThat(samples()).hasSize(SAMPLES + 1);
    }

    @Test
    void jobsThatEndAllTheTimeKeepNoDayThatIsArchived() {
        agent.tell(slot("a", "7").ended(Instant.now(), 0));
        assertThat(archiveAt()).isAfter(Instant.now());

        rows.takeOld();

        assertThat(days()).doesNotContain(old);
        assertThat(count("job_sample")).isZero();
        assertThat(samples()).hasSize(SAMPLES);
    }

    @Test
    void asManyLateSamplesAsABlockHas_areNotTakenForThoseOfTheBlock() {
        rows.takeOld();
        assertThat(count("job_sample")).isZero();
        Instant first = block("first_at");
        int inBlock = jdbc.sql("SELECT samples FROM sample_block ORDER BY first_at LIMIT 1")
                .query(Integer.class)
                .single();
        for (int i = 0; i < inBlock; i++) {
            insert(first.plusSeconds(15).plusMillis(10L * i));
        }
        assertThat(block("last_at")).isAfter(first.plusSeconds(15).plusMillis(10L * inBlock));
        Partition day = partitions.all().getFirst();

        partitions.take(day);
        rows.removeTaken();

        assertThat(count("job_sample")).isEqualTo(inBlock);
        assertThat(samples()).hasSize(SAMPLES + inBlock);
    }

    @Test
    void samplesOfABlockThatCannotBeReadStay() {
        insert(between);
        jdbc.sql("UPDATE sample_block SET data = 'x'").update();

        partitions.take(new Partition(old));
        rows.removeTaken();

        assertThat(count("job_sample")).isPositive();
        assertThat(jdbc.sql("SELECT COUNT(*) FROM job_sample WHERE time = ?")
                        .param(between)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void whatIsOfAnOlderSchemaIsPutBackToo() {
        insert(between);
        partitions.take(new Partition(old));
        jdbc.sql("ALTER TABLE " + SamplePartitions.taken(new Partition(old)) + " DROP COLUMN open_files")
                .update();

        rows.removeTaken();

        assertThat(samples()).hasSize(SAMPLES + 1);
    }

    @Test
    void whatFailsIsTriedAgain_andNothingIsRemoved() {
        insert(between);
        partitions.take(new Partition(old));
        String table = SamplePartitions.taken(new Partition(old));
        jdbc.sql("ALTER TABLE " + table + " ADD COLUMN of_tomorrow INT").update();

        assertThatThrownBy(rows::removeTaken).isNotNull();

        assertThat(partitions.allTaken()).containsExactly(new Partition(old));
        jdbc.sql("ALTER TABLE " + table + " DROP COLUMN of_tomorrow").update();
        rows.keep();
        assertThat(partitions.allTaken()).isEmpty();
        assertThat(samples()).hasSize(SAMPLES + 1);
    }

    @Test
    void rowsOfAJobThatWasDeletedAreNotPutBack() {
        insert(between);
        partitions.take(new Partition(old));
        jdbc.sql("UPDATE job SET state = 'VANISHED', ended_at = started_at").update();
        assertThat(removal.remove(
                        jdbc.sql("SELECT id FROM job").query(Long.class).single()))
                .isTrue();

        rows.removeTaken();

        assertThat(count("job_sample")).isZero();
        assertThat(partitions.allTaken()).isEmpty();
    }

    @Test
    void beyondTheTimeOfBlocksNothingIsPutBack() {
        insert(between);
        partitions.take(new Partition(old));
        var later = new RowKeeper(
                jdbc,
                partitions,
                taken,
                check,
                settings,
                Clock.fixed(Instant.now().plus(settings.blocks()), ZoneOffset.UTC),
                new SimpleMeterRegistry());

        later.removeTaken();

        assertThat(count("job_sample")).isZero();
    }

    /** A keeper of rows that has looked at the day and is about to take it off, when something happens. */
    private RowKeeper takenWhen(Runnable meanwhile) {
        var slow = new SamplePartitions(jdbc, patient, Clock.systemUTC()) {
            @Override
            void take(Partition partition) {
                if (partition.day().equals(old)) {
                    meanwhile.run();
                }
                super.take(partition);
            }
        };
        return new RowKeeper(jdbc, slow, taken, check, settings, Clock.systemUTC(), new SimpleMeterRegistry());
    }

    /** As it is stored for a slot that is known: nothing but the row. */
    private void insert(Instant time) {
        jdbc.sql("INSERT INTO job_sample (slot_id, time, cpu_user_seconds, open_files)"
                        + " VALUES ((SELECT id FROM slot WHERE slot_key = 'a'), ?, 1.5, 3)")
                .param(time)
                .update();
    }

    private void archive() {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE")
                .update();
        archiver.round();
    }

    private List<JobSample> samples() {
        List<JobSample> samples = new ArrayList<>();
        long slot = jdbc.sql("SELECT id FROM slot WHERE slot_key = 'a'")
                .query(Long.class)
                .single();
        series.samples(slot, Instant.EPOCH, Instant.now().plus(1, ChronoUnit.DAYS), samples::add);
        return samples;
    }

    private List<LocalDate> days() {
        return partitions.all().stream().map(Partition::day).toList();
    }

    private Instant block(String column) {
        return jdbc.sql("SELECT " + column + " FROM sample_block ORDER BY first_at LIMIT 1")
                .query((row, number) -> row.getObject(1, Instant.class))
                .single();
    }

    private @Nullable Instant archiveAt() {
        return jdbc.sql("SELECT archive_at FROM slot WHERE slot_key = 'a'")
                .query((row, number) -> row.getObject(1, Instant.class))
                .list()
                .getFirst();
    }

    private long count(String table) {
        return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
    }
}
