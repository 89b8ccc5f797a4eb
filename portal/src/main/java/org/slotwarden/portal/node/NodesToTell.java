package org.slotwarden.portal.node;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.AfterCommit;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Until when the agents of which nodes may have something to be told. Most have nothing, and the answers to their
 * reports need no look into the database. Thread-safe.
 */
public final class NodesToTell {

    private final JdbcClient jdbc;
    private final String open;
    private final Clock clock;

    /** By node; null: to be read. */
    private @Nullable Map<Long, Instant> until;

    /** @param open reads {@code node_id} and {@code until} of what is open at a moment, its only parameter */
    public NodesToTell(JdbcClient jdbc, String open, Clock clock) {
        this.jdbc = jdbc;
        this.open = open;
        this.clock = clock;
    }

    /** There will be something for these nodes until then, once the transaction of this thread is committed. */
    public void add(Collection<Long> nodes, Instant until) {
        AfterCommit.run(() -> remember(nodes, until));
    }

    private synchronized void remember(Collection<Long> nodes, Instant newest) {
        if (until != null) {
            until.values().removeIf(old -> old.isBefore(clock.instant()));
            nodes.forEach(node -> until.merge(node, newest, (old, one) -> one.isAfter(old) ? one : old));
        }
    }

    /** False when there is nothing for this node for certain. */
    public synchronized boolean mayContain(long node) {
        if (until == null) {
            Map<Long, Instant> read = new HashMap<>();
            jdbc.sql(open).param(clock.instant()).query((ResultSet row) -> {
                read.put(row.getLong("node_id"), row.getObject("until", Instant.class));
            });
            until = read;
        }
        Instant last = until.get(node);
        return last != null && last.isAfter(clock.instant());
    }

    /** The next question reads again. */
    public synchronized void forget() {
        until = null;
    }
}
