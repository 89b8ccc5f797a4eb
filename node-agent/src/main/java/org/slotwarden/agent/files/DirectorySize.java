package org.slotwarden.agent.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Bytes in one directory: as its file system tells them, or else by a walk that goes on from look to look. */
final class DirectorySize {

    private @Nullable TreeSize walk;

    /** Empty when nobody named a directory, it cannot be measured, or the walk is not over yet. */
    OptionalLong measure(@Nullable Path directory, long uid, Path mountInfo) {
        if (directory == null || !isUsers(directory, uid)) {
            walk = null;
            return OptionalLong.empty();
        }
        OptionalLong told = FileSystemUse.of(directory, mountInfo);
        if (told.isPresent()) {
            walk = null;
            return told;
        }
        TreeSize current = walk;
        if (current == null || !current.root().equals(directory)) {
            current = new TreeSize(directory, uid);
        }
        boolean over = current.step();
        walk = over ? null : current;
        return current.bytes();
    }

    /**
     * What a user can still write there, by statfs(2): what root keeps for itself is not free, and under a project
     * quota the quota's rest is told. Empty when the directory is not the user's.
     */
    static OptionalLong free(@Nullable Path directory, long uid) {
        if (directory == null || !isUsers(directory, uid) || directory.toFile().getTotalSpace() == 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(directory.toFile().getUsableSpace());
    }

    private static boolean isUsers(Path directory, long uid) {
        try {
            OwnedFile.directory(directory, uid).close();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
