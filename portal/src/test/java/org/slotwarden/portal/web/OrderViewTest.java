package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.order.JobOrder;
import org.slotwarden.portal.order.OrderState;
import org.slotwarden.portal.order.OrderWish;
import org.slotwarden.portal.order.SlotOrder;

class OrderViewTest {

    private final OrderView view = new OrderView(new Format(Clock.systemUTC()));

    @Test
    void ofAnOrderToManyNodesThoseStandFirstWhereItWentWrong() {
        OrderView.Row row = view.row(order(IntStream.range(0, 200)
                .mapToObj(i -> slot(i, i == 77 ? OrderState.FAILED : i < 10 ? OrderState.BEGUN : OrderState.DONE))
                .toList()));

        assertThat(row.counted()).isEqualTo("200 nodes: 10 begun, 189 done, 1 failed");
        assertThat(row.outcomes()).extracting(outcome -> outcome.slot().node()).containsExactly("n77");
        assertThat(row.rest()).hasSize(199);
    }

    @Test
    void ofAnOrderToSomeNodesAllAreShown() {
        OrderView.Row row = view.row(order(
                IntStream.range(0, 6).mapToObj(i -> slot(i, OrderState.DONE)).toList()));

        assertThat(row.counted()).isNull();
        assertThat(row.outcomes()).hasSize(6);
        assertThat(row.rest()).isEmpty();
    }

    private static JobOrder order(List<SlotOrder> slots) {
        Instant now = Instant.now();
        return new JobOrder(1, 2, new OrderWish.Look(true), "ada", false, "x", now, now, null, null, slots, null);
    }

    private static SlotOrder slot(int number, OrderState state) {
        return new SlotOrder(number, "n" + number, state, null, null, null, null, null, false);
    }
}
