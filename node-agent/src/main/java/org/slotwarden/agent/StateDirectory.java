package org.slotwarden.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The directory that hooks and agent share (docs/decisions/0003-slot-hand-over.md), and who is its agent. */
final class StateDirectory implements AutoCloseable {

    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOCK_RETRY = Duration.ofMillis(50);

    private final Path root;
    private final FileChannel lockFile;

    @SuppressWarnings("unused") // held until the process ends
    private final FileLock lock;

    private StateDirectory(Path root, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Makes what is missing of the directory, for its owner only. */
    static void prepare(Path root) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        for (Path folder : new Path[] {root, inbox(root), root.resolve("slots")}) {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, ownerOnly);
            }
        }
    }

    /** Becomes this directory's agent; null when another process is and stays so. */
    static @Nullable StateDirectory acquire(Path root) throws IOException, InterruptedException {
        FileChannel file =
                FileChannel.open(root.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
        // The holder may be about to end: it had its last look before our hook's file was there, or it will
        // see that file and stay.
        do {
            FileLock lock = file.tryLock();
            if (lock != null) {
                return new StateDirectory(root, file, lock);
            }
            Thread.sleep(LOCK_RETRY.toMillis());
        } while (System.nanoTime() < deadline);
        file.close();
        return null;
    }

    private static Path inbox(Path root) {
        return root.resolve("inbox");
    }

    Path inbox() {
        return inbox(root);
    }

    Path slots() {
        return root.resolve("slots");
    }

    /** Where samples of the node wait until the portal has them. */
    Path nodeSamples() {
        return root.resolve("node-samples.spool");
    }

    /** Tells hooks that we read the inbox. */
    void writePid(long pid, long startTicks) throws IOException {
        Path next = root.resolve("agent.pid.new");
        Files.writeString(next, pid + " " + startTicks + "\n");
        Files.move(next, pidFile(), StandardCopyOption.ATOMIC_MOVE);
    }

    void removePid() throws IOException {
        Files.deleteIfExists(pidFile());
    }

    private Path pidFile() {
        return root.resolve("agent.pid");
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
