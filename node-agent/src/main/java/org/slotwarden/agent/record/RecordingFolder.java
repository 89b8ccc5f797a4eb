package org.slotwarden.agent.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A folder of recorded runs as {@code replay} reads it: {@code jobs.csv} with one row a run, and
 * {@code runs/NAME.csv} for each. Several recordings may begin in it at once. What lies there already is
 * added to, never written over.
 */
final class RecordingFolder {

    static final List<String> JOB_COLUMNS =
            List.of("run_id", "cores_req", "mem_limit", "walltime", "disk_quota", "fd_limit", "array", "array_index");

    private static final String NAME_COLUMN = "run_id";
    private static final long MOST_BYTES = 64 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MS = 20;

    private final Path folder;

    /** @param folder exists already */
    RecordingFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes a run's file and adds its row.
     *
     * @param job values by column of {@link #JOB_COLUMNS}; what is missing is not known
     * @return the run's file, open and empty
     * @throws FileAlreadyExistsException when there is a run of this name
     * @throws IOException when the folder cannot be used, with a message for people
     */
    FileChannel begin(String name, Map<String, String> job) throws IOException, InterruptedException {
        Path runs = folder.resolve("runs");
        if (!Files.isDirectory(runs, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("runs is no folder there");
        }
        Path file = runs.resolve(name + ".csv");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            addRow(name, job);
            return channel;
        } catch (IOException | InterruptedException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private void addRow(String name, Map<String, String> job) throws IOException, InterruptedException {
        Path file = folder.resolve("jobs.csv");
        // Also for reading: opening a FIFO so does not wait.
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("jobs.csv is no regular file");
            }
            try (FileLock lock = lock(channel)) {
                append(channel, name, job);
            }
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        FileLock lock;
        while ((lock = channel.tryLock()) == null) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("jobs.csv is locked by another process");
            }
            Thread.sleep(PAUSE_MS);
        }
        return lock;
    }

    private static void append(FileChannel channel, String name, Map<String, String> job) throws IOException {
        String text = read(channel);
        List<String> lines = text.lines().toList();
        List<String> columns =
                lines.isEmpty() ? JOB_COLUMNS : List.of(lines.getFirst().split(",", -1));
        int names = columns.indexOf(NAME_COLUMN);
        if (names < 0) {
            throw new IOException("jobs.csv has no column " + NAME_COLUMN);
        }
        for (String line : lines) {
            String[] field = line.split(",", -1);
            if (field.length > names && field[names].equals(name)) {
                throw new FileAlreadyExistsException(name);
            }
        }
        StringBuilder added = new StringBuilder();
        if (lines.isEmpty()) {
            added.append(String.join(",", columns)).append('\n');
        } else if (!text.endsWith("\n")) {
            added.append('\n');
        }
        List<String> row = new ArrayList<>();
        for (String column : columns) {
            String value = column.equals(NAME_COLUMN) ? name : job.get(column);
            row.add(value == null ? "" : value);
        }
        added.append(String.join(",", row)).append('\n');
        channel.position(channel.size());
        write(channel, added.toString());
    }

    private static String read(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size > MOST_BYTES) {
            throw new IOException("jobs.csv is longer than " + MOST_BYTES + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /** All of it, as few writes as the kernel needs. */
    static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Why a recording cannot begin, in a few words. */
    static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return "there is a run of that name";
        }
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
