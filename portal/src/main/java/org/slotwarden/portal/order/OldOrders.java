package org.slotwarden.portal.order;

import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Closes what no agent took. */
@Component
class OldOrders {

    private static final Logger log = LoggerFactory.getLogger(OldOrders.class);

    private final OrderResults results;
    private final Clock clock;

    OldOrders(OrderResults results, Clock clock) {
        this.results = results;
        this.clock = clock;
    }

    @Scheduled(initialDelay = 10_000, fixedDelay = 10_000)
    void close() {
        try {
            results.close(clock.instant());
        } catch (DataAccessException | TransactionException e) {
            log.debug("Old orders cannot be closed, which is tried again in ten seconds", e);
        }
    }
}
