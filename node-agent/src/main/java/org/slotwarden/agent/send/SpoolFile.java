package org.slotwarden.agent.send;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Frames in a file that is only appended to: length, CRC-32C (RFC 3720, appendix B.4) of what follows,
 * kind, number, payload. What a crash left half-written at the end is cut off when the file is opened;
 * what is damaged in the middle is skipped.
 */
final class SpoolFile implements Closeable {

    private static final int HEADER = 4 + 4 + 1 + 8;
    static final int MAX_PAYLOAD = 4 << 20;

    /** @param offset where the payload stands in the file */
    record Frame(byte kind, long number, long offset, int length) {}

    private final Path path;
    /** Null while the file rests. */
    private @Nullable FileChannel channel;

    private long end;
    private long skipped;

    private SpoolFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Opens or makes the file and hands over the frames that are whole; returns it ready for the next. */
    static SpoolFile open(Path path, Consumer<Frame> frames) throws IOException {
        SpoolFile file = new SpoolFile(path, channel(path));
        try {
            file.end = file.scan(frames);
            file.channel().truncate(file.end);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileChannel channel(Path path) throws IOException {
        return FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    private FileChannel channel() throws IOException {
        if (channel == null) {
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        }
        return channel;
    }

    /** Gives the descriptor back until the file is needed again. */
    void rest() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    private long scan(Consumer<Frame> frames) throws IOException {
        long at = 0;
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        long end = 0;
        long size = channel().size();
        while (read(header.clear(), at)) {
            header.flip();
            int length = header.getInt();
            int checksum = header.getInt();
            byte kind = header.get();
            long number = header.getLong();
            if (kind > 0 && length >= 0 && length <= Math.min(MAX_PAYLOAD, size - at - HEADER)) {
                ByteBuffer payload = ByteBuffer.allocate(length);
                if (read(payload, at + HEADER) && checksum == checksum(kind, number, payload.array())) {
                    frames.accept(new Frame(kind, number, at + HEADER, length));
                    skipped += at - end;
                    at += HEADER + length;
                    end = at;
                    continue;
                }
            }
            // Pages reach the disk in any order: a loss of power may leave a hole with whole frames behind it.
            at++;
        }
        return end;
    }

    /** Bytes between whole frames that were left out when the file was opened. */
    long skipped() {
        return skipped;
    }

    /** Fills the buffer, or says that there are not enough bytes. */
    private boolean read(ByteBuffer buffer, long at) throws IOException {
        long position = at;
        while (buffer.hasRemaining()) {
            int n = channel().read(buffer, position);
            if (n < 0) {
                return false;
            }
            position += n;
        }
        return true;
    }

    /**
     * Appends a frame, whole or not at all.
     *
     * @param force whether it must survive a loss of power from now on
     */
    Frame append(byte kind, long number, byte[] payload, boolean force) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.length);
        frame.putInt(payload.length)
                .putInt(checksum(kind, number, payload))
                .put(kind)
                .putLong(number)
                .put(payload)
                .flip();
        long start = end;
        FileChannel channel = channel();
        try {
            long position = start;
            while (frame.hasRemaining()) {
                position += channel.write(frame, position);
            }
            if (force) {
                channel.force(false);
            }
            end = position;
        } catch (IOException e) {
            channel.truncate(start);
            throw e;
        }
        return new Frame(kind, number, start + HEADER, payload.length);
    }

    byte[] read(Frame frame) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(frame.length);
        if (!read(payload, frame.offset)) {
            throw new IOException("spool is shorter than it was");
        }
        return payload.array();
    }

    long size() {
        return end;
    }

    /** What puts frames into the file that takes this one's place. */
    interface Rewriter {
        void write(SpoolFile fresh) throws IOException;
    }

    /** Replaces all frames at once: a crash leaves either the old file or the new one. */
    void rewrite(Rewriter rewriter) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(next);
        SpoolFile fresh = new SpoolFile(next, channel(next));
        try {
            rewriter.write(fresh);
            fresh.channel().force(false);
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            fresh.close();
            Files.deleteIfExists(next);
            throw e;
        }
        rest();
        channel = fresh.channel;
        end = fresh.end;
    }

    private static int checksum(byte kind, long number, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(9).put(kind).putLong(number).flip());
        crc.update(payload);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        rest();
    }
}
