package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobState;

class JobListQueryTest {

    @Test
    void withoutAnyQuestionLiveJobsAreShown() {
        assertThat(asked(null, null, null).filter()).isEqualTo(JobFilter.LIVE);
        assertThat(asked("", " ", "").filter()).isEqualTo(JobFilter.LIVE);
    }

    @Test
    void whoAsksForAJobGetsItInAnyState() {
        assertThat(asked(null, null, "4711").filter().states()).isEmpty();
        assertThat(asked("running", null, "4711").filter().states()).containsExactly(JobState.RUNNING);
    }

    @Test
    void whatIsNoStateOrOrderIsSaidSo() {
        assertThatThrownBy(asked("sleeping", null, null)::filter).hasMessageContaining("state must be one of any");
        assertThatThrownBy(new JobListQuery(null, null, null, null, null, null, null, "size")::order)
                .hasMessageContaining("sort must be one of");
    }

    @Test
    void theAddressKeepsTheFilterWhateverItsCharacters() {
        JobListQuery query = asked("any", "a&b=c +%ü", null);

        assertThat(query.address()).isEqualTo("/jobs?state=any&user=a%26b%3Dc%20%2B%25%C3%BC");
        assertThat(new Pages(query.address(), 0, 50, 120).link(2)).isEqualTo(query.address() + "&page=2");
        assertThat(new Sorting(query.address(), JobSort.NEWEST_FIRST).link("user"))
                .isEqualTo(query.address() + "&sort=user");
    }

    @Test
    void sortingAgainTurnsTheOrderRound() {
        Sorting sorting = new Sorting("/jobs", new JobSort(JobSort.Key.CORES_USED, true));

        assertThat(sorting.link("cores_used")).isEqualTo("/jobs?sort=cores_used");
        assertThat(sorting.link("memory_rss_bytes")).isEqualTo("/jobs?sort=-memory_rss_bytes");
        assertThat(sorting.order("cores_used")).isEqualTo("descending");
        assertThat(sorting.order("user")).isNull();
    }

    private static JobListQuery asked(@Nullable String state, @Nullable String user, @Nullable String job) {
        return new JobListQuery(state, user, null, null, null, job, null, null);
    }
}
