package org.slotwarden.agent.order;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.wire.v1.OrderResult;

/** An order that was taken and is not over. Used by the thread that owns the slots. */
final class RunningOrder {

    private final Slot slot;
    private final OrderBook book;
    private final OrderDesk.Node node;
    private OrderBook.Entry entry;
    private @Nullable Work work;
    private boolean over;

    RunningOrder(Slot slot, OrderBook book, OrderBook.Entry entry, OrderDesk.Node node) {
        this.slot = slot;
        this.book = book;
        this.entry = entry;
        this.node = node;
    }

    Slot slot() {
        return slot;
    }

    OrderBook.Entry entry() {
        return entry;
    }

    void write(OrderBook.Entry next) throws IOException {
        book.write(next);
        entry = next;
    }

    /** Null until it is known what is to be done. */
    @Nullable
    Work work() {
        return work;
    }

    void work(Work what) {
        work = what;
    }

    boolean isOver() {
        return over;
    }

    void over() {
        over = true;
    }

    void begun() {
        report(Results.of(OrderResult.State.BEGUN));
    }

    void report(OrderResult.Builder result) {
        slot.reportOrder(result.setOrderId(entry.id())
                .setTimeMs(System.currentTimeMillis())
                .build());
        node.reported();
    }

    @Override
    public String toString() {
        return slot + ": order " + Long.toUnsignedString(entry.id()) + " (" + entry.word() + ")";
    }
}
