package org.slotwarden.agent.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.FileEvidence;

/** Sizes of open files: the file system of each is asked, which may hang. Nothing is opened. */
final class OpenFileSizes {

    private static final String DELETED = " (deleted)";

    private static final Comparator<FileEvidence> BY_SIZE = Comparator.comparingLong(FileEvidence::getSizeBytes);

    private final Map<String, Descriptors.Open> paths;
    private int others;

    OpenFileSizes(Map<String, Descriptors.Open> paths) {
        this.paths = paths;
    }

    /** What is known without asking anybody. */
    static List<FileEvidence> named(Map<String, Descriptors.Open> paths) {
        return paths.entrySet().stream()
                .map(entry -> describe(entry.getKey(), entry.getValue()).build())
                .limit(WireContract.MAX_EVIDENCE_ROWS)
                .toList();
    }

    /** The largest first. */
    List<FileEvidence> measure() {
        PriorityQueue<FileEvidence> largest = new PriorityQueue<>(BY_SIZE);
        paths.forEach((target, open) -> {
            FileEvidence file = measure(target, open);
            if (file == null) {
                others++;
                return;
            }
            largest.add(file);
            if (largest.size() > WireContract.MAX_EVIDENCE_ROWS) {
                largest.remove();
            }
        });
        return largest.stream().sorted(BY_SIZE.reversed()).toList();
    }

    /** Regular files, how many there are. */
    int files() {
        return paths.size() - others;
    }

    /** Null when it is no regular file, or was closed meanwhile. */
    private static @Nullable FileEvidence measure(String target, Descriptors.Open open) {
        try {
            Map<String, Object> attributes = Files.readAttributes(open.link(), "unix:size,isRegularFile,nlink");
            if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
                return null;
            }
            boolean deleted = target.endsWith(DELETED)
                    && ((Number) Objects.requireNonNull(attributes.get("nlink"))).intValue() == 0;
            return describe(target, open)
                    .setPath(path(target, deleted))
                    .setDeleted(deleted)
                    .setSizeBytes(((Number) Objects.requireNonNull(attributes.get("size"))).longValue())
                    .build();
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    private static FileEvidence.Builder describe(String target, Descriptors.Open open) {
        boolean deleted = target.endsWith(DELETED);
        return FileEvidence.newBuilder()
                .setPath(path(target, deleted))
                .setDeleted(deleted)
                .setProcesses(open.processes());
    }

    private static String path(String target, boolean deleted) {
        String path = deleted ? target.substring(0, target.length() - DELETED.length()) : target;
        return BoundedName.cut(path, WireContract.MAX_EVIDENCE_TEXT_BYTES);
    }
}
