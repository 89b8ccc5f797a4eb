package org.slotwarden.agent.node;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;

/** Files of {@code /sys} that hold one value each (kernel documentation, filesystems/sysfs). Not thread-safe. */
final class Sysfs {

    private static final int MAX_ENTRIES = 4096;
    private static final int MAX_WORD = 64;

    private final ProcFiles files;

    /** @param root {@code /sys}, or a folder that looks like it */
    Sysfs(Path root) {
        this.files = new ProcFiles(root);
    }

    /** The number in a file; empty when there is none, it cannot be read, or it does not fit. */
    OptionalLong number(String path) {
        if (!files.read(path)) {
            return OptionalLong.empty();
        }
        int length = files.length();
        OptionalLong number = ProcText.number(files.bytes(), length, 0);
        int end = 0;
        while (end < length && (files.bytes()[end] == '-' || Character.isDigit(files.bytes()[end]))) {
            end++;
        }
        boolean alone = end == length || files.bytes()[end] == '\n';
        return alone ? number : OptionalLong.empty();
    }

    /** The text in a file, without what could spoil a line; empty when there is none. */
    Optional<String> word(String path) {
        String text = files.text(path);
        if (text == null) {
            return Optional.empty();
        }
        String clean = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return Optional.of(clean.length() > MAX_WORD ? clean.substring(0, MAX_WORD) : clean)
                .filter(word -> !word.isEmpty());
    }

    /** Entries of a folder whose names match, in the order of the numbers in them: hwmon2 before hwmon10. */
    List<String> entries(String folder, String pattern) {
        String @Nullable [] names = files.list(folder);
        return names == null
                ? List.of()
                : Arrays.stream(names)
                        .filter(name -> name.matches(pattern))
                        .limit(MAX_ENTRIES)
                        .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                        .toList();
    }

    boolean exists(String path) {
        return files.exists(path);
    }

    Path path(String path) {
        return files.path(path);
    }
}
