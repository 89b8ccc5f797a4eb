package org.slotwarden.portal.order;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.SignedOrder;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /ingest/v1/orders}: agents wait here for orders. */
@RestController
class OrderWaitController {

    private static final int MOST_SLOTS = 50;

    /** Seconds. Meanwhile orders come with the answers to reports. */
    private static final String COME_BACK = "300";

    private final OrderBell bell;
    private final OrderDelivery delivery;
    private final Clock clock;

    OrderWaitController(OrderBell bell, OrderDelivery delivery, Clock clock) {
        this.bell = bell;
        this.delivery = delivery;
        this.clock = clock;
    }

    /** @param slot those of a process that looks after some slots only; absent: all of the node */
    @GetMapping(WireContract.ORDERS_PATH)
    void await(
            @AuthenticationPrincipal ReportingNode node,
            @RequestParam(required = false) @Nullable List<String> slot,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (!bell.hasRoom()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, COME_BACK);
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        List<Long> slots = List.of();
        if (slot != null) {
            slots = delivery.slots(node.id(), slot.stream().limit(MOST_SLOTS).toList());
            if (slots.isEmpty()) {
                // Not known yet: nothing can have been ordered, and 0 is no slot.
                slots = List.of(0L);
            }
        }
        // Not by Spring's own means: those would send it through all filters once more.
        AsyncContext later = request.startAsync(request, response);
        later.setTimeout(0);
        bell.await(node.id(), slots, orders -> answer(later, response, orders));
    }

    private void answer(AsyncContext later, HttpServletResponse response, List<SignedOrder> orders) {
        try {
            if (orders.isEmpty()) {
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            } else {
                response.setContentType(WireContract.CONTENT_TYPE);
                byte[] body = org.slotwarden.wire.v1.Orders.newBuilder()
                        .addAllOrders(orders)
                        .setAnsweredAtMs(clock.millis())
                        .build()
                        .toByteArray();
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
            }
        } catch (IOException | IllegalStateException e) {
            // Whoever waited has gone. What was told is told again in some seconds.
        }
        try {
            later.complete();
        } catch (IllegalStateException e) {
            // Gone as well.
        }
    }
}
