package org.slotwarden.storagewatch.billing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.wire.v1.MoverRecord;

/**
 * Reads a file that grows, or a folder with daily files ({@code billing-2026.11.21}), as dCache makes them. How far
 * the portal has the records is remembered on disk, so that none is lost or told twice over a restart. A file that was
 * renamed is read to its end first. At the very first start it begins at the end.
 */
public final class BillingFile implements Records {

    private static final Logger LOG = LoggerFactory.getLogger(BillingFile.class);

    private static final int CHUNK = 1 << 20;
    private static final long MOST_BYTES = 32L << 20;
    private static final int MAX_LINE = 256 << 10;
    private static final String DAILY = "billing-\\d{4}\\.\\d{2}\\.\\d{2}(\\.json)?";

    /** @param key of the file, as the file system tells it: renamed, it is the same */
    private record Position(String key, Path file, long offset) {}

    private final Path source;
    private final Path memory;
    private final Batch batch = new Batch();
    private @Nullable Position accepted;
    private @Nullable Position reached;
    private String lost = "";

    /**
     * @param source file or folder
     * @param memory file in which is remembered how far the portal has it
     */
    public BillingFile(Path source, Path memory) {
        this.source = source;
        this.memory = memory;
    }

    @Override
    public List<MoverRecord> next() throws IOException {
        if (reached != null) {
            return batch.records(); // not accepted yet
        }
        lost = "";
        Position from = accepted != null ? accepted : remembered();
        if (from == null) {
            from = end();
            if (from == null) {
                throw new NoSuchFileException(source.toString());
            }
            write(from);
        }
        reached = read(from);
        return batch.records();
    }

    @Override
    public void accepted() {
        if (reached != null && !reached.equals(accepted)) {
            write(reached);
        }
        reached = null;
        batch.clear();
    }

    @Override
    public String complaint() {
        return lost.isEmpty() ? batch.complaint() : lost;
    }

    private Position read(Position from) throws IOException {
        Position at = found(from);
        long bytes = 0;
        while (true) {
            long begin = at.offset;
            at = readOn(at, MOST_BYTES - bytes);
            bytes += at.offset - begin;
            if (batch.full() || bytes >= MOST_BYTES) {
                lost = lost.isEmpty() ? "more records wait in billing than one report may have: they come later" : lost;
                return at;
            }
            Optional<Path> next = following(at);
            if (next.isEmpty()) {
                return at;
            }
            at = new Position(key(next.get()), next.get(), 0);
        }
    }

    /** Where the file is now. */
    private Position found(Position last) throws IOException {
        if (last.key.equals(key(last.file))) {
            return Files.size(last.file) < last.offset ? new Position(last.key, last.file, 0) : last;
        }
        Path folder = last.file.toAbsolutePath().getParent();
        if (folder != null && Files.isDirectory(folder)) {
            try (Stream<Path> siblings = Files.list(folder)) {
                for (Path sibling : siblings.toList()) {
                    if (last.key.equals(key(sibling))) {
                        return new Position(last.key, sibling, last.offset);
                    }
                }
            }
        }
        Path next = Files.isDirectory(source)
                ? daily().stream()
                        .filter(file -> name(file).compareTo(name(last.file)) >= 0)
                        .findFirst()
                        .orElseThrow(() -> new NoSuchFileException(source.toString()))
                : source;
        lost = "the billing file " + last.file + " is gone: records since " + last.offset + " bytes are lost";
        return new Position(key(next), next, 0);
    }

    /** What is to be read when a file is at its end. */
    private Optional<Path> following(Position at) throws IOException {
        if (Files.isDirectory(source)) {
            return daily().stream()
                    .filter(file -> name(file).compareTo(name(at.file)) > 0)
                    .findFirst();
        }
        String key = key(source);
        return key.isEmpty() || key.equals(at.key) ? Optional.empty() : Optional.of(source);
    }

    private Position readOn(Position from, long most) throws IOException {
        try (FileChannel file = FileChannel.open(from.file, StandardOpenOption.READ)) {
            long offset = from.offset;
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (offset - from.offset < most && !batch.full()) {
                chunk.clear();
                while (chunk.hasRemaining() && file.read(chunk, offset + chunk.position()) > 0) {
                    // until it is full or the file at its end
                }
                int used = lines(chunk.array(), chunk.position());
                if (used == 0) {
                    break;
                }
                offset += used;
            }
            return new Position(from.key, from.file, offset);
        }
    }

    /** Takes whole lines, and says how many bytes these were. */
    private int lines(byte[] bytes, int length) {
        int begin = 0;
        for (int i = 0; i < length && !batch.full(); i++) {
            if (bytes[i] == '\n') {
                if (i - begin <= MAX_LINE) {
                    batch.add(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
                }
                begin = i + 1;
            }
        }
        // A line that fills the chunk is none.
        return begin == 0 && length == CHUNK ? length : begin;
    }

    private @Nullable Position end() throws IOException {
        List<Path> files = Files.isDirectory(source) ? daily() : List.of(source);
        if (files.isEmpty() || !Files.exists(files.getLast())) {
            return null;
        }
        Path last = files.getLast();
        return new Position(key(last), last, Files.size(last));
    }

    private List<Path> daily() throws IOException {
        try (Stream<Path> files = Files.walk(source, 4)) {
            return files.filter(file -> name(file).matches(DAILY))
                    .sorted(Comparator.comparing(BillingFile::name))
                    .toList();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static String key(Path file) {
        try {
            return String.valueOf(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return "";
        }
    }

    private @Nullable Position remembered() throws IOException {
        if (!Files.exists(memory)) {
            return null;
        }
        List<String> lines = Files.readAllLines(memory);
        if (lines.size() != 3 || !lines.get(2).matches("\\d{1,18}")) {
            LOG.warn("{} cannot be understood: billing is read from its end", memory);
            return null;
        }
        accepted = new Position(lines.get(0), Path.of(lines.get(1)), Long.parseLong(lines.get(2)));
        return accepted;
    }

    private void write(Position position) {
        accepted = position;
        try {
            Path next = memory.resolveSibling(memory.getFileName() + ".new");
            Files.writeString(next, position.key + "\n" + position.file + "\n" + position.offset + "\n");
            Files.move(next, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} cannot be written, after a restart some records are told again: {}", memory, e.toString());
        }
    }
}
