package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.job.Listening;
import org.springframework.util.unit.DataSize;

class AdmissionTest {

    private static final long KB = 1024;

    private final Listening listening = new Listening();
    private final Admission admission = new Admission(
            new IngestSettings(1, DataSize.ofKilobytes(100), 0.25, Duration.ofSeconds(1), 1000),
            listening,
            Clock.systemUTC(),
            new SimpleMeterRegistry());

    @Test
    void manyNodesShareTheRoom_andWhoComesBeyondIsToldToComeBack() {
        for (int node = 1; node <= 10; node++) {
            admission.admit(node, 10 * KB);
        }

        assertThatThrownBy(() -> admission.admit(11, 1)).isInstanceOf(Busy.class);
        assertThat(admission.waitingBytes()).isEqualTo(100 * KB);
        assertThat(admission.waitingBatches()).isEqualTo(10);
    }

    @Test
    void oneNodeHasItsShareOnly_andTheOthersAreLetIn() {
        admission.admit(1, 20 * KB);

        assertThatThrownBy(() -> admission.admit(1, 6 * KB)).isInstanceOf(Busy.class);
        admission.admit(1, 5 * KB);
        admission.admit(2, 25 * KB);
        assertThat(admission.waitingBytes()).isEqualTo(50 * KB);
    }

    @Test
    void whatIsAloneIsLetIn_howeverLarge_butNothingBesideIt() {
        try (var room = admission.admit(1, 500 * KB)) {
            assertThat(room).isNotNull();
            assertThatThrownBy(() -> admission.admit(2, 1)).isInstanceOf(Busy.class);
        }
        assertThat(admission.waitingBytes()).isZero();
        admission.admit(2, 1);
    }

    @Test
    void aBodyThatInflatesBeyondTheRoomIsRefused_andGivesBackAllThatItTook() {
        admission.admit(1, 25 * KB);
        try (var room = admission.admit(2, 1 * KB)) {
            assertThatThrownBy(() -> room.grow(90 * KB)).isInstanceOf(Busy.class);
        }

        assertThat(admission.waitingBytes()).isEqualTo(25 * KB);
        assertThat(admission.waitingBatches()).isEqualTo(1);
        admission.admit(2, 25 * KB);
    }

    @Test
    void aBodyOfUnknownLengthTakesRoom() {
        try (var room = admission.admit(1, -1)) {
            assertThat(room).isNotNull();
            assertThat(admission.waitingBytes()).isPositive();
        }
        assertThat(admission.waitingBytes()).isZero();
    }

    @Test
    void afterAPauseNobodyIsSentAwayForLong() {
        try (var room = admission.admit(1, 1)) {
            room.stored();
        }

        // A byte a second or so was stored; still all of the room is assumed to be stored within 20 s.
        assertThat(admission.comeBackIn(50 * KB)).isLessThanOrEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void theTimeToComeBackIsASecondAtLeast_aMinuteAtMost_andNotTheSameForAll() {
        var busy = new HashSet<Duration>();
        admission.admit(1, 100 * KB);
        for (int node = 2; node < 50; node++) {
            long id = node;
            Busy why = catchThrowableOfType(Busy.class, () -> admission.admit(id, KB));
            busy.add(why.comeBackIn());
        }

        assertThat(busy)
                .hasSizeGreaterThan(10)
                .allSatisfy(time -> assertThat(time).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60)));
    }
}
