package org.slotwarden.agent.probe;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the kernel's small text files into one buffer that is used again: a sample of a hundred
 * processes opens some hundred files, and garbage is what a small heap pays for. Not thread-safe.
 */
public final class ProcFiles {

    /** More than this of a file is not read: nothing that we look at is longer, but it may pretend to be. */
    public static final int MAX_BYTES = 1 << 20;

    /** A read that gives less than this gave the whole file: the kernel fills a page before it stops. */
    private static final int WHOLE = 2048;

    private final String root;
    private byte[] bytes = new byte[8 << 10];
    private int length;
    private boolean exhausted;

    /** @param root {@code /proc}, or a folder that looks like it */
    public ProcFiles(Path root) {
        this.root = root + "/";
    }

    /** Reads a file below the root; false when it cannot be read (any more). */
    public boolean read(String path) {
        return read(path, MAX_BYTES);
    }

    /** Reads the beginning of a file below the root, so many bytes at most; false when it cannot be read (any more). */
    public boolean read(String path, int most) {
        length = 0;
        exhausted = false;
        try (FileInputStream in = new FileInputStream(root + path)) {
            fill(in::read, most);
            return true;
        } catch (IOException e) {
            // The ordinary end of a process between two reads, or another user's process.
            exhausted = String.valueOf(e.getMessage()).contains("Too many open files");
            return false;
        }
    }

    /** Whether that process exists and is this user's; processes change their user. */
    public boolean belongsTo(int pid, long uid) {
        try {
            return Owner.is(Files.getAttribute(path(Integer.toString(pid)), "unix:uid"), uid);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the last read failed because no descriptor was left, which says nothing about the file. */
    boolean exhausted() {
        return exhausted;
    }

    /** Reads an open file from its position; false when it is empty. */
    boolean readFrom(RandomAccessFile file) throws IOException {
        length = 0;
        fill(file::read, MAX_BYTES);
        return length > 0;
    }

    private interface Source {
        int read(byte[] into, int offset, int count) throws IOException;
    }

    private void fill(Source source, int most) throws IOException {
        int n;
        while ((n = source.read(bytes, length, Math.min(bytes.length, most) - length)) > 0) {
            length += n;
            if (length == most) {
                return;
            }
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, length * 2);
            } else if (length < WHOLE) {
                // The kernel gives its small texts whole. Asking again costs as much as the first time.
                return;
            }
        }
    }

    /** Another reader of the same files, for another thread. */
    public ProcFiles forAnotherThread() {
        return new ProcFiles(Path.of(root));
    }

    /** The last change of a file or folder in milliseconds, 0 when there is none. */
    long lastModified(String path) {
        return new File(root + path).lastModified();
    }

    /** What stat(2) tells as the size; 0 when it cannot be asked. */
    long size(String path) {
        return new File(root + path).length();
    }

    /** What was read last; valid up to {@link #length()} and until the next read. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** The whole file as text, for files read once. */
    public @Nullable String text(String path) {
        return read(path) ? new String(bytes, 0, length, StandardCharsets.UTF_8) : null;
    }

    public boolean exists(String path) {
        return new File(root + path).exists();
    }

    /** Names in a folder, or null when it cannot be listed. */
    public String @Nullable [] list(String path) {
        return new File(root + path).list();
    }

    public Path path(String path) {
        return Path.of(root + path);
    }
}
