package org.slotwarden.portal.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageSenderTest {

    @ParameterizedTest
    @CsvSource({"1,30", "2,60", "3,120", "4,240", "5,300", "11,300", "1000000,300"})
    void pausesDoubleUntilFiveMinutes_forOwnersWaitForTheirWarning(int attempts, int seconds) {
        assertThat(MessageSender.pause(attempts, Attempt.later("busy"))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void theOtherSideMayAskForMore_anHourAtMost() {
        assertThat(asked(1, Duration.ofMinutes(20))).isEqualTo(Duration.ofMinutes(20));
        assertThat(asked(1, Duration.ofDays(3))).isEqualTo(Duration.ofHours(1));
        assertThat(asked(9, Duration.ofSeconds(1))).isEqualTo(Duration.ofMinutes(5));
    }

    private static Duration asked(int attempts, Duration asked) {
        return MessageSender.pause(attempts, new Attempt(Attempt.Result.LATER, "busy", asked));
    }
}
