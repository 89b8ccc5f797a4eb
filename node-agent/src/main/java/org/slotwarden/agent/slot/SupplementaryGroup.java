package org.slotwarden.agent.slot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The group that a batch system gave to all processes of one job and to no others (Grid Engine's
 * {@code addgrpid}). Known from the hand-over, or from a file that the batch system writes after the hook
 * ran and that may lie on a network file system: read on a thread of its own, one attempt at a time.
 */
final class SupplementaryGroup {

    private static final int MAX_BYTES = 100;

    private final @Nullable Path file;
    private volatile OptionalLong gid;
    private @Nullable Thread reading;

    private SupplementaryGroup(@Nullable Path file, OptionalLong gid) {
        this.file = file;
        this.gid = gid;
    }

    /** Null when the hook names no group. */
    static @Nullable SupplementaryGroup of(HandOver handOver) {
        OptionalLong told = usable(handOver.number("supplementary_group"));
        String file = handOver.text("supplementary_group_file");
        boolean named = file != null && file.startsWith("/");
        return told.isPresent() || named ? new SupplementaryGroup(named ? Path.of(file) : null, told) : null;
    }

    /** Empty as long as it is not known. */
    OptionalLong gid() {
        if (gid.isEmpty() && file != null && (reading == null || !reading.isAlive())) {
            try {
                reading = Thread.ofPlatform().daemon().name("group-file").start(() -> gid = read(file));
            } catch (OutOfMemoryError e) {
                return gid; // no thread can be made at the moment
            }
        }
        return gid;
    }

    private static OptionalLong read(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return OptionalLong.empty();
            }
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII).strip();
                return text.matches("[0-9]{1,10}")
                        ? usable(OptionalLong.of(Long.parseLong(text)))
                        : OptionalLong.empty();
            }
        } catch (IOException e) {
            return OptionalLong.empty(); // not there yet
        }
    }

    /** Root's group tells nothing: everybody of root's has it. */
    private static OptionalLong usable(OptionalLong gid) {
        return gid.isPresent() && gid.getAsLong() > 0 && gid.getAsLong() < 0xFFFF_FFFFL ? gid : OptionalLong.empty();
    }
}
