package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is worth a kill was seen to last; nothing that was not measured proves it. */
class KillTest {

    private final JobCase job = new JobCase(
            JudgeSettings.defaults(),
            JobFacts.UNKNOWN.withCores(1).withInterval(30).withStart(0).withWalltime(86_400));
    private double time;

    /** A job that reported progress for ten minutes and has been silent since, for so many minutes. */
    private void silent(double minutes) {
        for (; time < 600; time += 30) {
            sample(time, time / 6000);
        }
        for (double end = time + 60 * minutes; time < end; time += 30) {
            sample(600, 0.1);
        }
    }

    private void sample(double cpuSeconds, double progress) {
        job.feed(Observation.at(time)
                .with(Quantity.CPU_SECONDS, cpuSeconds)
                .with(Quantity.PROCESSES, 3)
                .with(Quantity.WRITE_CHARS, 1e6)
                .with(Quantity.READ_CHARS, 1e6)
                .with(Quantity.PROGRESS, progress));
    }

    @Test
    void aHangThatGoesOnAfterTheWarningIsWorthAKill() {
        silent(35);
        assertThat(job.severity(FlagKind.HANG)).isEqualTo(Severity.WARN);

        silent(35);

        assertThat(job.severity(FlagKind.HANG)).isEqualTo(Severity.KILL);
    }

    @Test
    void hoursInWhichNothingWasHeardProveNothing() {
        silent(35);
        time += 5 * 3600;
        silent(2);

        assertThat(job.severity(FlagKind.HANG)).isEqualTo(Severity.WARN);
    }

    @Test
    void whoWorksAgainIsNotKilledWhileTheFlagStillStands() {
        KillTest other = new KillTest();
        other.silent(35);
        while (other.job.severity(FlagKind.HANG) == Severity.WARN) {
            other.silent(0.5);
        }
        silent((other.time - 600) / 60 - 0.5);
        assertThat(job.severity(FlagKind.HANG)).isEqualTo(Severity.WARN);

        // One more silent sample, and it would be worth a kill.
        sample(630, 0.2);

        assertThat(job.standing()).contains(FlagKind.HANG);
        assertThat(job.severity(FlagKind.HANG)).isEqualTo(Severity.WARN);
    }

    @Test
    void manyProcessesAloneAreNoSecondSignal() {
        for (; time < 3600; time += 30) {
            job.feed(Observation.at(time)
                    .with(Quantity.CPU_SECONDS, time)
                    .with(Quantity.PROCESSES, time < 600 ? 4 : 900)
                    .with(Quantity.NODE_BUSY, 0.5));
        }

        assertThat(job.severity(FlagKind.PROCESS_STORM)).isEqualTo(Severity.WARN);
    }
}
