package org.slotwarden.agent.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderBookTest {

    @Test
    void whatIsAskedForOftenLeavesRoomForWhatStopsTheJob(@TempDir Path root) throws IOException {
        OrderBook book = OrderBook.open(root.resolve("orders"));
        long id = 0;
        while (book.hasRoom(0, false)) {
            book.write(new OrderBook.Entry(++id, "look", true, OrderBook.rememberMs(0, 1000), 0, 0));
        }
        assertThat(id).isEqualTo(OrderBook.MOST);
        assertThat(book.hasRoom(0, true)).isTrue();
        while (id < 200 && book.hasRoom(0, true)) {
            book.write(new OrderBook.Entry(++id, OrderTerms.KILL, false, OrderBook.rememberMs(0, 1000), 0, 0));
        }
        assertThat(id).as("not without end").isEqualTo(120);
    }
}
