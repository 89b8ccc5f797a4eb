package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlindSpotsTest {

    @Test
    void blindSpotsAreThoseOfOrdinaryUsers() {
        assertThat(BlindSpots.parseEffectiveUid("Name:\tjava\nUid:\t1000\t1001\t1000\t1000\n"))
                .isEqualTo("1001");
        assertThat(BlindSpots.hidesOthers("proc /proc proc rw,nosuid,hidepid=2 0 0\n"))
                .isTrue();
        assertThat(BlindSpots.hidesOthers("proc /proc proc rw,hidepid=invisible,gid=4 0 0\n"))
                .isTrue();
        assertThat(BlindSpots.hidesOthers("proc /proc proc rw,hidepid=0 0 0\ntmpfs /x tmpfs hidepid=2 0 0\n"))
                .isFalse();
    }
}
