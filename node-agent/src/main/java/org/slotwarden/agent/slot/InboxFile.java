package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that a hook left in the inbox.
 *
 * @param prologue whether a prologue wrote it; else an epilogue did
 * @param time when
 */
public record InboxFile(Path path, boolean prologue, FileTime time) {

    private static final Logger LOG = LoggerFactory.getLogger(InboxFile.class);

    /** No hook takes this long to write: what is older was left by one that was killed. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** Removes what hooks began to write and did not finish. Their files begin with the hook's process id. */
    public static void sweep(Path inbox, Instant now) throws IOException {
        try (Stream<Path> entries = Files.list(inbox)) {
            for (Path path : entries.toList()) {
                String name = String.valueOf(path.getFileName());
                try {
                    if (name.endsWith(".tmp")
                            && Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                                    .toInstant()
                                    .isBefore(now.minus(ABANDONED))
                            && !Files.exists(Path.of("/proc", name.split("[-.]", 2)[0]))) {
                        Files.delete(path);
                    }
                } catch (IOException e) {
                    LOG.debug("{} stays", path, e); // mostly renamed between the two looks
                }
            }
        }
    }

    /** What lies in the inbox, in the order of events. */
    public static List<InboxFile> list(Path inbox) throws IOException {
        List<InboxFile> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(inbox)) {
            for (Path path : entries.toList()) {
                String name = String.valueOf(path.getFileName());
                boolean prologue = name.endsWith(".prologue");
                if (prologue || name.endsWith(".epilogue")) {
                    files.add(
                            new InboxFile(path, prologue, Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)));
                }
            }
        }
        files.sort(InboxFile::inOrder);
        return files;
    }

    // Not by Comparator.comparing: no class archive holds what that is made of, a tenth of the time of a start.
    private static int inOrder(InboxFile a, InboxFile b) {
        int order = a.time.compareTo(b.time);
        if (order == 0) {
            order = Boolean.compare(b.prologue, a.prologue);
        }
        return order == 0 ? a.path.compareTo(b.path) : order;
    }
}
