package org.slotwarden.agent.order;

import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.OrderResult;

/** Words of what came of an order. */
final class Results {

    private Results() {}

    static OrderResult.Builder of(OrderResult.State state) {
        return OrderResult.newBuilder().setState(state);
    }

    /** @param detail a sentence for people */
    static OrderResult.Builder of(OrderResult.State state, String detail) {
        return of(state).setDetail(BoundedName.cut(detail, WireContract.MAX_ORDER_DETAIL_BYTES));
    }

    static OrderResult.Builder failed(String detail) {
        return of(OrderResult.State.FAILED, detail);
    }
}
