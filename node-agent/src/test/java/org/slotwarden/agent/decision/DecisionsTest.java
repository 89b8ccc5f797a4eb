package org.slotwarden.agent.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slotwarden.agent.decision.Policy.Settings;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.JobSample.Reason;

/** A job told sample by sample: one a second, every thirtieth of them regular. */
class DecisionsTest {

    private static final long BEGIN = 1_795_000_000_000L;
    private static final long GB = 1 << 30;

    private final List<JobSample> reported = new ArrayList<>();
    private int second;
    private double cpuSeconds;
    private long resident = GB;
    private int files = 20;
    private int oomKills;

    private static Policy policy(String thresholds, long heldBytes, int everyNthUnchanged) {
        return new Policy(new Settings(
                Duration.ofSeconds(1),
                0.001,
                Duration.ofMinutes(10),
                heldBytes,
                Threshold.parse(thresholds),
                everyNthUnchanged));
    }

    private static Policy usual() {
        return policy("memory_rss_bytes>90%, open_files>90%", 4 << 20, 1);
    }

    private static Decisions slot(Policy policy) {
        return policy.forSlot(() -> new JobLimits(4.0 * GB, 2));
    }

    private void runs(Decisions decisions, int seconds, double cores) {
        for (int i = 0; i < seconds; i++) {
            cpuSeconds += cores;
            JobSample sample = JobSample.newBuilder()
                    .setTimeMs(BEGIN + second * 1000L)
                    .setCpuUserSeconds(cpuSeconds)
                    .setCpuSystemSeconds(0)
                    .setMemoryRssBytes(resident)
                    .setProcesses(3)
                    .setOpenFiles(files)
                    .setFullestOpenFiles(files)
                    .setFullestOpenFilesLimit(1000)
                    .setOomKills(oomKills)
                    .build();
            reported.addAll(decisions.sampled(sample, second % 30 == 0));
            second++;
        }
    }

    private List<JobSample> because(Reason reason) {
        return reported.stream().filter(s -> s.getReason() == reason).toList();
    }

    @Test
    void aSteadyJobReportsItsRegularSamplesOnly() {
        runs(slot(usual()), 3600, 1);
        assertThat(reported).hasSize(120).allMatch(sample -> sample.getReason() == Reason.REGULAR);
    }

    @Test
    void noiseIsNoChange() {
        Decisions decisions = slot(usual());
        Random random = new Random(4);
        for (int i = 0; i < 3600; i++) {
            resident = GB + random.nextInt(50 << 20);
            runs(decisions, 1, 1.5 + random.nextDouble() * 0.4);
        }
        assertThat(because(Reason.CHANGE)).isEmpty();
    }

    @Test
    void theEdgesOfAPhaseAreReported() {
        Decisions decisions = slot(usual());
        runs(decisions, 305, 1);
        runs(decisions, 300, 0);
        runs(decisions, 100, 1);
        assertThat(because(Reason.CHANGE).stream().map(s -> (s.getTimeMs() - BEGIN) / 1000))
                .containsExactly(305L, 605L);
    }

    @Test
    void aJobThatSwingsAllTheTimeIsNotReportedAllTheTime() {
        Decisions decisions = slot(usual());
        for (int i = 0; i < 4 * 3600; i += 7) {
            resident = (1 + (i / 7) % 3) * GB;
            runs(decisions, 7, i % 2 * 2);
        }
        // Two per second round would be 4,114 edges in four hours.
        assertThat(reported.size() - because(Reason.REGULAR).size()).isLessThan(600 * 5 + 1);
    }

    @Test
    void crossingAThresholdReportsTheMinuteBeforeAndAllOfTheMinuteAfter() {
        Decisions decisions = slot(usual());
        runs(decisions, 600, 1);
        resident = (long) (3.7 * GB);
        runs(decisions, 300, 1);
        assertThat(because(Reason.THRESHOLD))
                .singleElement()
                .extracting(JobSample::getTimeMs)
                .isEqualTo(BEGIN + 600_000);
        // Second 600 is itself regular; those between two regular ones come extra.
        assertThat(because(Reason.EVENT).stream().map(s -> (s.getTimeMs() - BEGIN) / 1000))
                .contains(541L, 570L - 1, 599L, 601L, 659L)
                .doesNotContain(539L, 662L)
                .hasSizeBetween(110, 120);
    }

