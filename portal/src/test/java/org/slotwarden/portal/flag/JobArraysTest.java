package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.ArrayCase;
import org.slotwarden.judging.JudgeSettings;

/** What is remembered of members of arrays, and for how long. */
class JobArraysTest {

    private static final JudgeSettings SETTINGS = JudgeSettings.defaults();

    private final JobArrays arrays = new JobArrays(mock(JobRequests.class), mock(JobHistory.class));

    private static JobRequest member(String array, long index) {
        JobRequest.Member member = new JobRequest.Member(new JobRequest.JobArray("slurm", "site", array), index);
        return new JobRequest(null, 1, null, 1, 30.0, null, Story.START, null, member, Map.of());
    }

    private ArrayCase follow(JobRequest request) {
        ArrayCase array = Objects.requireNonNull(arrays.of(request));
        var unused = new JobTrack(SETTINGS, request, array);
        return array;
    }

    private ArrayCase leave(JobRequest request) {
        ArrayCase array = follow(request);
        arrays.leave(request);
        return array;
    }

    @Test
    void ofOneArray256ThatNobodyFollowsAreRemembered_thoseThatWereLeftLast() {
        for (int i = 999; i >= 600; i--) {
            leave(member("1", i));
        }
        ArrayCase array = follow(member("1", 1));

        assertThat(array.size()).isEqualTo(JobArrays.MOST_LEFT_OF_ONE + 1);
        assertThat(array.knows(600)).isTrue();
        assertThat(array.knows(855)).isTrue();
        assertThat(array.knows(856)).isFalse();
    }

    @Test
    void whoIsFollowedIsNotForgotten_howeverManyOthersCome() {
        ArrayCase large = follow(member("large", 0));
        for (int i = 1; i < 1000; i++) {
            follow(member("large", i));
        }
        ArrayCase eldest = leave(member("eldest", 1));
        follow(member("eldest", 2));
        int others = JobArrays.MOST_LEFT / JobArrays.MOST_LEFT_OF_ONE + 1;
        for (int array = 0; array < others; array++) {
            for (int i = 0; i < JobArrays.MOST_LEFT_OF_ONE; i++) {
                leave(member("other" + array, i));
            }
        }

        assertThat(large.size()).isEqualTo(1000);
        assertThat(arrays.of(member("large", 7))).isSameAs(large);
        assertThat(eldest.knows(1)).as("left first").isFalse();
        assertThat(eldest.knows(2)).as("followed").isTrue();
        assertThat(arrays.of(member("eldest", 2))).isSameAs(eldest);
    }

    @Test
    void whoIsFollowedAgainIsLeftNoMore() {
        ArrayCase array = leave(member("1", 1));
        follow(member("1", 1));
        for (int i = 2; i < 600; i++) {
            leave(member("1", i));
        }

        assertThat(array.knows(1)).isTrue();
    }

    @Test
    void ofAnArrayOfWhichNothingIsLeft_whatIsStoredIsReadAgain() {
        JobRequest first = member("0", 0);
        ArrayCase before = leave(first);
        int others = JobArrays.MOST_LEFT / JobArrays.MOST_LEFT_OF_ONE + 1;
        for (int array = 1; array <= others; array++) {
            for (int i = 0; i < JobArrays.MOST_LEFT_OF_ONE; i++) {
                leave(member("" + array, i));
            }
        }

        assertThat(before.size()).isZero();
        assertThat(arrays.of(first)).isNotSameAs(before);
        assertThat(arrays.lacksHistory(first)).isTrue();
    }
}
