package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    private final AtomicLong rounds = new AtomicLong();
    private final AtomicInteger wakes = new AtomicInteger();
    private final AtomicBoolean bitten = new AtomicBoolean();

    private Thread watch(Runnable eachTime) {
        return Thread.ofPlatform()
                .daemon()
                .start(new Watchdog(Duration.ofMillis(1), rounds::get, eachTime, () -> bitten.set(true)));
    }

    @Test
    void bitesWhenTheLoopStandsStillForSixtyWakeUps() {
        watch(wakes::incrementAndGet);
        await().atMost(Duration.ofMinutes(1)).untilTrue(bitten);
        assertThat(wakes.get()).isEqualTo(60);
    }

    @Test
    void leavesALoopAloneThatGoesRoundNowAndThen() throws Exception {
        Thread thread = watch(() -> {
            if (wakes.incrementAndGet() % 50 == 0) {
                rounds.incrementAndGet();
            }
        });
        await().atMost(Duration.ofMinutes(1)).until(() -> wakes.get() > 500);
        assertThat(bitten).isFalse();
        thread.interrupt();
        thread.join();
        assertThat(bitten).isFalse();
    }
}
