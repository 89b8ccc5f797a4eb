package org.slotwarden.portal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@PortalTest
class UsageQueriesTest {

    private static final Viewer ADMIN = new Viewer("root", true);
    private static final Viewer ANNA = new Viewer("anna", false);
    private static final Stretch MARCH = Stretch.of(YearMonth.of(2026, 3));
    private static final long GB = 1_000_000_000L;

    @Autowired
    UsageQueries queries;

    @Autowired
    JdbcTemplate jdbc;

    private JobRow job(String from, String to, JobState state) {
        return JobRow.of("anna", from, to, state);
    }

    private Usage total(Stretch stretch) {
        return queries.report(stretch, Grouping.USER, ADMIN).total();
    }

    @Test
    void figuresOfAMonth() {
        // 2 h on 4 cores, 6 of 8 core hours used, 1 of 4 GB
        job("2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", JobState.COMPLETED)
                .cores(4)
                .cpuHours(6)
                .memory(GB, 4 * GB)
                .store(jdbc);
        // 6 h on 1 core, 3 of 6 core hours used, 3 of 4 GB
        job("2026-03-03T10:00:00Z", "2026-03-03T16:00:00Z", JobState.FAILED)
                .cpuHours(3)
                .memory(3 * GB, 4 * GB)
                .store(jdbc);
        // 1 h, request not known, 0.5 CPU hours
        job("2026-03-04T10:00:00Z", "2026-03-04T11:00:00Z", JobState.CANCELLED)
                .cores(null)
                .cpuHours(0.5)
                .memory(GB, null)
                .store(jdbc);
        // 1 h on 2 cores, never measured, no limit
        job("2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z", JobState.TIMEOUT)
                .cores(2)
                .memory(GB, Long.MAX_VALUE)
                .store(jdbc);

        Usage usage = total(MARCH);
        assertThat(usage.jobs()).isEqualTo(4);
        assertThat(usage.running()).isZero();
        assertThat(List.of(usage.completed(), usage.failed(), usage.cancelled(), usage.timeout()))
                .containsOnly(1L);
        assertThat(usage.wallHours()).isCloseTo(2 + 6 + 1 + 1, within(1e-6));
        assertThat(usage.coreHoursAsked()).isCloseTo(8 + 6 + 2, within(1e-6));
        assertThat(usage.cpuHours()).isCloseTo(6 + 3 + 0.5, within(1e-6));
        assertThat(usage.cpuEfficiency()).isCloseTo((6.0 + 3) / (8 + 6), within(1e-6));
        assertThat(usage.memoryUsedShare()).isCloseTo((0.25 * 2 + 0.75 * 6) / 8, within(1e-4));
        assertThat(usage.jobsWithoutMemoryShare()).isEqualTo(2);
        assertThat(usage.failedShare()).isCloseTo(2.0 / 4, within(1e-9));
    }

    @Test
    void aJobOverTheEdgeOfAMonth_countsInBoth_eachWithItsPart() {
        // 6 h in February, 18 h in March
        job("2026-02-28T18:00:00Z", "2026-03-01T18:00:00Z", JobState.COMPLETED)
                .cores(2)
                .cpuHours(24)
                .store(jdbc);

        Usage february = total(Stretch.of(YearMonth.of(2026, 2)));
        Usage march = total(MARCH);
        assertThat(february.wallHours()).isCloseTo(6, within(1e-6));
        assertThat(february.coreHoursAsked()).isCloseTo(12, within(1e-6));
        assertThat(february.cpuHours()).isCloseTo(6, within(1e-3));
        assertThat(march.wallHours()).isCloseTo(18, within(1e-6));
        assertThat(march.cpuHours()).isCloseTo(18, within(1e-3));
        assertThat(february.jobs()).isEqualTo(1);
        assertThat(march.jobs()).isEqualTo(1);
        assertThat(total(Stretch.of(YearMonth.of(2026, 1))).jobs()).isZero();
        assertThat(total(Stretch.of(YearMonth.of(2026, 4))).jobs()).isZero();
    }

    @Test
    void aJobThatEndsWithTheMonth_isNotInTheNext() {
        job("2026-02-28T18:00:00Z", "2026-03-01T00:00:00Z", JobState.COMPLETED).store(jdbc);
        job("2026-04-01T00:00:00Z", "2026-04-01T01:00:00Z", JobState.COMPLETED).store(jdbc);

        assertThat(total(MARCH).jobs()).isZero();
        assertThat(total(Stretch.of(YearMonth.of(2026, 2))).jobs()).isEqualTo(1);
    }

