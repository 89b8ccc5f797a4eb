package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file that a hook left in the inbox.
 *
 * @param prologue whether a prologue wrote it; else an epilogue did
 * @param time when
 */
public record InboxFile(Path path, boolean prologue, FileTime time) {

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
        files.sort(Comparator.comparing(InboxFile::time)
                .thenComparing(file -> !file.prologue)
                .thenComparing(InboxFile::path));
        return files;
    }
}
