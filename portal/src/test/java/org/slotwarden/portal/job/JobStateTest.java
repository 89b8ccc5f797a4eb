package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.slotwarden.portal.job.JobState.CANCELLED;
import static org.slotwarden.portal.job.JobState.COMPLETED;
import static org.slotwarden.portal.job.JobState.FAILED;
import static org.slotwarden.portal.job.JobState.OUT_OF_MEMORY;
import static org.slotwarden.portal.job.JobState.REQUEUED;
import static org.slotwarden.portal.job.JobState.RUNNING;
import static org.slotwarden.portal.job.JobState.SILENT;
import static org.slotwarden.portal.job.JobState.TIMEOUT;
import static org.slotwarden.portal.job.JobState.VANISHED;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobStateTest {

    private static final Set<JobState> TOLD_ENDS =
            EnumSet.of(COMPLETED, FAILED, TIMEOUT, OUT_OF_MEMORY, CANCELLED, REQUEUED);

    @ParameterizedTest
    @EnumSource
    void everyPairIsLegalOrIsNot(JobState from) {
        for (JobState to : JobState.values()) {
            if (legal(from, to)) {
                assertThat(from.to(to)).isEqualTo(to);
            } else {
                assertThatThrownBy(() -> from.to(to))
                        .isInstanceOf(JobState.IllegalTransition.class)
                        .hasMessageContainingAll(from.name(), to.name());
            }
        }
    }

    /** The rules in words, apart from the table. */
    private static boolean legal(JobState from, JobState to) {
        if (from == to) {
            return true;
        }
        if (TOLD_ENDS.contains(from)) {
            // An end that was told is refined, and never taken back.
            return TOLD_ENDS.contains(to);
        }
        // Only what runs falls silent; everything else may happen to what was not told to have ended.
        return to != SILENT || from == RUNNING;
    }

    @ParameterizedTest
    @EnumSource
    void onlyRunningAndSilentJobsAreLive(JobState state) {
        assertThat(state.live()).isEqualTo(state == RUNNING || state == SILENT);
        assertThat(state.next()).doesNotContain(state);
        assertThat(JobFilter.LIVE.states().contains(state)).isEqualTo(state.live());
        assertThat(state == VANISHED || TOLD_ENDS.contains(state)).isEqualTo(!state.live());
    }
}
