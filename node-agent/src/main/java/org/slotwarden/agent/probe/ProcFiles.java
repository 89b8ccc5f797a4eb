package org.slotwarden.agent.probe;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    private final String root;
    private byte[] bytes = new byte[8 << 10];
    private int length;

    /** @param root {@code /proc}, or a folder that looks like it */
    public ProcFiles(Path root) {
        this.root = root + "/";
    }

    /** Reads a file below the root; false when it cannot be read (any more). */
    public boolean read(String path) {
        length = 0;
        try (FileInputStream in = new FileInputStream(root + path)) {
            int n;
            while ((n = in.read(bytes, length, bytes.length - length)) > 0) {
                length += n;
                if (length == bytes.length) {
                    if (length >= MAX_BYTES) {
                        break;
                    }
                    bytes = Arrays.copyOf(bytes, length * 2);
                }
            }
            return true;
        } catch (IOException e) {
            // The ordinary end of a process between two reads, or another user's process.
            return false;
        }
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
