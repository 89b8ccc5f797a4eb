package org.slotwarden.agent.slot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;

/**
 * What a hook wrote about a slot: records {@code KEY=VALUE} that end with NUL
 * (docs/decisions/0003-slot-hand-over.md). Hostile, because values come from users: bounded, bytes that
 * are not UTF-8 are replaced, texts cut at {@link WireContract#MAX_TEXT_BYTES}. The first record of a key
 * counts.
 */
public final class HandOver {

    /** A file may be so long; nothing is taken from a longer one. */
    public static final int MAX_BYTES = 256 << 10;

    private static final int MAX_RECORDS = 100;

    private final Map<String, String> values;
    private final Instant time;

    private HandOver(Map<String, String> values, Instant time) {
        this.values = values;
        this.time = time;
    }

    /**
     * Reads a file that a hook left.
     *
     * @throws IOException when it cannot be read at the moment
     * @throws IllegalArgumentException when it is not a regular file, or is too long
     */
    public static HandOver read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException("not a regular file");
        }
        Instant time = Files.getLastModifiedTime(file).toInstant();
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException("longer than " + MAX_BYTES + " bytes");
            }
            return parse(bytes, time);
        }
    }

    /** What a hook would have left in a file, at that time. */
    public static HandOver parse(byte[] bytes, Instant time) {
        Map<String, String> values = new HashMap<>();
        int start = 0;
        for (int i = 0; i < bytes.length && values.size() < MAX_RECORDS; i++) {
            if (bytes[i] == 0) {
                record(new String(bytes, start, i - start, StandardCharsets.UTF_8), values);
                start = i + 1;
            }
        }
        return new HandOver(values, time);
    }

    private static void record(String record, Map<String, String> values) {
        int equals = record.indexOf('=');
        if (equals > 0) {
            values.putIfAbsent(record.substring(0, equals), BoundedText.cut(record.substring(equals + 1)));
        }
    }

    /** The moment of the event: when the hook wrote the file. */
    public Instant time() {
        return time;
    }

    /** Null when the hook did not know it. */
    public @Nullable String text(String key) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    public String text(String key, String otherwise) {
        String value = text(key);
        return value == null ? otherwise : value;
    }

    /** A decimal number that is not negative; empty when there is none. */
    public OptionalLong number(String key) {
        String value = text(key);
        return value == null || !value.matches("[0-9]{1,18}")
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(value));
    }

    public OptionalInt smallNumber(String key) {
        OptionalLong number = number(key);
        return number.isEmpty() || number.getAsLong() > Integer.MAX_VALUE
                ? OptionalInt.empty()
                : OptionalInt.of((int) number.getAsLong());
    }
}
