package org.slotwarden.storagewatch.storage;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.v1.StorageTrouble;

/**
 * What a look could not see, and since when. Logs each trouble when it begins and when it is over. Used by one
 * thread.
 */
public final class Troubles {

    /** In one report, which may have 100: some room for those that come when it is sent. */
    private static final int MOST = 95;

    private static final int MAX_TEXT = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

    private final Clock clock;
    private final Map<String, Long> since = new HashMap<>();
    private Map<String, StorageTrouble> now = new HashMap<>();

    public Troubles(Clock clock) {
        this.clock = clock;
    }

    /** @param kind a word of the wire contract's */
    public void add(String kind, String text) {
        add(kind, text, "");
    }

    /** @param pool whose trouble it is; empty: of no single pool. The same kind and pool counts once in a look. */
    public void add(String kind, String text, String pool) {
        String key = kind + " " + pool;
        String line = PlainText.line(text, MAX_TEXT);
        Long began = since.get(key);
        if (began == null) {
            began = clock.millis();
            since.put(key, began);
            LOG.warn("{}: {}", kind, line);
        }
        StorageTrouble.Builder trouble =
                StorageTrouble.newBuilder().setKind(kind).setText(line).setSinceMs(began);
        if (!pool.isEmpty()) {
            trouble.setPool(PlainText.cut(pool, MAX_TEXT));
        }
        now.putIfAbsent(key, trouble.build());
    }

    /** Those of the look that is over now; the next one begins without. */
    public List<StorageTrouble> taken() {
        for (String key : List.copyOf(since.keySet())) {
            if (!now.containsKey(key)) {
                LOG.info("{} is over", key.strip());
                since.remove(key);
            }
        }
        List<StorageTrouble> all = new ArrayList<>(now.values());
        now = new HashMap<>();
        // Those of no single pool come first: they say more.
        all.sort((a, b) -> Boolean.compare(a.hasPool(), b.hasPool()));
        if (all.size() > MOST) {
            int left = all.size() - MOST + 1;
            all = new ArrayList<>(all.subList(0, MOST - 1));
            all.add(StorageTrouble.newBuilder()
                    .setKind("more")
                    .setText(left + " more troubles of pools are not listed here")
                    .build());
        }
        return all;
    }
}
