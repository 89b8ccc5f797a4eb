package org.slotwarden.storagewatch.billing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.dcache.Addresses;
import org.slotwarden.storagewatch.dcache.Json;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.StorageMover;
import tools.jackson.core.JsonParser;

/**
 * One line of dCache's billing with {@code billing.format.json=true}, alone or behind what Kafka's console consumer
 * writes before a message. Only pools' messages of ended transfers are records; those of doors tell the same later.
 */
final class BillingLine {

    private static final int MAX_NAME_BYTES = 300;
    private static final int MAX_PATH_BYTES = 1_000;
    private static final Pattern USER = Pattern.compile("UserNamePrincipal\\[(.{1,300})]");
    private static final Pattern UID = Pattern.compile("UidPrincipal\\[(\\d{1,18})]");
    private static final Pattern PRIMARY_GID = Pattern.compile("GidPrincipal\\[(\\d{1,18}),primary]");

    /** dCache takes zero for the begin of what never began: such a time is longer than any mover lives. */
    private static final long LONGEST_MS = 366L * 86_400_000;

    private final MoverRecord.Builder record = MoverRecord.newBuilder();
    private String type = "";
    private boolean betweenPools;
    private @Nullable String protocol;
    private @Nullable Long major;
    private @Nullable Long minor;

    private BillingLine() {}

    /**
     * Empty when the line is of something else than an ended transfer of a client.
     *
     * @throws IOException when it is no JSON, or a transfer without what identifies it
     */
    static Optional<MoverRecord> read(String line) throws IOException {
        int begin = line.indexOf('{');
        if (begin < 0) {
            throw new IOException("no JSON");
        }
        BillingLine billing = new BillingLine();
        byte[] json = line.substring(begin).getBytes(StandardCharsets.UTF_8);
        Json.read(new ByteArrayInputStream(json), document -> Json.fields(document, billing::field));
        if (!billing.type.equals("transfer") || billing.betweenPools) {
            return Optional.empty();
        }
        MoverRecord.Builder record = billing.record;
        if (record.getSession().isEmpty() || record.getPool().isEmpty() || record.getEndedAtMs() == 0) {
            throw new IOException("a transfer without session, pool or date");
        }
        if (billing.protocol != null) {
            String version = billing.major == null
                    ? ""
                    : "-" + billing.major + (billing.minor == null ? "" : "." + billing.minor);
            record.setProtocol(PlainText.cut(billing.protocol + version, MAX_NAME_BYTES));
        }
        return Optional.of(record.build());
    }

    private void field(String name, JsonParser value) {
        switch (name) {
            case "subject" -> Json.elements(value, this::principal);
            case "protocolInfo" -> Json.fields(value, this::client);
            case "status" -> Json.fields(value, this::status);
            case "isP2p" -> betweenPools = value.currentToken() == tools.jackson.core.JsonToken.VALUE_TRUE;
            default -> {
                String text = Json.text(value);
                Long number = Json.number(value);
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
            case "msgType" -> type = text;
            case "cellName" -> record.setPool(PlainText.cut(text, MAX_NAME_BYTES));
            case "session" -> record.setSession(PlainText.cut(text, MAX_NAME_BYTES));
            case "pnfsid" -> record.setFileId(PlainText.cut(text, MAX_NAME_BYTES));
            case "billingPath" -> record.setPath(PlainText.cut(text, MAX_PATH_BYTES));
            case "localEndpoint" -> record.setStorageEndpoint(PlainText.cut(text, MAX_NAME_BYTES));
            case "isWrite" -> {
                if (text.equals("write")) {
                    record.setDirection(StorageMover.Direction.WRITE);
                } else if (text.equals("read")) {
                    record.setDirection(StorageMover.Direction.READ);
                }
            }
            case "date" -> {
                try {
                    record.setEndedAtMs(Instant.parse(text).toEpochMilli());
                } catch (DateTimeParseException | ArithmeticException e) {
                    // stays without, and is refused for it
                }
            }
            default -> {}
        }
    }

    private void counted(String name, long number) {
        switch (name) {
            case "transferTime" -> {
                if (number < LONGEST_MS) {
                    record.setHeldSeconds(number / 1e3);
                }
            }
            case "queuingTime" -> {
                if (number < LONGEST_MS) {
                    record.setQueuedSeconds(number / 1e3);
                }
            }
            case "transferSize" -> record.setBytes(number);
            default -> {}
        }
    }

    private void principal(JsonParser value) {
        String text = Json.text(value);
        if (text == null) {
            return;
        }
        Matcher user = USER.matcher(text);
        Matcher uid = UID.matcher(text);
        Matcher gid = PRIMARY_GID.matcher(text);
        if (user.matches()) {
            record.setUser(PlainText.cut(user.group(1), MAX_NAME_BYTES));
        } else if (uid.matches()) {
            record.setUid(Long.parseLong(uid.group(1)));
        } else if (gid.matches()) {
            record.setGid(Long.parseLong(gid.group(1)));
        }
    }

    private void client(String name, JsonParser value) {
        String text = Json.text(value);
        Long number = Json.number(value);
        switch (name) {
            case "protocol" -> protocol = text;
            case "versionMajor" -> major = number;
            case "versionMinor" -> minor = number;
            case "host" -> {
                String address = text == null ? null : Addresses.numeric(text);
                if (address != null) {
                    record.setClientAddress(address);
                }
            }
            case "port" -> {
                if (number != null && number > 0 && number <= 65_535) {
                    record.setClientPort(number.intValue());
                }
            }
            default -> {}
        }
    }

    private void status(String name, JsonParser value) {
        String text = Json.text(value);
        Long number = Json.number(value);
        if (name.equals("code") && number != null && Math.abs(number) <= Integer.MAX_VALUE) {
            record.setStatus(number.intValue());
        } else if (name.equals("msg") && text != null) {
            record.setStatusText(PlainText.cut(text, MAX_NAME_BYTES));
        }
    }
}
