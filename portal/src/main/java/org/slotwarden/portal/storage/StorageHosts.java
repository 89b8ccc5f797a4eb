package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.wire.WireContract;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Addresses of doors and pools, for the agents to look for. Another portal's news are known some seconds later. */
@Service
public class StorageHosts implements RowCache {

    private static final Duration READ_EVERY = Duration.ofSeconds(10);

    /** A storage system of which nothing was heard for so long is nothing to look for. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /**
     * What agents are told.
     *
     * @param version another one whenever the addresses are; never 0
     * @param addresses numeric, sorted, {@link WireContract#MAX_STORAGE_HOSTS} at most
     */
    public record Told(long version, List<String> addresses) {
        public Told {
            addresses = List.copyOf(addresses);
        }

        static Told of(List<String> addresses) {
            // Two portals, and one that starts anew, give the same addresses the same number.
            long version = 1;
            for (String address : addresses) {
                for (int i = 0; i < address.length(); i++) {
                    version = version * 1_099_511_628_211L + address.charAt(i);
                }
                version = version * 1_099_511_628_211L + ' ';
            }
            return new Told(version == 0 ? 1 : version, addresses);
        }
    }

    /** @param told null: not known */
    private record Read(@Nullable Told told, Instant at) {}

    private final JdbcClient jdbc;
    private final Clock clock;
    private volatile Read read = new Read(null, Instant.MIN);

    StorageHosts(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Asks the database now and then; what it said last counts while it is away. Null until it has answered: "none" would
     * let all agents forget what they know.
     */
    public @Nullable Told told() {
        Read known = read;
        Instant now = clock.instant();
        if (now.isBefore(known.at().plus(READ_EVERY)) && !now.isBefore(known.at())) {
            return known.told();
        }
        // Who comes meanwhile takes what is known.
        read = new Read(known.told(), now);
        try {
            Told told = Told.of(jdbc.sql("""
                            SELECT DISTINCT h.address FROM storage_host h JOIN storage_system s ON s.id = h.storage_id
                            WHERE s.received_at > ? ORDER BY h.address LIMIT
                            """ + " " + WireContract.MAX_STORAGE_HOSTS)
                    .param(now.minus(REMEMBERED))
                    .query((row, number) -> row.getString(1))
                    .list());
            read = new Read(told, now);
            return told;
        } catch (DataAccessException e) {
            return known.told();
        }
    }

    @Override
    public void forget() {
        read = new Read(read.told(), Instant.MIN);
    }
}
