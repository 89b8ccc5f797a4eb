package org.slotwarden.agent.probe;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/**
 * A file of /proc that is open for as long as its process is watched. Once the process is gone a read
 * fails (ESRCH) or gives nothing, also when its pid has been given to another one: an open file never
 * tells of a stranger.
 */
final class KeptFile implements AutoCloseable {

    private final RandomAccessFile file;
    private final KeptFiles owner;
    private boolean closed;

    private KeptFile(RandomAccessFile file, KeptFiles owner) {
        this.file = file;
        this.owner = owner;
    }

    static @Nullable KeptFile open(ProcFiles proc, String path, KeptFiles owner) {
        try {
            return new KeptFile(new RandomAccessFile(proc.path(path).toFile(), "r"), owner);
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads the text anew into the buffer of {@code into}; false when the process is gone or hides it. */
    boolean read(ProcFiles into) {
        try {
            file.seek(0);
            return into.readFrom(file);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        owner.closed();
        try {
            file.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }
}
