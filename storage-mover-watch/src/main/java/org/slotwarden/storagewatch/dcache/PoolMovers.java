package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.v1.StorageMover;
import tools.jackson.core.JsonParser;

/**
 * The movers of one pool: {@code /api/v1/pools/POOL/movers}. The truth for places that are taken. Copies between
 * pools (queue {@code p2p}) are no client's and left out.
 */
final class PoolMovers {

    private static final String BETWEEN_POOLS = "p2p";

    private static final int MAX_NAME_BYTES = 300;

    /** What dCache itself knows; others are told as they are, and that they are new. */
    private static final Set<String> OTHER_STATES = Set.of("NEW", "CANCELED", "DONE");

    private final String pool;
    private final long nowMs;
    private final int most;
    private final Map<MoverKey, StorageMover.Builder> movers = new LinkedHashMap<>();
    private final Set<String> unknownStates = new TreeSet<>();
    private int read;
    private int unreadable;
    private int clockAhead;
    private boolean tooMany;

    /**
     * @param nowMs by our clock: what lies behind it by more than five minutes is not believed
     * @param most movers that are kept
     */
    PoolMovers(String pool, long nowMs, int most) {
        this.pool = pool;
        this.nowMs = nowMs;
        this.most = most;
    }

    /**
     * Reads one answer, which may be a part of the list.
     *
     * @return how many movers it held
     * @throws IOException when it ends in the middle or is no list
     */
    int read(InputStream in) throws IOException {
        int before = read;
        boolean[] list = new boolean[1];
        Json.read(in, document -> {
            list[0] = document.isExpectedStartArrayToken();
            Json.elements(document, this::mover);
        });
        if (!list[0]) {
            throw new IOException("it is no list of movers");
        }
        return read - before;
    }

    private void mover(JsonParser parser) {
        read++;
        Item item = new Item();
        Json.fields(parser, item::field);
        if (BETWEEN_POOLS.equals(item.queue)) {
            return;
        }
        Long id = item.id;
        Long submitted = item.submitted;
        if (id == null || id < 0 || submitted == null || !Times.known(submitted)) {
            unreadable++;
        } else if (movers.size() >= most) {
            tooMany = true;
        } else {
            movers.put(new MoverKey(pool, id, submitted), built(item, id, submitted));
        }
    }

    private StorageMover.Builder built(Item item, long id, long submitted) {
        StorageMover.Builder mover =
                StorageMover.newBuilder().setPool(pool).setMoverId(id).setSubmittedAtMs(submitted);
        String state = item.state == null ? "" : item.state;
        switch (state) {
            case "QUEUED" -> mover.setState(StorageMover.State.QUEUED);
            case "RUNNING" -> mover.setState(StorageMover.State.RUNNING);
            case "" -> {
                // not told
            }
            default -> {
                mover.setStateText(PlainText.cut(state, MAX_NAME_BYTES));
                if (!OTHER_STATES.contains(state) && unknownStates.size() < 10) {
                    unknownStates.add(PlainText.line(state, 60));
                }
            }
        }
        boolean waits = mover.getState() == StorageMover.State.QUEUED;
        if (!waits && item.started != null && told(item.started)) {
            mover.setStartedAtMs(item.started);
        }
        // Before it was submitted: not its own input or output.
        if (!waits && item.lastIo != null && item.lastIo >= submitted && told(item.lastIo)) {
            mover.setLastIoAtMs(item.lastIo);
        }
        if (item.bytes != null && item.bytes >= 0) {
            mover.setBytes(item.bytes);
        }
        String mode = item.mode == null ? "" : item.mode.toUpperCase(Locale.ROOT);
        if (mode.contains("WRITE")) {
            mover.setDirection(StorageMover.Direction.WRITE);
        } else if (mode.contains("READ")) {
            mover.setDirection(StorageMover.Direction.READ);
        }
        if (item.queue != null) {
            mover.setQueue(PlainText.cut(item.queue, MAX_NAME_BYTES));
        }
        if (item.door != null) {
            mover.setDoor(PlainText.cut(item.door, MAX_NAME_BYTES));
        }
        if (item.fileId != null) {
            mover.setFileId(PlainText.cut(item.fileId, MAX_NAME_BYTES));
        }
        return mover;
    }

    private boolean told(long time) {
        if (Times.ahead(time, nowMs)) {
            clockAhead++;
            return false;
        }
        return Times.known(time);
    }

    /** Their queue is empty where the pool did not name it: the default one. */
    Collection<StorageMover.Builder> movers() {
        return movers.values();
    }

    Set<String> unknownStates() {
        return unknownStates;
    }

    /** Entries without an id or a time of submission. */
    int unreadable() {
        return unreadable;
    }

    /** Times that were not believed. */
    int clockAhead() {
        return clockAhead;
    }

    boolean tooMany() {
        return tooMany;
    }

    /** One of them while it is read. */
    private static final class Item {
        private @Nullable Long id;
        private @Nullable Long submitted;
        private @Nullable Long started;
        private @Nullable Long lastIo;
        private @Nullable Long bytes;
        private @Nullable String queue;
        private @Nullable String state;
        private @Nullable String mode;
        private @Nullable String door;
        private @Nullable String fileId;

        void field(String name, JsonParser value) {
            switch (name) {
                case "moverId" -> id = Json.number(value);
                case "submitTime" -> submitted = Json.number(value);
                case "startTime" -> started = Json.number(value);
                case "lastModified" -> lastIo = Json.number(value);
                case "bytes" -> bytes = Json.number(value);
                case "queue" -> queue = Json.text(value);
                case "state" -> state = Json.text(value);
                case "mode" -> mode = Json.text(value);
                case "door" -> door = Json.text(value);
                case "pnfsId" -> fileId = Json.text(value);
                default -> {}
            }
        }
    }
}