    @Test
    void jobsWithoutDurationOrStart_countOnce() {
        job("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", JobState.FAILED)
                .cpuHours(0.25)
                .store(jdbc);
        job("2026-03-02T00:00:00Z", "2026-03-02T01:00:00Z", JobState.FAILED)
                .neverSeenToStart()
                .store(jdbc);

        Usage usage = total(MARCH);
        assertThat(usage.jobs()).isEqualTo(2);
        assertThat(usage.wallHours()).isZero();
        assertThat(usage.cpuHours()).isCloseTo(0.25, within(1e-6));
        assertThat(usage.cpuEfficiency()).isNull();
        assertThat(usage.memoryUsedShare()).isNull();
        assertThat(total(Stretch.of(YearMonth.of(2026, 2))).jobs()).isZero();
    }

    @Test
    void clocksThatDisagree_takeNothingAway() {
        job("2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z", JobState.COMPLETED).store(jdbc);
        job("2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", JobState.COMPLETED).store(jdbc);

        assertThat(total(MARCH).wallHours()).isCloseTo(2, within(1e-6));
        assertThat(total(MARCH).jobs()).isEqualTo(2);
    }

    @Test
    void aJobThatStillRuns_countsUpToNow() {
        Instant now = Instant.now();
        Instant start = now.minus(Duration.ofHours(3));
        JobRow.of("anna", start.toString(), null, JobState.RUNNING).cores(2).store(jdbc);

        UsageReport report =
                queries.report(new Stretch(start.minusSeconds(60), now.plus(Duration.ofDays(9))), Grouping.USER, ADMIN);
        assertThat(report.total().running()).isEqualTo(1);
        assertThat(report.total().failedShare()).isNull();
        double hours = Duration.between(start, report.asOf()).toMillis() / 3.6e6;
        assertThat(hours).isBetween(3.0, 3.1);
        assertThat(report.total().wallHours()).isCloseTo(hours, within(1e-5));
        assertThat(report.total().coreHoursAsked()).isCloseTo(2 * hours, within(1e-5));
    }

    @Test
    void groupsOfAllSorts_theLargestFirst() {
        job("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", JobState.COMPLETED)
                .group("physics")
                .queue("short")
                .store(jdbc);
        JobRow.of("bert", "2026-03-02T10:00:00Z", "2026-03-02T15:00:00Z", JobState.COMPLETED)
                .group("physics")
                .queue(null)
                .store(jdbc);

        assertThat(queries.report(MARCH, Grouping.USER, ADMIN).lines())
                .extracting(UsageReport.Line::name)
                .containsExactly("bert", "anna");
        assertThat(queries.report(MARCH, Grouping.GROUP, ADMIN).lines())
                .singleElement()
                .satisfies(line -> assertThat(line.usage().wallHours()).isCloseTo(6, within(1e-6)));
        assertThat(queries.report(MARCH, Grouping.QUEUE, ADMIN).lines())
                .extracting(UsageReport.Line::name)
                .containsExactly(null, "short");
        assertThat(queries.report(MARCH, Grouping.ACCOUNT, ADMIN).lines()).hasSize(1);
    }

    @Test
    void usersGetTheirOwnJobs_whateverTheyGroupBy() {
        job("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", JobState.COMPLETED)
                .group("physics")
                .store(jdbc);
        JobRow.of("bert", "2026-03-02T10:00:00Z", "2026-03-02T15:00:00Z", JobState.COMPLETED)
                .group("physics")
                .store(jdbc);

        for (Grouping by : Grouping.values()) {
            assertThat(queries.report(MARCH, by, ANNA).total().wallHours()).isCloseTo(1, within(1e-6));
        }
        assertThat(queries.ofUser("bert", MARCH, ANNA)).isEmpty();
        assertThat(queries.ofUser("anna", MARCH, ANNA)).isPresent();
        assertThat(queries.ofUser("bert", MARCH, ADMIN)).isPresent();
    }

    @Test
    void aUserMonthByMonth() {
        job("2026-02-28T18:00:00Z", "2026-03-01T18:00:00Z", JobState.COMPLETED).store(jdbc);
        JobRow.of("bert", "2026-02-28T18:00:00Z", "2026-03-01T18:00:00Z", JobState.COMPLETED)
                .store(jdbc);

        UserUsage usage = queries.ofUser(
                        "anna",
                        new Stretch(Instant.parse("2026-02-01T00:00:00Z"), Instant.parse("2026-03-01T12:00:00Z")),
                        ADMIN)
                .orElseThrow();
        assertThat(usage.total().wallHours()).isCloseTo(18, within(1e-6));
        assertThat(usage.months())
                .extracting(UserUsage.Month::month)
                .containsExactly(YearMonth.of(2026, 2), YearMonth.of(2026, 3));
        assertThat(usage.months().get(0).usage().wallHours()).isCloseTo(6, within(1e-6));
        assertThat(usage.months().get(1).usage().wallHours()).isCloseTo(12, within(1e-6));
    }
}
