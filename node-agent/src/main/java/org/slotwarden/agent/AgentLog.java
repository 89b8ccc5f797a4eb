package org.slotwarden.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * {@code STATE/agent.log}, bounded: when it is full it is copied to {@code agent.log.1} and begins anew. It
 * stays the same file, because others have it open: our guardian, and the Java runtime for its last words.
 * Standard error leads there (the logger writes to it), because a hook started us without any.
 */
final class AgentLog extends OutputStream {

    private static final long MAX_BYTES = 1 << 20;

    private static volatile boolean begun;

    private final Path path;
    private final long maxBytes;
    private OutputStream out;
    private long size;

    AgentLog(Path path, long maxBytes) throws IOException {
        this.path = path;
        this.maxBytes = maxBytes;
        this.out = open();
    }

    static void begin(Path state) throws IOException {
        System.setErr(new PrintStream(new AgentLog(log(state), MAX_BYTES), true, StandardCharsets.UTF_8));
        begun = true;
    }

    static boolean begun() {
        return begun;
    }

    /** True when a hook led this process's standard error into the log. */
    static boolean isStandardError(Path state) throws IOException {
        return Files.exists(log(state)) && Files.isSameFile(Path.of("/proc/self/fd/2"), log(state));
    }

    private static Path log(Path state) {
        return state.resolve("agent.log");
    }

    private OutputStream open() throws IOException {
        if (!Files.exists(path)) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        size = Files.size(path);
        return Files.newOutputStream(path, StandardOpenOption.APPEND);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (size + length > maxBytes && size > 0) {
            beginAnew();
        }
        out.write(bytes, from, length);
        size += length;
    }

    /**
     * Where there is no room for a copy, the file itself becomes the older one. Where that cannot be either,
     * its lines are lost: a log that grows without a bound or has ended is worse.
     */
    private void beginAnew() throws IOException {
        Path older = path.resolveSibling(path.getFileName() + ".1");
        try {
            Files.copy(path, older, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            try {
                Files.move(path, older, StandardCopyOption.REPLACE_EXISTING);
                OutputStream moved = out;
                out = open();
                moved.close();
                return;
            } catch (IOException neither) {
                // then without
            }
        }
        // All who have it open append, so they go on at its new end.
        try (var file = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            file.truncate(0);
        }
        size = 0;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
