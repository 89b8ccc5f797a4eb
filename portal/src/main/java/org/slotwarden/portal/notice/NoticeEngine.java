package org.slotwarden.portal.notice;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Looks again and again for what is to be told, and deletes what has become too old. */
@Component
class NoticeEngine {

    private static final int DELETED_AT_ONCE = 1000;
    private static final Logger log = LoggerFactory.getLogger(NoticeEngine.class);

    private final NoticeRouting routing;
    private final MessageSender sender;
    private final MessageStore messages;
    private final NoticeSettings settings;
    private final Clock clock;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile MessageStore.Waiting waiting = new MessageStore.Waiting(0, null);

    NoticeEngine(
            NoticeRouting routing,
            MessageSender sender,
            MessageStore messages,
            NoticeSettings settings,
            MeterRegistry registry,
            Clock clock) {
        this.routing = routing;
        this.sender = sender;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
        Gauge.builder("slotwarden.notices.waiting", () -> waiting.notices())
                .description("Notices that wait on a channel, in silences too")
                .register(registry);
        Gauge.builder("slotwarden.notices.waiting.oldest", this::oldestSeconds)
                .baseUnit("seconds")
                .description("How long the oldest of them has waited")
                .register(registry);
    }

    private double oldestSeconds() {
        Instant oldest = waiting.oldest();
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, clock.instant()).toMillis() / 1000.0);
    }

    /** At a fixed rate: what runs with a fixed delay waits for others that do. */
    @Scheduled(
            initialDelayString = "${slotwarden.notices.look-every:5s}",
            fixedRateString = "${slotwarden.notices.look-every:5s}")
    void lookInTurn() {
        if (!looking.tryLock()) {
            return;
        }
        try {
            look();
        } catch (DataAccessException | TransactionException e) {
            log.warn("Notices could not be looked for, which is tried again: {}", e.toString());
        } finally {
            looking.unlock();
        }
    }

    void look() {
        routing.look();
        sender.look();
        waiting = messages.waiting();
    }

    @Scheduled(initialDelay = 600_000, fixedRate = 3_600_000)
    void deleteOld() {
        try {
            Instant before = clock.instant().minus(settings.keep());
            while (messages.deleteOld(before, DELETED_AT_ONCE) >= DELETED_AT_ONCE) {
                // There are more.
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("Old messages could not be deleted, which is tried again: {}", e.toString());
        }
    }
}
