package org.slotwarden.agent.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the lengths of all files below a directory, in steps: between two steps nothing is open, so a
 * job can unmount or remove what it likes. Links are not followed, other file systems not entered, what
 * vanishes meanwhile does not count. A file with several names counts with each.
 */
final class TreeSize {

    private static final int ENTRIES_PER_STEP = 2_000;
    private static final long MOST_ENTRIES = 1_000_000;
    private static final int MOST_IN_ONE = 50_000;
    private static final int MOST_WAITING = 20_000;
    private static final int DEEPEST = 100;

    private final Path root;
    private final long uid;
    private final ArrayDeque<Path> waiting = new ArrayDeque<>();
    private @Nullable String device;
    private long bytes;
    private long entries;
    private boolean givenUp;

    TreeSize(Path root, long uid) {
        this.root = root;
        this.uid = uid;
        waiting.add(Path.of(""));
    }

    Path root() {
        return root;
    }

    /** One more step; true when the walk is over. */
    boolean step() {
        long until = entries + ENTRIES_PER_STEP;
        while (!waiting.isEmpty() && entries < until && !givenUp) {
            Path next = waiting.pop();
            try {
                list(next);
            } catch (IOException | DirectoryIteratorException e) {
                // The root must be readable; what is below may vanish, or be hidden from us (root_squash).
                givenUp |= next.toString().isEmpty() || !(e instanceof NoSuchFileException);
            }
        }
        return givenUp || waiting.isEmpty();
    }

    /** Empty while the walk is not over, and when it was given up: too much, or something could not be read. */
    OptionalLong bytes() {
        return givenUp || !waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    private void list(Path folder) throws IOException {
        ArrayDeque<SecureDirectoryStream<Path>> open = new ArrayDeque<>();
        try {
            open.push(OwnedFile.directory(root, uid));
            if (!folder.toString().isEmpty()) {
                for (Path part : folder) {
                    open.push(OwnedFile.secure(open.getFirst().newDirectoryStream(part, LinkOption.NOFOLLOW_LINKS)));
                }
            }
            SecureDirectoryStream<Path> here = open.getFirst();
            BasicFileAttributes itself =
                    here.getFileAttributeView(BasicFileAttributeView.class).readAttributes();
            if (device == null) {
                device = device(itself);
            }
            if (device.equals(device(itself))) {
                entries(here, folder);
            }
        } finally {
            for (DirectoryStream<Path> stream : open) {
                stream.close();
            }
        }
    }

    private void entries(SecureDirectoryStream<Path> here, Path folder) throws IOException {
        int inThisOne = 0;
        for (Path path : here) {
            Path name = path.getFileName();
            entries++;
            if (++inThisOne > MOST_IN_ONE || entries > MOST_ENTRIES || waiting.size() > MOST_WAITING) {
                givenUp = true;
                return;
            }
            BasicFileAttributes attributes;
            try {
                attributes = here.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes();
            } catch (NoSuchFileException e) {
                continue;
            }
            if (attributes.isDirectory()) {
                givenUp |= folder.getNameCount() >= DEEPEST;
                waiting.push(folder.resolve(name));
            } else if (attributes.isRegularFile()) {
                bytes += attributes.size();
            }
        }
    }

    /** The JDK shows a device only as the first half of a file's key, {@code (dev=1f,ino=2)}. */
    private static String device(BasicFileAttributes attributes) {
        return String.valueOf(attributes.fileKey()).split(",", 2)[0];
    }
}
