package org.slotwarden.portal.flag;

import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads how busy nodes were. */
@Repository
class NodeLoads {

    /** What was measured longer ago, or over a longer time, does not say how a node is. */
    private static final Duration CONNECTED = Duration.ofMinutes(10);

    private final JdbcClient jdbc;

    NodeLoads(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How busy one node was, as far as its samples tell. */
    static final class Load {
        private final int cores;
        private final NavigableMap<Instant, Double> busySeconds = new TreeMap<>();

        Load(int cores) {
            this.cores = cores;
        }

        void add(Instant time, double seconds) {
            busySeconds.put(time, seconds);
        }

        /** Share of its cores that were busy before this moment, 0 to 1; NaN: not known. */
        double at(Instant time) {
            Map.Entry<Instant, Double> last = busySeconds.floorEntry(time);
            Map.Entry<Instant, Double> before = last == null ? null : busySeconds.lowerEntry(last.getKey());
            if (last == null
                    || before == null
                    || last.getKey().plus(CONNECTED).isBefore(time)
                    || before.getKey().plus(CONNECTED).isBefore(last.getKey())) {
                return Double.NaN;
            }
            double busy = last.getValue() - before.getValue();
            double seconds = Duration.between(before.getKey(), last.getKey()).toMillis() / 1e3;
            // A counter that fell was counted anew.
            return busy < 0 ? Double.NaN : Math.min(1, busy / seconds / cores);
        }
    }

    /** Of the node of a slot, for moments from {@code from} to {@code to}. */
    Load of(JobRequest.@Nullable Slot slot, Instant from, Instant to) {
        JobRequest.Place place = slot == null ? null : slot.place();
        if (place == null || place.cores() == null || place.cores() <= 0) {
            return new Load(1);
        }
        Load load = new Load(place.cores());
        jdbc.sql("""
                        SELECT time, cpu_busy_seconds FROM node_sample
                        WHERE node_id = ? AND time BETWEEN ? AND ? AND cpu_busy_seconds IS NOT NULL ORDER BY time
                        """)
                .params(place.nodeId(), from.minus(CONNECTED.multipliedBy(2)), to)
                .query((ResultSet row) ->
                        load.add(row.getObject("time", Instant.class), row.getDouble("cpu_busy_seconds")));
        return load;
    }
}
