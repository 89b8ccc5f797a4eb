package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.v1.StorageMover;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What doors say of transfers, and a collector asked pools about them some time ago: {@code /api/v1/transfers}, and
 * {@code /context/transfers.json} of the old httpd, which is the list alone. Who the client is stands only here.
 */
final class Transfers {

    private static final int MAX_NAME_BYTES = 300;
    private static final int MAX_PATH_BYTES = 1_000;

    private final int most;
    private final Identities before;
    private final Map<MoverKey, StorageMover.Builder> movers = new LinkedHashMap<>();
    private OptionalLong timeOfCreation = OptionalLong.empty();
    private long lastWordMs;
    private boolean tooMany;

    /**
     * @param most movers that are kept
     * @param before when a mover was submitted, where the pool did not tell the collector
     */
    Transfers(int most, Identities before) {
        this.most = most;
        this.before = before;
    }

    /** @throws IOException when it ends in the middle; what came before is kept */
    void read(InputStream in) throws IOException {
        Json.read(in, document -> {
            if (document.currentToken() == JsonToken.START_ARRAY) {
                Json.elements(document, this::item);
                return;
            }
            Json.fields(document, (name, value) -> {
                switch (name) {
                    case "items" -> Json.elements(value, this::item);
                    case "timeOfCreation" -> {
                        Long time = Json.number(value);
                        timeOfCreation =
                                time == null || !Times.known(time) ? OptionalLong.empty() : OptionalLong.of(time);
                    }
                    default -> {}
                }
            });
        });
    }

    private void item(JsonParser parser) {
        Item item = new Item();
        Json.fields(parser, item::field);
        String pool = item.pool;
        Long id = item.moverId;
        if (pool == null || id == null || id < 0) {
            return; // a door that has no mover yet
        }
        Long submitted = item.submitted == null ? before.submitted(pool, id, item.mover.getFileId()) : item.submitted;
        if (submitted == null || !Times.known(submitted)) {
            return; // nobody knows which mover of that id it is
        }
        if (movers.size() >= most) {
            tooMany = true;
            return;
        }
        if (item.started != null && item.transferMs != null) {
            lastWordMs = Math.max(lastWordMs, item.started + item.transferMs);
        }
        movers.put(new MoverKey(pool, id, submitted), item.built(pool, id, submitted));
    }

    /** Those that are identified. The map is the caller's, who may take from it. */
    Map<MoverKey, StorageMover.Builder> movers() {
        return movers;
    }

    /** When the collector ended its work, by dCache's clock. */
    OptionalLong timeOfCreation() {
        return timeOfCreation;
    }

    /** When a pool last said anything about one of them, where no collector says when it worked. */
    OptionalLong lastWordMs() {
        return Times.known(lastWordMs) ? OptionalLong.of(lastWordMs) : OptionalLong.empty();
    }

    boolean tooMany() {
        return tooMany;
    }

    /** One of them while it is read. */
    private static final class Item {
        private final StorageMover.Builder mover = StorageMover.newBuilder();
        private @Nullable String pool;
        private @Nullable String cell;
        private @Nullable String domain;
        private @Nullable Long moverId;
        private @Nullable Long submitted;
        private @Nullable Long started;
        private @Nullable Long transferMs;
        private final List<String> chain = new ArrayList<>();

        void field(String name, JsonParser value) {
            if (name.equals("subject")) {
                subject(value);
                return;
            }
            if (name.equals("userInfo")) {
                Json.fields(value, this::userInfo);
                return;
            }
            String text = Json.text(value);
            Long number = Json.number(value);
            switch (name) {
                case "pool" -> pool = text;
                case "cellName" -> cell = text;
                case "domainName" -> domain = text;
                case "moverId" -> moverId = number;
                case "moverSubmit" -> submitted = number;
                case "moverStart" -> started = number;
                case "transferTime" -> transferMs = number;
                default -> {
                    if (text != null) {
                        described(name, text);
                    }
                    if (number != null && number >= 0) {
                        counted(name, number);
                    }
                }
            }
        }

        private void described(String name, String text) {
            switch (name) {
                case "protocol" -> mover.setProtocol(PlainText.cut(text, MAX_NAME_BYTES));
                case "pnfsId" -> mover.setFileId(PlainText.cut(text, MAX_NAME_BYTES));
                case "path" -> mover.setPath(PlainText.cut(text, MAX_PATH_BYTES));
                case "sessionStatus" -> mover.setSessionStatus(PlainText.cut(text, MAX_NAME_BYTES));
                case "moverStatus" -> mover.setStateText(PlainText.cut(text, MAX_NAME_BYTES));
                case "replyHost" -> {
                    String address = Addresses.numeric(text);
                    if (address != null) {
                        mover.setClientAddress(address);
                    }
                }
                default -> {}
            }
        }

        private void counted(String name, long number) {
            switch (name) {
                case "process" -> mover.setClientProcess(number);
                case "uid" -> mover.setUid(number);
                case "gid" -> mover.setGid(number);
                case "bytesTransferred" -> mover.setBytes(number);
                default -> {}
            }
        }

        private void userInfo(String name, JsonParser value) {
            String text = Json.text(value);
            Long number = Json.number(value);
            if (name.equals("username") && text != null) {
                mover.setUser(PlainText.cut(text, MAX_NAME_BYTES));
            } else if (name.equals("uid") && number != null && number >= 0) {
                mover.setUid(number);
            } else if (name.equals("gid") && number != null && number >= 0) {
                mover.setGid(number);
            }
        }

        private void subject(JsonParser value) {
            Json.fields(value, (name, principals) -> {
                if (name.equals("principals")) {
                    Json.elements(
                            principals,
                            principal -> Json.fields(principal, (field, content) -> {
                                if (field.equals("clientChain")) {
                                    Json.elements(content, each -> {
                                        String text = Json.text(each);
                                        String address = text == null ? null : Addresses.numeric(text);
                                        if (address != null && chain.size() < 10) {
                                            chain.add(address);
                                        }
                                    });
                                }
                            }));
                }
            });
        }

        StorageMover.Builder built(String poolName, long id, long submittedMs) {
            mover.setPool(poolName).setMoverId(id).setSubmittedAtMs(submittedMs);
            if (cell != null) {
                mover.setDoor(PlainText.cut(domain == null ? cell : cell + "@" + domain, MAX_NAME_BYTES));
            }
            if (started != null && Times.known(started)) {
                mover.setStartedAtMs(started);
            }
            Set<String> others = new HashSet<>();
            for (String address : chain) {
                if (!address.equals(mover.getClientAddress()) && others.add(address)) {
                    mover.addClientChain(address);
                }
            }
            return mover;
        }
    }
}
