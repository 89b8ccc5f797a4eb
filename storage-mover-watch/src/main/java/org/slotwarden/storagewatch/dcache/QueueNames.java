package org.slotwarden.storagewatch.dcache;

import java.util.HashMap;
import java.util.Map;

/**
 * Names of queues by what movers' ids tell: the highest of an id's four bytes numbers the queue within its pool, 0
 * the default one. What name has which number is learned from movers whose pool names their queue.
 */
final class QueueNames {

    private record Place(String pool, long number) {}

    private final Map<Place, String> names = new HashMap<>();

    static boolean isDefault(long moverId) {
        return moverId >>> 24 == 0;
    }

    void learn(String pool, long moverId, String queue) {
        names.put(new Place(pool, moverId >>> 24), queue);
    }

    /** Empty when it is not known. */
    String of(String pool, long moverId, String defaultName) {
        String known = names.get(new Place(pool, moverId >>> 24));
        return known != null ? known : isDefault(moverId) ? defaultName : "";
    }
}
