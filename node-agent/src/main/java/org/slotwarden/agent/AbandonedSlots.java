package org.slotwarden.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slots that had a process of their own ({@code STATE/own/KEY}) which is gone: the node's process takes them
 * over with all that is known of them.
 */
final class AbandonedSlots {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedSlots.class);

    /** A hook makes the directory some moments before the process that it starts holds the lock. */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private final StateDirectory state;

    AbandonedSlots(StateDirectory state) {
        this.state = state;
    }

    /**
     * Moves what has no owner to us: hooks' files into our inbox, slots' folders to ours.
     *
     * @param adopt told of each folder when it was moved, whatever becomes of the next
     */
    void take(Consumer<Path> adopt) {
        for (Path own : list(state.own())) {
            try {
                if (Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS) && isSettled(own)) {
                    takeFrom(own, adopt);
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be taken over: {}", own, e.toString());
            }
        }
    }

    private static boolean isSettled(Path own) throws IOException {
        return Files.getLastModifiedTime(own, LinkOption.NOFOLLOW_LINKS)
                .toInstant()
                .isBefore(Instant.now().minus(SETTLED));
    }

    private void takeFrom(Path own, Consumer<Path> adopt) throws IOException {
        try (StateDirectory abandoned = StateDirectory.tryAcquire(own)) {
            if (abandoned == null) {
                return;
            }
            StateDirectory.prepare(own);
            LOG.warn("the process of {} is gone, what it left is taken over", own.getFileName());
            for (Path slot : list(abandoned.slots())) {
                adopt.accept(
                        Files.move(slot, state.slots().resolve(slot.getFileName()), StandardCopyOption.ATOMIC_MOVE));
            }
            for (Path file : list(abandoned.inbox())) {
                if (!file.toString().endsWith(".tmp")) {
                    String name = own.getFileName() + "-" + file.getFileName();
                    Files.move(file, state.inbox().resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            abandoned.removeIfDone();
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            return List.of(); // mostly: there is none
        }
    }
}
