package org.slotwarden.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The directory that hooks and agent share (docs/decisions/0003-slot-hand-over.md), and who is its agent. */
final class StateDirectory implements AutoCloseable {

    /** Set by an agent that waits for the lock of one that has called it: it may go now. */
    private static final String NEXT = "agent.next";

    private static final String LOCK = "agent.lock";
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);
    private static final Duration SUCCESSORS_PATIENCE = Duration.ofSeconds(30);
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

    /**
     * Makes what is missing of the directory, for its owner only.
     *
     * @throws IOException also when it is not ours alone: a link, somebody else's, or open to others
     */
    static void prepare(Path root) throws IOException {
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
        for (Path folder : new Path[] {root, inbox(root), slots(root)}) {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
            }
            if (Files.isSymbolicLink(folder)) {
                throw new IOException(folder + " is a symbolic link; name the real directory");
            }
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(folder + " is no directory");
            }
            Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!owner.equals(self)) {
                throw new IOException(folder + " belongs to user " + owner + ", the agent is user " + self);
            }
            if (!ownerOnly.containsAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))) {
                Files.setPosixFilePermissions(folder, ownerOnly);
            }
        }
    }

    /**
     * Becomes this directory's agent; null when another process is and stays so.
     *
     * @param successor whether that one has called us and will go
     */
    static @Nullable StateDirectory acquire(Path root, boolean successor) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + (successor ? SUCCESSORS_PATIENCE : LOCK_PATIENCE).toNanos();
        // The holder may be about to end: it had its last look before our hook's file was there, or it will
        // see that file and stay.
        do {
            StateDirectory taken = tryAcquire(root);
            if (taken != null) {
                Files.deleteIfExists(root.resolve(NEXT));
                return taken;
            }
            if (successor && !Files.exists(root.resolve(NEXT))) {
                Files.createFile(root.resolve(NEXT));
            }
            Thread.sleep(LOCK_RETRY.toMillis());
        } while (System.nanoTime() < deadline);
        return null;
    }

    /** Becomes this directory's agent; null when another process is. */
    static @Nullable StateDirectory tryAcquire(Path root) throws IOException {
        FileChannel file = FileChannel.open(
                root.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        boolean kept = false;
        try {
            Object opened = fileKey(root);
            FileLock lock = file.tryLock();
            // A process of one slot removes its directory at the end, and this file with it.
            kept = lock != null && opened != null && opened.equals(fileKey(root));
            return lock != null && kept ? new StateDirectory(root, file, lock) : null;
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    private static @Nullable Object fileKey(Path root) throws IOException {
        try {
            return Files.readAttributes(root.resolve(LOCK), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static Path inbox(Path root) {
        return root.resolve("inbox");
    }

    private static Path slots(Path root) {
        return root.resolve("slots");
    }

    Path root() {
        return root;
    }

    Path inbox() {
        return inbox(root);
    }

    Path slots() {
        return slots(root);
    }

    /** Where hooks start processes for single slots: a state directory each. */
    Path own() {
        return root.resolve("own");
    }

    void forgetNext() throws IOException {
        Files.deleteIfExists(root.resolve(NEXT));
    }

    /** True when the agent that was called waits for the lock. */
    boolean nextIsThere() {
        return Files.exists(root.resolve(NEXT));
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

    /**
     * Removes the directory, if nothing is in it that somebody still needs. The inbox goes first: from then on
     * a hook uses that of the node.
     *
     * @return false when a hook has left something meanwhile, or a slot is not sent yet
     */
    boolean removeIfDone() throws IOException {
        try {
            Files.delete(slots());
            Files.delete(inbox());
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
        try (var files = Files.list(root)) {
            for (Path file : List.copyOf(files.toList())) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(root);
        return true;
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
