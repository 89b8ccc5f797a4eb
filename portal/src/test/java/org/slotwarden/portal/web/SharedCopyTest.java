package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

class SharedCopyTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** Stands still until it is set. */
    private static final class Hand extends Clock {
        private volatile Instant now = Instant.parse("2026-11-22T03:00:00Z");

        void on(Duration time) {
            now = now.plus(time);
        }

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

    private final Hand clock = new Hand();
    private final AtomicInteger made = new AtomicInteger();
    private final SharedCopy<Integer> copy = new SharedCopy<>(made::incrementAndGet, clock);

    @Test
    void aMakerThatHangsHoldsNobodyForEver_andWhatItMakesIsThereForTheNext() {
        CountDownLatch hangs = new CountDownLatch(1);
        SharedCopy<Integer> slow = new SharedCopy<>(
                () -> {
                    try {
                        hangs.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return made.incrementAndGet();
                },
                clock,
                Duration.ofMillis(50));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(slow::get).isInstanceOf(QueryTimeoutException.class);
        }
        hangs.countDown();

        await().atMost(LONG).ignoreExceptions().until(() -> slow.get().copy() == 1);
        assertThat(made).hasValue(1);
    }

    @Test
    void manyWhoAskAtOnceHaveTheSameOne() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        SharedCopy<Integer> slow = new SharedCopy<>(
                () -> {
                    try {
                        asked.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return made.incrementAndGet();
                },
                clock);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(threads.submit(() -> slow.get().copy()));
            }
            asked.countDown();
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(1);
            }
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void whatIsFreshIsNotMadeAnew_andSaysOfWhenItIs() {
        Instant first = clock.instant();
        assertThat(copy.get()).isEqualTo(new SharedCopy.Made<>(1, first));
        clock.on(SharedCopy.FRESH.minusMillis(1));

        assertThat(copy.get()).isEqualTo(new SharedCopy.Made<>(1, first));
        assertThat(made).hasValue(1);
    }

    @Test
    void whatIsNotFreshIsGiven_whileTheNextIsMade() {
        copy.get();
        clock.on(SharedCopy.FRESH);

        assertThat(copy.get().copy()).isEqualTo(1);
        await().atMost(LONG).until(() -> copy.get().copy() == 2);
        assertThat(copy.get().at()).isEqualTo(clock.instant());
    }

    @Test
    void whatIsOldIsNotGiven() {
        copy.get();
        clock.on(SharedCopy.USABLE);

        assertThat(copy.get().copy()).isEqualTo(2);
    }

    @Test
    void ofAClockThatWasSetBackNothingIsKept() {
        copy.get();
        clock.on(Duration.ofHours(-1));

        assertThat(copy.get().copy()).isEqualTo(2);
    }

    @Test
    void whatIsForgottenIsMadeAnew() {
        copy.get();
        copy.forget();

        assertThat(copy.get().copy()).isEqualTo(2);
    }

    @Test
    void whoeverMakesItWhileItIsForgottenDoesNotLeaveItBehind() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch forgotten = new CountDownLatch(1);
        SharedCopy<Integer> slow = new SharedCopy<>(
                () -> {
                    int number = made.incrementAndGet();
                    if (number == 1) {
                        begun.countDown();
                        try {
                            forgotten.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return number;
                },
                clock);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> before = threads.submit(() -> slow.get().copy());
            begun.await();
            slow.forget();
            assertThat(slow.get().copy()).isEqualTo(2);
            forgotten.countDown();
            assertThat(before.get()).isEqualTo(1);
        }
        assertThat(slow.get().copy()).isEqualTo(2);
    }

    @Test
    void whoAsksIsToldOfAFailure_andTheNextOneTriesAgain() {
        SharedCopy<Integer> failing = new SharedCopy<>(
                () -> {
                    if (made.incrementAndGet() == 1) {
                        throw new IllegalStateException("the database is away");
                    }
                    return made.get();
                },
                clock);

        assertThatThrownBy(failing::get)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the database is away");
        assertThat(failing.get().copy()).isEqualTo(2);
    }
}
