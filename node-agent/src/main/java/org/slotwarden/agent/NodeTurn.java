package org.slotwarden.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a node's agent processes reports the node itself: whoever holds {@code STATE/node.lock}. The kernel
 * frees it with the process.
 */
final class NodeTurn implements AutoCloseable {

    private final FileChannel file;
    private @Nullable FileLock lock;

    /** @param shared the node's state directory */
    NodeTurn(Path shared) throws IOException {
        file = FileChannel.open(
                shared.resolve("node.lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    boolean isOurs() {
        try {
            lock = lock == null ? file.tryLock() : lock;
            return lock != null;
        } catch (IOException e) {
            // A file system without locks: told twice, a node's figure counts once per moment.
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
