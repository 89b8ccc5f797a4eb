package org.slotwarden.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of a node's agent processes reports the node itself: whoever holds {@code STATE/node.lock}. The kernel
 * frees it with the process.
 */
final class NodeTurn implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeTurn.class);

    private final Path path;
    private @Nullable FileChannel file;
    private @Nullable FileLock lock;
    private boolean trouble;

    /** @param shared the node's state directory */
    NodeTurn(Path shared) {
        path = shared.resolve("node.lock");
    }

    boolean isOurs() {
        try {
            if (file == null) {
                file = FileChannel.open(
                        path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
            }
            lock = lock == null ? file.tryLock() : lock;
            return lock != null;
        } catch (IOException e) {
            // A full disk, or one without locks: told twice, a node's figure counts once per moment.
            if (!trouble) {
                LOG.warn(
                        "it cannot be known whether another process reports the node, this one does: {}", e.toString());
                trouble = true;
            }
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
