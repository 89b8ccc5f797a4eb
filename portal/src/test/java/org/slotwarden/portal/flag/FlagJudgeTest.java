package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slotwarden.portal.job.JobEvents.JobEnded;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.StoredSamples;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class FlagJudgeTest {

    private final Judgement judgement = mock(Judgement.class);
    private final FlagJudge judge = new FlagJudge(judgement, Clock.systemUTC(), new SimpleMeterRegistry());

    @AfterEach
    void stop() throws InterruptedException {
        judge.stop();
    }

    private static SamplesStored samples(long jobId) {
        return new SamplesStored(jobId, 1, List.of());
    }

    @Test
    void aFailure_isNoFailureOfTheOneWhoStored_isLoggedOnce_andTheNextJobIsJudged(CapturedOutput output) {
        doThrow(new IllegalStateException("broken"))
                .when(judgement)
                .judge(argThat(stored -> stored != null && stored.jobId() <= 3));

        for (long jobId = 1; jobId <= 4; jobId++) {
            SamplesStored stored = samples(jobId);
            assertThatCode(() -> judge.on(new StoredSamples(List.of(stored)))).doesNotThrowAnyException();
        }

        verify(judgement, timeout(10_000)).judge(samples(4));
        for (long jobId = 1; jobId <= 3; jobId++) {
            verify(judgement).forget(jobId);
        }
        assertThat(output).containsOnlyOnce("could not be judged");
    }

    @Test
    void anErrorIsNotTheEndOfJudging() {
        doThrow(new OutOfMemoryError("for a test"))
                .when(judgement)
                .judge(argThat(stored -> stored != null && stored.jobId() == 1));

        judge.on(new StoredSamples(List.of(samples(1))));
        verify(judgement, timeout(10_000)).forget(1);
        judge.on(new StoredSamples(List.of(samples(2))));

        verify(judgement, timeout(10_000)).judge(samples(2));
    }

    @Test
    void endsAreJudgedInTurn() {
        Instant at = Instant.parse("2026-11-21T10:00:00Z");
        judge.on(new JobEnded(7, JobState.COMPLETED, at));

        verify(judgement, timeout(10_000)).end(7, at);
    }
}
