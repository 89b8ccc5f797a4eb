package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** What is to be done between looks. Several portals may do it at once. */
@Component
class StorageUpkeep {

    private static final Logger log = LoggerFactory.getLogger(StorageUpkeep.class);

    private final JdbcClient jdbc;
    private final NodeAddresses addresses;
    private final NodeNames names;
    private final StorageAlarms alarms;
    private final ReleaseStore releases;
    private final StorageHistory history;
    private final TransactionTemplate transaction;
    private final Clock clock;

    StorageUpkeep(
            JdbcClient jdbc,
            NodeAddresses addresses,
            NodeNames names,
            StorageAlarms alarms,
            ReleaseStore releases,
            StorageHistory history,
            TransactionTemplate transaction,
            Clock clock) {
        this.jdbc = jdbc;
        this.addresses = addresses;
        this.names = names;
        this.alarms = alarms;
        this.releases = releases;
        this.history = history;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Scheduled(
            initialDelayString = "${slotwarden.storage.look-every:5s}",
            fixedRateString = "${slotwarden.storage.look-every:5s}")
    void look() {
        attempt(addresses::write);
        attempt(this::findSilent);
        attempt(() -> transaction.executeWithoutResult(status -> releases.expire(clock.instant())));
    }

    /** Watches with a token that were heard once, and are not any more. */
    void findSilent() {
        Instant now = clock.instant();
        jdbc
                .sql("SELECT * FROM storage_system WHERE token_digest IS NOT NULL AND heard_at IS NOT NULL")
                .query((row, number) -> StorageRows.status(row, now))
                .list()
                .stream()
                .filter(system -> system.heardAt() != null
                        && system.heardAt()
                                .plus(StorageRows.believed(system.pollIntervalSeconds()))
                                .isBefore(now))
                .forEach(system -> transaction.executeWithoutResult(status -> alarms.silent(system, now)));
    }

    @Scheduled(
            initialDelayString = "${slotwarden.storage.look-every:1m}",
            fixedDelayString = "${slotwarden.storage.look-every:1h}")
    void hourly() {
        attempt(names::learn);
        attempt(addresses::write);
        attempt(addresses::deleteOld);
        attempt(history::thin);
        attempt(history::deleteOld);
    }

    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (DataAccessException | TransactionException e) {
            log.warn("Upkeep of what is known of storage failed, which is tried again: {}", e.toString());
        }
    }
}
