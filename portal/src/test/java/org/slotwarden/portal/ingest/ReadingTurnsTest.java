package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadingTurnsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> read = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Comes to an end when the latch is open. */
    private CompletableFuture<String> reading(ReadingTurns turns, long node, String name, CountDownLatch latch) {
        return CompletableFuture.supplyAsync(
                () -> turns.inTurn(node, () -> {
                    read.add(name);
                    await().atMost(LONG).until(() -> latch.getCount() == 0);
                    return name;
                }),
                threads);
    }

    private CompletableFuture<String> begun(ReadingTurns turns, long node, String name, CountDownLatch latch) {
        CompletableFuture<String> reading = reading(turns, node, name, latch);
        await().atMost(LONG).until(() -> read.contains(name));
        return reading;
    }

    @Test
    void aNodeThatSendsMuchTakesOneTurn_andTheOthersThoseThatAreLeft() {
        ReadingTurns turns = new ReadingTurns(2, LONG);
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        begun(turns, 1, "first of the slow one", slow);
        List<CompletableFuture<String>> more = List.of(
                reading(turns, 1, "second of the slow one", slow), reading(turns, 1, "third of the slow one", slow));
        open.countDown();

        for (long node = 2; node < 12; node++) {
            assertThat(reading(turns, node, "of " + node, open)).succeedsWithin(LONG);
        }
        assertThat(read).doesNotContain("second of the slow one", "third of the slow one");

        slow.countDown();
        assertThat(more).allSatisfy(one -> assertThat(one).succeedsWithin(LONG));
        await().atMost(LONG).until(() -> turns.nodes() == 0);
    }

    @Test
    void whoeverWaitsTooLongForTheOwnNodeIsToldToComeBack() {
        ReadingTurns turns = new ReadingTurns(5, Duration.ofMillis(100));
        CountDownLatch slow = new CountDownLatch(1);
        CompletableFuture<String> first = begun(turns, 1, "first", slow);

        assertThatThrownBy(() -> turns.inTurn(1, () -> "second"))
                .isInstanceOfSatisfying(
                        Busy.class, busy -> assertThat(busy.comeBackIn()).isPositive());
        assertThat(turns.inTurn(2, () -> "another node's")).isEqualTo("another node's");
        slow.countDown();
        assertThat(first).succeedsWithin(LONG);
        assertThat(turns.nodes()).isZero();
    }

    @Test
    void whoeverWaitsTooLongForTheOthersIsToldToComeBack() {
        ReadingTurns turns = new ReadingTurns(1, Duration.ofMillis(100));
        CountDownLatch slow = new CountDownLatch(1);
        CompletableFuture<String> first = begun(turns, 1, "first", slow);

        assertThatThrownBy(() -> turns.inTurn(2, () -> "another node's")).isInstanceOf(Busy.class);
        slow.countDown();
        assertThat(first).succeedsWithin(LONG);
    }

    @Test
    void aTurnEndsAlsoWithABatchThatCannotBeRead() {
        ReadingTurns turns = new ReadingTurns(1, LONG);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> turns.inTurn(1, () -> {
                        throw new IllegalStateException("no batch");
                    }))
                    .hasMessage("no batch");
        }
        assertThat(turns.inTurn(1, () -> "read")).isEqualTo("read");
        assertThat(turns.nodes()).isZero();
    }
}
