package org.slotwarden.agent.slot;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last state of a slot's counters, on disk. It is written with every sample, so nothing is made or
 * renamed for it: two places in one file take turns, each with a number and a CRC-32C (RFC 3720, appendix
 * B.4), and what was cut off by a crash leaves the other one, of the sample before. Not thread-safe.
 */
final class CounterFile implements Closeable {

    /** Number, length, checksum. */
    private static final int HEADER = 8 + 4 + 4;

    /** A place is a power of two of this size or larger; the second one begins where the first one ends. */
    private static final int SMALLEST_PLACE = 4 << 10;

    private static final int LARGEST_PLACE = 1 << 29;

    private final Path path;
    private @Nullable FileChannel channel;
    private int place = SMALLEST_PLACE;
    private long number;
    private ByteBuffer whole = ByteBuffer.allocateDirect(0);

    CounterFile(Path path) {
        this.path = path;
    }

    /**
     * What was saved last.
     *
     * @return null when nothing in the file is whole
     * @throws java.nio.file.NoSuchFileException when nothing was saved
     */
    byte @Nullable [] read() throws IOException {
        byte[] newest = null;
        try (FileChannel file = open(StandardOpenOption.READ)) {
            long size = file.size();
            // The second place begins where one of its sizes ended.
            for (int at = 0; at < size && at < LARGEST_PLACE; at = at == 0 ? SMALLEST_PLACE : at * 2) {
                ByteBuffer header = ByteBuffer.allocate(HEADER);
                if (!fill(file, header, at)) {
                    break;
                }
                header.flip();
                long itsNumber = header.getLong();
                int length = header.getInt();
                int checksum = header.getInt();
                if (itsNumber <= number || length < 0 || length > size - at - HEADER) {
                    continue;
                }
                ByteBuffer bytes = ByteBuffer.allocate(length);
                if (fill(file, bytes, at + HEADER) && checksum == checksum(itsNumber, bytes.flip())) {
                    number = itsNumber;
                    newest = bytes.array();
                    place = at == 0 ? placeFor(length) : at;
                }
            }
        }
        return newest;
    }

    void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        int needed = placeFor(length);
        long next = number + 1;
        int in = place;
        if (needed > place) {
            in = needed;
            // Into the second place, which lies behind all that was written until now.
            next += next % 2 == 0 ? 1 : 0;
        }
        if (whole.capacity() < HEADER + length) {
            whole = ByteBuffer.allocateDirect(needed);
        }
        int checksum = checksum(next, bytes.duplicate());
        whole.clear().putLong(next).putInt(length).putInt(checksum).put(bytes).flip();
        if (channel == null) {
            channel = open(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        long at = next % 2 * in;
        while (whole.hasRemaining()) {
            at += channel.write(whole, at);
        }
        // Only now: what a full disk cut off is written over, and not the one that is whole.
        number = next;
        place = in;
    }

    private FileChannel open(OpenOption... how) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(how));
        options.add(LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(path, options);
    }

    private static boolean fill(FileChannel file, ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int n = file.read(buffer, at);
            if (n < 0) {
                return false;
            }
            at += n;
        }
        return true;
    }

    private static int placeFor(int length) throws IOException {
        if (length > LARGEST_PLACE / 2) {
            throw new IOException("counters of " + length + " bytes");
        }
        int place = SMALLEST_PLACE;
        while (place < HEADER + length) {
            place *= 2;
        }
        return place;
    }

    private static int checksum(long number, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
