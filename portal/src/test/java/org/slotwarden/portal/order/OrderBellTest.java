package org.slotwarden.portal.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.slotwarden.wire.v1.SignedOrder;

/** How long agents wait, and who is sent away. */
class OrderBellTest {

    private final OrderDelivery delivery = mock(OrderDelivery.class);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final OrderBell bell = new OrderBell(delivery, 400, nanos::get);
    private final List<List<SignedOrder>> answers = new ArrayList<>();

    @Test
    void whoHasWaitedForLongIsSentAway() {
        bell.await(1, List.of(), answers::add);
        nanos.addAndGet(OrderBell.patience(1).toNanos() - 1);
        bell.look();
        assertThat(answers).isEmpty();
        assertThat(bell.waiting()).isEqualTo(1);
        nanos.incrementAndGet();
        bell.look();
        assertThat(answers).containsExactly(List.of());
        assertThat(bell.waiting()).isZero();
    }

    @Test
    void whoCameTogetherIsNotSentAwayTogether() {
        List<Duration> patience = LongStream.rangeClosed(1, 2000)
                .mapToObj(OrderBell::patience)
                .sorted()
                .toList();
        assertThat(patience.getFirst()).isGreaterThan(OrderBell.PATIENCE.minusSeconds(10));
        assertThat(patience.getLast()).isLessThanOrEqualTo(OrderBell.PATIENCE);
        Duration within = patience.get(1000).minus(patience.get(800));
        assertThat(within).as("a tenth of them").isBetween(Duration.ofMillis(900), Duration.ofMillis(1100));
    }

    @Test
    void aPortalThatStopsLeavesNobodyWaiting() {
        bell.await(1, List.of(), answers::add);
        bell.stop();
        assertThat(answers).hasSize(1);
        assertThat(bell.isRunning()).isFalse();
        bell.await(1, List.of(), answers::add);
        assertThat(answers).as("at once").hasSize(2);
        bell.ring(Set.of(1L));

        bell.start();
        bell.await(1, List.of(), answers::add);
        assertThat(bell.waiting()).isEqualTo(1);
        when(delivery.mayBeOpen(1)).thenReturn(true);
        when(delivery.tell(1, List.of(), true)).thenReturn(List.of(SignedOrder.getDefaultInstance()));
        bell.ring(Set.of(1L));
        await().untilAsserted(() -> assertThat(bell.waiting()).isZero());
    }

    @Test
    void ofOneNodeOnlySoManyWait() {
        for (int i = 0; i < 301; i++) {
            bell.await(1, List.of(), answers::add);
        }
        assertThat(answers).hasSize(1);
        assertThat(bell.waiting()).isEqualTo(300);
    }

    @Test
    void whereAsManyWaitAsMayThereIsRoomAgainWhenSomeHaveGone() {
        OrderBell small = new OrderBell(delivery, 2, nanos::get);
        small.await(2, List.of(), answers::add);
        assertThat(small.hasRoom()).isTrue();
        small.await(1, List.of(), answers::add);
        assertThat(small.hasRoom()).isFalse();
        nanos.addAndGet(OrderBell.patience(2).toNanos());
        small.look();
        assertThat(answers).hasSize(1);
        assertThat(small.hasRoom()).isTrue();

        when(delivery.mayBeOpen(1)).thenReturn(true);
        when(delivery.tell(1, List.of(), true)).thenReturn(List.of(SignedOrder.getDefaultInstance()));
        small.ring(Set.of(1L));
        await().untilAsserted(() -> assertThat(small.waiting()).isZero());
    }

    @Test
    void whoWaitsFillsNoMoreThanAQuarterOfTheHeap() {
        assertThat(OrderBell.atMost(30_000, 640L << 20)).isBetween(2_400, 2_600);
        assertThat(OrderBell.atMost(30_000, 64L << 30)).isEqualTo(30_000);
        assertThat(OrderBell.atMost(0, 64L << 30)).isZero();
    }
}
