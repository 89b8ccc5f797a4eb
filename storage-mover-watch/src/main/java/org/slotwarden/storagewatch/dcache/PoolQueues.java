package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.v1.StorageQueue;
import tools.jackson.core.JsonParser;

/** Places in the queues of the pools of a group: {@code /api/v1/poolgroups/GROUP/queues}. */
final class PoolQueues {

    private static final int MAX_NAME_BYTES = 200;
    private static final int MOST_QUEUES = 50;

    /**
     * The queues of one pool.
     *
     * @param defaultName where movers go of which no queue is named; empty: not told
     */
    record Queues(String defaultName, List<StorageQueue> queues) {
        static final Queues UNKNOWN = new Queues("", List.of());
    }

    private PoolQueues() {}

    /** Per pool. */
    static Map<String, Queues> read(InputStream in) throws IOException {
        Map<String, Queues> pools = new HashMap<>();
        Json.read(
                in,
                document -> Json.fields(document, (name, value) -> {
                    if (name.equals("costDataForPools")) {
                        Json.fields(value, (pool, cost) -> pools.put(pool, ofPool(cost)));
                    }
                }));
        return pools;
    }

    private static Queues ofPool(JsonParser cost) {
        Map<String, StorageQueue.Builder> queues = new HashMap<>();
        String[] defaultName = {""};
        Json.fields(cost, (name, value) -> {
            if (name.equals("extendedMoverHash")) {
                Json.fields(value, (queue, figures) -> {
                    if (queues.size() < MOST_QUEUES) {
                        queues.put(queue, figures(figures));
                    }
                });
            } else if (name.equals("defaultQueueName")) {
                @Nullable String told = Json.text(value);
                defaultName[0] = told == null ? "" : PlainText.cut(told, MAX_NAME_BYTES);
            }
        });
        return of(defaultName[0], queues);
    }

    /** From figures under their queues' names. */
    static Queues of(String defaultName, Map<String, StorageQueue.Builder> figures) {
        List<StorageQueue> queues = new ArrayList<>();
        figures.forEach((name, queue) -> queues.add(queue.setName(PlainText.cut(name, MAX_NAME_BYTES))
                .setDefaultQueue(name.equals(defaultName))
                .build()));
        queues.sort((a, b) -> a.getName().compareTo(b.getName()));
        return new Queues(defaultName, queues);
    }

    private static StorageQueue.Builder figures(JsonParser object) {
        StorageQueue.Builder queue = StorageQueue.newBuilder();
        Json.fields(object, (name, value) -> {
            Long number = Json.number(value);
            if (number != null) {
                figure(queue, name, number);
            }
        });
        return queue;
    }

    /** @param number below zero or beyond 32 bits: absent */
    static void figure(StorageQueue.Builder queue, String name, long number) {
        OptionalInt count =
                number < 0 || number > Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of((int) number);
        count.ifPresent(value -> {
            switch (name) {
                case "active" -> queue.setActive(value);
                case "maxActive", "max-active" -> queue.setMaxActive(value);
                case "queued" -> queue.setQueued(value);
                default -> {}
            }
        });
    }
}