    @Test
    void staysQuietAboveAThresholdUntilItWasBelow() {
        Decisions decisions = slot(usual());
        runs(decisions, 600, 1);
        for (int i = 0; i < 10; i++) {
            resident = (long) (3.7 * GB);
            runs(decisions, 40, 1);
            resident = (long) (3.5 * GB);
            runs(decisions, 40, 1);
        }
        assertThat(because(Reason.THRESHOLD)).hasSize(1);
        resident = 3 * GB;
        runs(decisions, 40, 1);
        resident = (long) (3.7 * GB);
        runs(decisions, 40, 1);
        assertThat(because(Reason.THRESHOLD)).hasSize(2);
    }

    @Test
    void aKillForWantOfMemoryIsAnEvent() {
        Decisions decisions = slot(usual());
        runs(decisions, 615, 1);
        oomKills = 1;
        runs(decisions, 200, 1);
        List<Long> events =
                because(Reason.EVENT).stream().map(JobSample::getTimeMs).toList();
        assertThat(events).contains(BEGIN + 560_000, BEGIN + 614_000, BEGIN + 615_000, BEGIN + 674_000);
        assertThat(events).doesNotContain(BEGIN + 500_000, BEGIN + 700_000);
    }

    @Test
    void aFailureReleasesTheLastMinutesAndSuccessNothing() {
        Decisions good = slot(usual());
        runs(good, 1800, 1);
        assertThat(good.ended(BEGIN + second * 1000L, false)).isEmpty();

        Decisions bad = slot(usual());
        int from = second;
        runs(bad, 1800, 1);
        List<JobSample> last = bad.ended(BEGIN + second * 1000L, true);
        assertThat(last).hasSizeBetween(570, 590).allMatch(s -> s.getReason() == Reason.EVENT);
        assertThat(last).extracting(JobSample::getTimeMs).isSorted();
        assertThat(from).isPositive();
    }

    @Test
    void whatWasHeldCanBeAskedForOnce() {
        Decisions decisions = slot(usual());
        runs(decisions, 300, 1);
        List<JobSample> asked = decisions.asked(BEGIN + 300_000, BEGIN + 100_000, BEGIN + 200_000);
        assertThat(asked).hasSize(101 - 3).allMatch(s -> s.getReason() == Reason.ASKED);
        assertThat(decisions.asked(BEGIN + 300_000, BEGIN + 100_000, BEGIN + 200_000))
                .isEmpty();
    }

    @Test
    void whatIsHeldIsBoundedAndTheNewestLieClosest() {
        Decisions decisions = slot(policy("", 32 << 10, 1));
        runs(decisions, 600, 1);
        List<JobSample> held = decisions.asked(BEGIN + 600_000, 0, Long.MAX_VALUE);
        assertThat(held.stream().mapToLong(JobSample::getSerializedSize).sum()).isLessThan(32 << 10);
        assertThat(held.size()).isBetween(150, 400);
        assertThat(held.getFirst().getTimeMs()).isLessThan(BEGIN + 200_000);
        assertThat(held.stream().filter(sample -> sample.getTimeMs() > BEGIN + 540_000))
                .as("the last minute whole, but for the regular samples of seconds 540 and 570")
                .hasSize(58);
    }

    @Test
    void slotsShareTheMemory() {
        Policy policy = policy("", 256 << 10, 1);
        Decisions one = slot(policy);
        runs(one, 600, 1);
        int alone = policy.statistics().samplesHeldBack();
        List<Decisions> others = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            others.add(slot(policy));
        }
        runs(one, 30, 1);
        assertThat(policy.statistics().samplesHeldBack()).isLessThan(alone / 2);
        others.forEach(Decisions::close);
        one.close();
        assertThat(policy.statistics().samplesHeldBack()).isZero();
    }

    @Test
    void anUnchangedJobMayBeThinned() {
        Decisions decisions = slot(policy("", 4 << 20, 4));
        runs(decisions, 3600, 1);
        assertThat(reported).hasSizeBetween(30, 33);
        int before = reported.size();
        files = 600;
        runs(decisions, 30, 1);
        assertThat(reported.size()).isGreaterThan(before);
        assertThat(decisions.asked(BEGIN + 3_700_000, 0, Long.MAX_VALUE))
                .as("what was thinned is held")
                .anyMatch(sample -> (sample.getTimeMs() - BEGIN) % 30_000 == 0);
    }
}
