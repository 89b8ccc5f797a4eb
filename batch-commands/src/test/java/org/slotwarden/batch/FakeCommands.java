package org.slotwarden.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Commands of a batch system as scripts, which write down how they were called. */
final class FakeCommands {

    private final Path folder;
    private final Path calls;

    FakeCommands(Path root) {
        try {
            folder = Files.createDirectory(root.resolve("bin"));
            calls = Files.createFile(root.resolve("calls"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param script what it does after it wrote down its arguments, for sh */
    FakeCommands with(String name, String script) {
        String text = """
                #!/bin/sh
                { printf '%%s' "${0##*/}"; for one; do printf ' [%%s]' "$one"; done; echo; } >>"$CALLS"
                %s
                """.formatted(script);
        try {
            Path file = Files.writeString(folder.resolve(name), text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    FakeCommands without(String name) {
        try {
            Files.delete(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    BatchAccess access(Duration deadline) {
        return new BatchAccess(folder, Map.of("CALLS", calls.toString()), deadline);
    }

    Path folder() {
        return folder;
    }

    List<String> calls() {
        try {
            return Files.readAllLines(calls, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
