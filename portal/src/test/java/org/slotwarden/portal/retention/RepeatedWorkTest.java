package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RepeatedWorkTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final List<Thread> rounds = new CopyOnWriteArrayList<>();

    private RepeatedWork work(Duration before, Runnable round) {
        return new RepeatedWork("tests", before, Duration.ofMillis(1)) {
            @Override
            Duration round() {
                rounds.add(Thread.currentThread());
                round.run();
                return Duration.ofMillis(1);
            }
        };
    }

    @Test
    void roundsFollowEachOtherOnOneThread_alsoAfterOneThatFailed() {
        RepeatedWork work = work(Duration.ZERO, () -> {
            if (rounds.size() == 2) {
                throw new IllegalStateException("once");
            }
        });
        work.start();
        try {
            await().atMost(PATIENCE).until(() -> rounds.size() > 4);
            assertThat(work.isRunning()).isTrue();
            assertThat(rounds).extracting(Thread::getName).containsOnly("tests");
            assertThat(rounds.stream().distinct()).hasSize(1);
        } finally {
            work.stop();
        }
        assertThat(work.isRunning()).isFalse();
        assertThat(rounds.getFirst().isAlive()).isFalse();
    }

    @Test
    void theFirstRoundWaits_andAStopEndsThatAtOnce() {
        RepeatedWork work = work(Duration.ofDays(1), () -> {});
        work.start();
        work.stop();

        assertThat(rounds).isEmpty();
    }

    @Test
    void aRoundIsInterruptedByTheStop() {
        CountDownLatch interrupted = new CountDownLatch(1);
        RepeatedWork work = work(Duration.ZERO, () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        work.start();
        await().atMost(PATIENCE).until(() -> !rounds.isEmpty());
        work.stop();

        assertThat(interrupted.getCount()).isZero();
    }
}
