package org.slotwarden.agent;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** Says when a file was renamed into the inbox. */
final class InboxWatch implements Runnable, AutoCloseable {

    private final WatchService watch;
    private final Runnable changed;

    InboxWatch(Path inbox, Runnable changed) throws IOException {
        this.watch = inbox.getFileSystem().newWatchService();
        this.changed = changed;
        inbox.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
    }

    @Override
    public void run() {
        try {
            WatchKey key;
            do {
                key = watch.take();
                key.pollEvents();
                changed.run();
            } while (key.reset());
        } catch (InterruptedException | ClosedWatchServiceException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
    }
}
