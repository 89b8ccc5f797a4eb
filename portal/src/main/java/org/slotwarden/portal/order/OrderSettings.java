package org.slotwarden.portal.order;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.orders.*}.
 *
 * @param owners what users may order for their own jobs; empty: nothing
 * @param killValidFor what stops a job and was not begun in this time is never carried out
 * @param validFor the same of other orders
 * @param mostOpen orders of one account that are not over: beyond it no more are taken
 * @param mostTails of these, looks at output as it is written, begun or not
 * @param mostWaiting agents that may wait for orders at once; others hear of theirs with the answer to a report. Each
 *     holds a connection, and reports need some, too: less than {@code server.tomcat.max-connections}. A
 *     quarter of the heap is never exceeded
 */
@ConfigurationProperties("slotwarden.orders")
record OrderSettings(
        @DefaultValue({"kill", "look", "tail", "interval"}) Set<OrderKind> owners,
        @DefaultValue("10m") Duration killValidFor,
        @DefaultValue("5m") Duration validFor,
        @DefaultValue("100") int mostOpen,
        @DefaultValue("20") int mostTails,
        @DefaultValue("30000") int mostWaiting) {

    OrderSettings {
        within("kill-valid-for", killValidFor);
        within("valid-for", validFor);
        if (mostOpen < 1 || mostOpen > 100_000) {
            throw new IllegalArgumentException("slotwarden.orders.most-open must be 1 to 100000, not " + mostOpen);
        }
        if (mostTails < 1 || mostTails > 10_000) {
            throw new IllegalArgumentException("slotwarden.orders.most-tails must be 1 to 10000, not " + mostTails);
        }
        if (mostWaiting < 0) {
            throw new IllegalArgumentException(
                    "slotwarden.orders.most-waiting is " + mostWaiting + ", and must be 0 or more");
        }
    }

    private static void within(String name, Duration value) {
        if (value.compareTo(Duration.ofSeconds(10)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "slotwarden.orders." + name + " is " + value + ", and must be 10 s to 1 h");
        }
    }

    Duration validFor(OrderKind kind) {
        return kind.stopsTheJob() ? killValidFor : validFor;
    }
}
