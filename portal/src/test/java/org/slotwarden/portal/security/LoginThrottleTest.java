package org.slotwarden.portal.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private final Hand clock = new Hand();
    private final LoginThrottle throttle = new LoginThrottle(clock);

    @Test
    void theFirstFailuresAreFree_thenTheLockDoubles() {
        fail(LoginThrottle.FREE_ATTEMPTS - 1);
        assertThat(throttle.isLocked("anna", "::1")).isFalse();

        fail(1);
        assertLockedFor(Duration.ofSeconds(1));
        fail(1);
        assertLockedFor(Duration.ofSeconds(2));
        fail(1);
        assertLockedFor(Duration.ofSeconds(4));
    }

    @Test
    void noLockIsLongerThanAQuarterOfAnHour() {
        fail(1000);

        assertLockedFor(Duration.ofMinutes(15));
    }

    @Test
    void onlyThatAccountFromThatAddressIsLocked() {
        fail(100);

        assertThat(throttle.isLocked("anna", "192.0.2.1")).isFalse();
        assertThat(throttle.isLocked("bert", "::1")).isFalse();
    }

    @Test
    void aSuccessForgetsTheFailures() {
        fail(LoginThrottle.FREE_ATTEMPTS - 1);
        throttle.succeeded("anna", "::1");
        fail(LoginThrottle.FREE_ATTEMPTS - 1);

        assertThat(throttle.isLocked("anna", "::1")).isFalse();
    }

    @Test
    void theOldestIsForgottenWhenTooManyAreKept() {
        fail(100);
        for (int i = 0; i < LoginThrottle.MOST_KEPT - 1; i++) {
            throttle.failed("account" + i, "::1");
        }
        assertThat(throttle.isLocked("anna", "::1")).isTrue();

        throttle.failed("one more", "::1");
        assertThat(throttle.isLocked("anna", "::1")).isFalse();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed("anna", "::1");
        }
    }

    /** Afterwards the lock is over. */
    private void assertLockedFor(Duration duration) {
        clock.now = clock.now.plus(duration).minusMillis(1);
        assertThat(throttle.isLocked("anna", "::1")).isTrue();
        clock.now = clock.now.plusMillis(1);
        assertThat(throttle.isLocked("anna", "::1")).isFalse();
    }

    private static final class Hand extends Clock {
        Instant now = Instant.parse("2026-11-21T20:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
