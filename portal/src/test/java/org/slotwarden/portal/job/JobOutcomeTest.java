package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slotwarden.portal.job.SlotEnd.Cause;

class JobOutcomeTest {

    private static final Instant AT = Instant.parse("2026-11-20T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "COMPLETED, COMPLETED",
        "FAILED, FAILED",
        "TIMEOUT, TIMEOUT",
        "DEADLINE, TIMEOUT",
        "OUT_OF_MEMORY, OUT_OF_MEMORY",
        "CANCELLED, CANCELLED",
        "CANCELLED by 1000, CANCELLED",
        "CANCELLED+, CANCELLED",
        "cancelled, CANCELLED",
        "PREEMPTED, CANCELLED",
        "NODE_FAIL, FAILED",
        "BOOT_FAIL, FAILED",
        "REQUEUED, REQUEUED",
        "SPECIAL_EXIT, REQUEUED",
    })
    void slurmsWordCounts_whateverTheExitCode(String word, JobState expected) {
        assertThat(state(end(Cause.EPILOGUE, word, 0, 0))).isEqualTo(expected);
        assertThat(state(end(Cause.EPILOGUE, word, 3, 9))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "slurm, 0, 0, COMPLETED",
        "slurm, 1, 0, FAILED",
        "slurm, 0, 9, FAILED",
        "slurm, 0, 125, OUT_OF_MEMORY",
        "local, 0, 125, FAILED",
        "slurm, , , COMPLETED",
    })
    void withoutAWord_exitCodeAndSignalCount(
            String batchSystem, @Nullable Integer code, @Nullable Integer signal, JobState expected) {
        for (String word : new @Nullable String[] {null, "", "COMPLETING", "who knows", "\u0000"}) {
            assertThat(JobOutcome.of(batchSystem, List.of(end(Cause.EPILOGUE, word, code, signal)), false)
                            .state())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aRunThatWasStartedAgainWasRequeued_unlessItEndedByItself() {
        assertThat(requeued(end(Cause.EPILOGUE, null, 0, 0))).isEqualTo(JobState.REQUEUED);
        assertThat(requeued(end(Cause.EPILOGUE, null, 1, 0))).isEqualTo(JobState.REQUEUED);
        assertThat(requeued(end(Cause.EPILOGUE, "PREEMPTED", 0, 15))).isEqualTo(JobState.REQUEUED);
        assertThat(requeued(end(Cause.EPILOGUE, "NODE_FAIL", 0, 0))).isEqualTo(JobState.REQUEUED);
        assertThat(requeued(end(Cause.VANISHED, null, null, null))).isEqualTo(JobState.REQUEUED);
        assertThat(requeued(end(Cause.EPILOGUE, "COMPLETED", 0, 0))).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void vanishedOnlyWhenNoSlotToldMore() {
        SlotEnd vanished = end(Cause.VANISHED, null, null, null);
        assertThat(state(vanished)).isEqualTo(JobState.VANISHED);
        assertThat(state(vanished, end(Cause.EPILOGUE, null, 0, null))).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void ofSeveralSlots_theWorstTellsAndTheLastEnds() {
        SlotEnd good = new SlotEnd(AT.plusSeconds(9), Cause.EPILOGUE, null, 0, null);
        SlotEnd bad = new SlotEnd(AT, Cause.EPILOGUE, null, 7, null);
        JobOutcome expected = new JobOutcome(JobState.FAILED, AT.plusSeconds(9), null, 7, null);

        assertThat(JobOutcome.of("slurm", List.of(good, bad), false)).isEqualTo(expected);
        assertThat(JobOutcome.of("slurm", List.of(bad, good), false)).isEqualTo(expected);
    }

    @Test
    void twoTalesOfOneSlotMakeOneEnd_inEitherOrder() {
        SlotEnd gone = new SlotEnd(AT, Cause.VANISHED, null, null, null);
        SlotEnd epilogue = new SlotEnd(AT.plusSeconds(5), Cause.EPILOGUE, null, 0, null);
        SlotEnd asked = new SlotEnd(AT.plusSeconds(5), Cause.EPILOGUE, "TIMEOUT", null, null);

        assertThat(gone.and(epilogue)).isEqualTo(epilogue).isEqualTo(epilogue.and(gone));
        assertThat(epilogue.and(asked))
                .isEqualTo(new SlotEnd(AT.plusSeconds(5), Cause.EPILOGUE, "TIMEOUT", 0, null))
                .isEqualTo(asked.and(epilogue));
        assertThat(epilogue.and(null)).isEqualTo(epilogue).isEqualTo(epilogue.and(epilogue));
    }

    private static SlotEnd end(
            Cause cause, @Nullable String word, @Nullable Integer exitCode, @Nullable Integer signal) {
        return new SlotEnd(AT, cause, word, exitCode, signal);
    }

    private static JobState state(SlotEnd... ends) {
        return JobOutcome.of("slurm", List.of(ends), false).state();
    }

    private static JobState requeued(SlotEnd end) {
        return JobOutcome.of("slurm", List.of(end), true).state();
    }
}
