package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.probe.ProcFiles;

/** The folders of adopted slots, {@code STATE/slots/SLOT_ID}. */
public final class SlotFolders {

    private static final Logger LOG = LoggerFactory.getLogger(SlotFolders.class);
    private static final String BOOT = "boot_id";

    private static final int UUID_LENGTH = 36;

    private final Path slots;
    private final String bootId;
    private final ProcFiles proc;

    public SlotFolders(Path slots, ProcFiles proc) {
        this.slots = slots;
        this.proc = proc;
        String text = proc.text("sys/kernel/random/boot_id");
        this.bootId = text == null ? "" : text.strip();
    }

    /** Makes a slot of a hook's file, which moves into the new folder: after a crash it is in one place or the other. */
    public Path make(InboxFile file) throws IOException {
        String id = Long.toHexString(Instant.now().getEpochSecond()) + "-" + chance();
        Path folder = Files.createDirectory(slots.resolve(id));
        Files.writeString(folder.resolve(BOOT), bootId);
        String name = file.prologue() ? Slot.PROLOGUE : Slot.EPILOGUE;
        Files.move(file.path(), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        return folder;
    }

    /** From the kernel's random source (random(4)): to set up Java's takes ten milliseconds of the start. */
    private String chance() throws IOException {
        String uuid = proc.text("sys/kernel/random/uuid");
        if (uuid == null || uuid.length() < UUID_LENGTH) {
            throw new IOException("/proc/sys/kernel/random/uuid cannot be read");
        }
        String digits = uuid.substring(0, UUID_LENGTH).replace("-", "");
        return digits.substring(digits.length() - 20);
    }

    /** Names of all folders, oldest first. */
    List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(slots)) {
            for (Path entry : entries) {
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return names;
    }

    /** Names of the oldest folders that are wanted; however many there are, only these are held in memory. */
    List<String> oldest(int count, Predicate<String> wanted) throws IOException {
        TreeSet<String> oldest = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(slots)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (wanted.test(name) && oldest.add(name) && oldest.size() > count) {
                    oldest.removeLast();
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return List.copyOf(oldest);
    }

    /** The largest spools with their sizes in bytes, of the folders that are wanted. */
    Map<Path, Long> largestSpools(int count, Predicate<String> wanted) throws IOException {
        Map<Path, Long> largest = new HashMap<>();
        TreeSet<Long> sizes = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(slots)) {
            for (Path entry : entries) {
                if (!wanted.test(String.valueOf(entry.getFileName()))) {
                    continue;
                }
                Path spool = entry.resolve(Slot.SPOOL);
                long bytes = spool.toFile().length();
                if (bytes > 0 && (largest.size() < count || bytes > sizes.first())) {
                    largest.put(spool, bytes);
                    sizes.add(bytes);
                    if (largest.size() > count) {
                        long least = sizes.first();
                        largest.values().remove(least);
                        if (!largest.containsValue(least)) {
                            sizes.remove(least);
                        }
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return largest;
    }

    /** The folder of that name; empty when it is none, or no slot: then it is removed. */
    Optional<Path> find(String name) throws IOException {
        Path folder = slots.resolve(name);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        if (!Files.exists(folder.resolve(Slot.PROLOGUE)) && !Files.exists(folder.resolve(Slot.EPILOGUE))) {
            LOG.warn("{} holds no slot, removed", folder);
            Slot.delete(folder);
            return Optional.empty();
        }
        return Optional.of(folder);
    }

    /** True when the node was booted since the slot was adopted: no process of it can live. */
    public boolean isOfEarlierBoot(Path folder) {
        String then = read(folder.resolve(BOOT));
        return then != null && !then.isEmpty() && !bootId.isEmpty() && !then.equals(bootId);
    }

    private static @Nullable String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", file, e.toString());
            return null;
        }
    }
}
