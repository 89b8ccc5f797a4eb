package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.wire.v1.ReportAnswer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.unit.DataSize;

/** What one lane does with what waits. The storing is a stand-in: {@link IngestTest} has the real one. */
@ExtendWith(OutputCaptureExtension.class)
class LaneTest {

    private final Ingest ingest = mock(Ingest.class);
    private final AtomicInteger back = new AtomicInteger();
    private final List<Instant> deaf = Collections.synchronizedList(new ArrayList<>());
    private final List<List<Contents>> groups = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Lane lane = new Lane(
            ingest,
            new IngestMeters(new SimpleMeterRegistry()),
            new IngestSettings(1, DataSize.ofMegabytes(1), 1, Duration.ofSeconds(1), 1000),
            Clock.systemUTC(),
            new Lane.Surroundings() {
                @Override
                public int slots() {
                    return 0;
                }

                @Override
                public void databaseIsBack() {
                    back.incrementAndGet();
                }

                @Override
                public void wasDeaf(Instant since) {
                    deaf.add(since);
                }
            });
    private final Thread thread = Thread.ofPlatform().unstarted(lane);

    @AfterEach
    void end() throws InterruptedException {
        goOn.countDown();
        lane.end();
        assertThat(thread.join(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void whatCameWhileTheLaneWasBusyIsStoredTogether() throws InterruptedException {
        storing(group -> answers(group));
        CompletableFuture<ReportAnswer> first = first();
        List<CompletableFuture<ReportAnswer>> others = List.of(lane.put(of("b")), lane.put(of("c")), lane.put(of("d")));
        goOn.countDown();

        assertThat(answered(first)).isEqualTo("a");
        assertThat(others).extracting(LaneTest::answered).containsExactly("b", "c", "d");
        assertThat(groups).extracting(List::size).containsExactly(1, 3);
    }

    @Test
    void oneThatTheDatabaseCannotTakeSpoilsNoOther() throws InterruptedException {
        storing(group -> {
            if (group.stream().anyMatch(contents -> contents.node().name().equals("c"))) {
                throw new DataIntegrityViolationException("c");
            }
            return answers(group);
        });
        first();
        List<CompletableFuture<ReportAnswer>> others = List.of(lane.put(of("b")), lane.put(of("c")), lane.put(of("d")));
        goOn.countDown();

        assertThat(answered(others.getFirst())).isEqualTo("b");
        assertThat(answered(others.getLast())).isEqualTo("d");
        assertThatThrownBy(() -> answered(others.get(1))).hasCauseInstanceOf(DataIntegrityViolationException.class);
        assertThat(back).hasValue(0);
    }

    @Test
    void whileTheDatabaseIsAwayAllAreToldToComeBack_andWhenItIsBackWhatWasKnownIsForgotten()
            throws InterruptedException {
        var away = new AtomicBoolean(true);
        storing(group -> {
            if (away.get()) {
                throw new TransientDataAccessResourceException("away");
            }
            return answers(group);
        });
        CompletableFuture<ReportAnswer> first = first();
        CompletableFuture<ReportAnswer> second = lane.put(of("b"));
        goOn.countDown();
        assertThatThrownBy(() -> answered(first)).hasCauseInstanceOf(Busy.class);
        assertThatThrownBy(() -> answered(second)).hasCauseInstanceOf(Busy.class);
        assertThat(deaf).hasSize(2);
        away.set(false);

        assertThat(answered(lane.put(of("b")))).isEqualTo("b");
        int asked = back.get();
        assertThat(asked).isPositive();
        assertThat(answered(lane.put(of("b")))).isEqualTo("b");
        assertThat(back).hasValue(asked);
    }

    @Test
    void whoIsAnsweredDoesNotWaitForLists() throws InterruptedException {
        var shown = new CountDownLatch(1);
        doAnswer(call -> shown.await(1, TimeUnit.MINUTES)).when(ingest).show(any());
        storing((group, live) -> {
            live.put("a", slot(1), Instant.now());
            return answers(group);
        });
        CompletableFuture<ReportAnswer> first = first();
        goOn.countDown();

        assertThat(answered(first)).isEqualTo("a");
        assertThat(shown.getCount()).isEqualTo(1);
        shown.countDown();
    }

    @Test
    void figuresThatTheDatabaseCanNeverTakeDelayNoOthers_andTheLogSaysSoOnce(CapturedOutput log)
            throws InterruptedException {
        Set<Long> shown = ConcurrentHashMap.newKeySet();
        doAnswer(call -> {
                    Collection<LiveSlot> slots = call.getArgument(0);
                    if (slots.stream().anyMatch(slot -> slot.id() == 3)) {
                        throw new DataIntegrityViolationException("Out of range");
                    }
                    slots.forEach(slot -> shown.add(slot.id()));
                    return null;
                })
                .when(ingest)
                .show(any());
        storing((group, live) -> {
            for (long id = 1; id <= 5; id++) {
                live.put("slot" + id, slot(id), Instant.now().minusSeconds(2));
            }
            return answers(group);
        });
        CompletableFuture<ReportAnswer> first = first();
        goOn.countDown();
        assertThat(answered(first)).isEqualTo("a");

        Awaitility.await().until(() -> shown.equals(Set.of(1L, 2L, 4L, 5L)));
        Awaitility.await().untilAsserted(() -> assertThat(lane.unshownSeconds()).isZero());
        verify(ingest, timeout(60_000)).heard(argThat(slot -> slot.id() == 3));
        shown.clear();
        assertThat(answered(lane.put(of("b")))).isEqualTo("b");
        Awaitility.await().until(() -> shown.equals(Set.of(1L, 2L, 4L, 5L)));
        verify(ingest, timeout(60_000).times(2)).heard(argThat(slot -> slot.id() == 3));
        assertThat(log).containsOnlyOnce("do not show the figures of slot slot3");
    }

    @Test
    void whatIsKnownOfSlotsOutlastsADatabaseThatWasAway() throws InterruptedException {
        var away = new AtomicBoolean();
        var certain = new AtomicBoolean();
        storing((group, live) -> {
            if (away.get()) {
                throw new CannotCreateTransactionException("no connection");
            }
            certain.set(live.certain("a"));
            live.put("a", slot(1), Instant.now());
            return answers(group);
        });
        CompletableFuture<ReportAnswer> first = first();
        goOn.countDown();
        assertThat(answered(first)).isEqualTo("a");
        away.set(true);
        assertThatThrownBy(() -> answered(lane.put(of("b")))).hasCauseInstanceOf(Busy.class);
        away.set(false);

        assertThat(answered(lane.put(of("b")))).isEqualTo("b");
        assertThat(certain).isTrue();
    }

    @Test
    void anErrorIsNotTheEndOfTheLane() throws InterruptedException {
        var full = new AtomicBoolean(true);
        storing(group -> {
            if (full.getAndSet(false)) {
                throw new OutOfMemoryError("for this test");
            }
            return answers(group);
        });
        CompletableFuture<ReportAnswer> first = first();
        goOn.countDown();

        assertThatThrownBy(() -> answered(first)).hasCauseInstanceOf(Busy.class);
        assertThat(answered(lane.put(of("b")))).isEqualTo("b");
    }

    @Test
    void atTheEndWhatWaitsIsStored_andWhatComesLaterIsToldToComeBack() throws InterruptedException {
        storing(group -> answers(group));
        CompletableFuture<ReportAnswer> first = first();
        CompletableFuture<ReportAnswer> waiting = lane.put(of("b"));
        lane.end();
        goOn.countDown();

        assertThat(answered(first)).isEqualTo("a");
        // Either was taken before the end, or its agent is told: nothing hangs.
        assertThat(waiting.handle((answer, why) -> answer != null || why instanceof Busy)
                        .orTimeout(60, TimeUnit.SECONDS)
                        .join())
                .isTrue();
        assertThat(thread.join(Duration.ofMinutes(1))).isTrue();
        assertThatThrownBy(() -> answered(lane.put(of("c")))).hasCauseInstanceOf(Busy.class);
    }

    private interface Storing {
        List<ReportAnswer> of(List<Contents> group, LiveSlots live);
    }

    private interface StoringOnly {
        List<ReportAnswer> of(List<Contents> group);
    }

    private static LiveSlot slot(long id) {
        return new LiveSlot(id, 10 + id, 1, LatestSamples.NONE, Unshown.peak(1L));
    }

    private void storing(StoringOnly storing) {
        storing((group, live) -> storing.of(group));
    }

    private void storing(Storing storing) {
        when(ingest.store(any(), any())).thenAnswer(call -> {
            List<Contents> group = call.getArgument(0);
            groups.add(group);
            begun.countDown();
            assertThat(goOn.await(1, TimeUnit.MINUTES)).isTrue();
            return storing.of(group, call.getArgument(1));
        });
        thread.start();
    }

    /** The lane is at it, until it may go on. */
    private CompletableFuture<ReportAnswer> first() throws InterruptedException {
        CompletableFuture<ReportAnswer> first = lane.put(of("a"));
        assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
        return first;
    }

    private static Contents of(String node) {
        return new Contents(
                new ReportingNode(1, node),
                Instant.EPOCH,
                "test",
                null,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null);
    }

    /** The answer to a batch names its node. */
    private static List<ReportAnswer> answers(List<Contents> group) {
        return group.stream()
                .map(contents -> ReportAnswer.newBuilder()
                        .addSendJobFactsOf(contents.node().name())
                        .build())
                .toList();
    }

    private static String answered(CompletableFuture<ReportAnswer> answer) throws CompletionException {
        return answer.orTimeout(60, TimeUnit.SECONDS).join().getSendJobFactsOf(0);
    }
}
