package org.slotwarden.agent.order;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which orders a slot was given, on disk before anything is done about them: told again, or after a crash, none is
 * carried out twice. A line for each: number, word of what is ordered, how far it came, until when it is remembered,
 * grace, first signal. Orders are few, so the file is written anew each time, aside, and renamed. Used by one thread.
 */
final class OrderBook {

    /** Orders that are remembered. Where none may be forgotten, further ones are refused. */
    static final int MOST = 100;

    /** Beyond these, of what stops the job: whoever asked for much else must not have kept it from that. */
    private static final int MORE_STOPS = 20;

    /** Beyond its validity: the clocks by which that is known may be set meanwhile. */
    private static final long REMEMBERED_MS = 3_600_000;

    private static final String BEGUN = "begun";
    private static final String OVER = "over";

    /**
     * One order.
     *
     * @param word what is ordered, for the file
     * @param rememberMs by the node's clock; until then it is not forgotten
     * @param graceSeconds of a kill
     * @param firstSignalMs when a kill sent its first signal, by the node's clock; 0: not yet
     */
    record Entry(long id, String word, boolean over, long rememberMs, long graceSeconds, long firstSignalMs) {

        /** Whether it may not be begun any more. */
        boolean expired(long nowMs) {
            return nowMs >= rememberMs - REMEMBERED_MS;
        }

        Entry ended() {
            return new Entry(id, word, true, rememberMs, graceSeconds, firstSignalMs);
        }

        Entry signalled(long nowMs) {
            return new Entry(id, word, over, rememberMs, graceSeconds, nowMs);
        }
    }

    private final Path file;
    private final Map<Long, Entry> entries = new LinkedHashMap<>();

    private OrderBook(Path file) {
        this.file = file;
    }

    /**
     * The book as an earlier run of the agent left it, or an empty one.
     *
     * @throws IOException when it cannot be read: then nothing may be carried out
     */
    static OrderBook open(Path file) throws IOException {
        OrderBook book = new OrderBook(file);
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                Entry entry = parse(line);
                book.entries.put(entry.id, entry);
            }
        } catch (NoSuchFileException e) {
            return book;
        } catch (IllegalArgumentException e) {
            throw new IOException(file.getFileName() + " makes no sense: " + e.getMessage(), e);
        }
        return book;
    }

    private static Entry parse(String line) {
        String[] field = line.split(" ", -1);
        if (field.length != 6 || !(field[2].equals(BEGUN) || field[2].equals(OVER))) {
            throw new IllegalArgumentException("line " + line);
        }
        return new Entry(
                Long.parseUnsignedLong(field[0]),
                field[1],
                field[2].equals(OVER),
                Long.parseLong(field[3]),
                Long.parseLong(field[4]),
                Long.parseLong(field[5]));
    }

    boolean knows(long id) {
        return entries.containsKey(id);
    }

    /** Orders that were begun and whose end nobody wrote down. */
    List<Entry> unfinished() {
        return entries.values().stream().filter(entry -> !entry.over).toList();
    }

    /** When an order that is valid until some moment may be forgotten. */
    static long rememberMs(long nowMs, long validForMs) {
        return nowMs + Math.max(0, validForMs) + REMEMBERED_MS;
    }

    /**
     * Forgets what may be forgotten; false when there is no room for one more.
     *
     * @param stops whether that one stops the job
     */
    boolean hasRoom(long nowMs, boolean stops) {
        if (entries.size() >= MOST) {
            entries.values().removeIf(entry -> entry.over && entry.rememberMs < nowMs);
        }
        return entries.size() < (stops ? MOST + MORE_STOPS : MOST);
    }

    /**
     * Writes an order down, or how far it came.
     *
     * @throws IOException when it is not on disk; what was written before is
     */
    void write(Entry entry) throws IOException {
        Entry before = entries.put(entry.id, entry);
        try {
            save();
        } catch (IOException e) {
            if (before == null) {
                entries.remove(entry.id);
            } else {
                entries.put(entry.id, before);
            }
            throw e;
        }
    }

    private void save() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries.values()) {
            text.append(Long.toUnsignedString(entry.id))
                    .append(' ')
                    .append(entry.word)
                    .append(' ');
            text.append(entry.over ? OVER : BEGUN)
                    .append(' ')
                    .append(entry.rememberMs)
                    .append(' ');
            text.append(entry.graceSeconds)
                    .append(' ')
                    .append(entry.firstSignalMs)
                    .append('\n');
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        Path folder = file.getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true); // of the folder: the new name
            }
        }
    }
}
