package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.NodeSample;

class AsideTest {

    private static final Aside.Pace AT_ONCE =
            new Aside.Pace(Duration.ofNanos(1), Duration.ofMillis(10), Duration.ofMinutes(10));

    private static <T> Aside<T> aside(Aside.Pace pace, Aside.Reader<T> reader) {
        return new Aside<>("test", pace, ErrorKind.SENSORS_SLOW, ErrorKind.SENSORS_UNUSABLE, reader);
    }

    @Test
    void aReadingThatHangsHoldsUpNobodyAndIsTheOnlyOne() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger readings = new AtomicInteger();
        ScratchSpace scratch = new ScratchSpace(
                () -> {
                    readings.incrementAndGet();
                    released.await();
                    return 42L;
                },
                Duration.ofSeconds(30));
        NodeSample.Builder sample = NodeSample.newBuilder();
        for (int i = 0; i < 1000; i++) {
            scratch.prepare();
            scratch.into(sample);
        }
        assertThat(sample.hasScratchFreeBytes()).isFalse();
        released.countDown();
        await().until(() -> {
            scratch.into(sample);
            return sample.getScratchFreeBytes() == 42;
        });
        assertThat(readings).hasValue(1);
    }

    @Test
    void aSlowReadingIsAnErrorOnce() {
        long before = ErrorCounts.of(ErrorKind.SENSORS_SLOW);
        CountDownLatch released = new CountDownLatch(1);
        Aside<Integer> aside = aside(AT_ONCE, () -> {
            released.await();
            return 1;
        });
        await().until(() -> {
            aside.request();
            return ErrorCounts.of(ErrorKind.SENSORS_SLOW) > before;
        });
        aside.request();
        assertThat(ErrorCounts.of(ErrorKind.SENSORS_SLOW)).isEqualTo(before + 1);
        released.countDown();
    }

    @Test
    void aFailureTakesTheOldFigureAway() {
        AtomicInteger readings = new AtomicInteger();
        Aside<Integer> aside = aside(AT_ONCE, () -> {
            if (readings.incrementAndGet() > 1) {
                throw new IOException("gone");
            }
            return 7;
        });
        aside.request();
        await().until(() -> aside.latest().isPresent());
        await().until(() -> {
            aside.request();
            return aside.latest().isEmpty();
        });
        assertThat(readings).hasValueGreaterThanOrEqualTo(2);
    }

    @Test
    void whatWasReadLongAgoIsAbsent() {
        Aside<Integer> aside =
                aside(new Aside.Pace(Duration.ofNanos(1), Duration.ofMinutes(1), Duration.ofNanos(1)), () -> 7);
        aside.request();
        await().until(() -> !aside.isRunning());
        await().until(() -> aside.latest().isEmpty());
    }

    @Test
    void readsTheFreeSpaceOfThisMachine() {
        ScratchSpace scratch = new ScratchSpace(Path.of("/tmp"), Duration.ofSeconds(30));
        scratch.prepare();
        NodeSample.Builder sample = NodeSample.newBuilder();
        await().until(() -> {
            scratch.into(sample);
            return sample.getScratchFreeBytes() > 0;
        });
    }
}
