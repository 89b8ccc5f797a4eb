package org.slotwarden.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that look like /proc and /sys of some machine. */
record FakeTree(Path root) {

    FakeTree file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    FakeTree folder(String path) throws IOException {
        Files.createDirectories(root.resolve(path));
        return this;
    }

    /** A link that leads to a folder which is made. */
    FakeTree link(String path, String target) throws IOException {
        folder(target);
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, root.resolve(target));
        return this;
    }
}
