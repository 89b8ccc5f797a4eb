package org.slotwarden.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.slot.HandOver;

/** The name under which this node reports: as configured, else as the batch system calls it, else the host's. */
public final class NodeName {

    private static final String VALID = "[A-Za-z0-9._-]{1,255}";

    private NodeName() {}

    static String find(@Nullable String configured, Path inbox, Path slots, ProcFiles proc) throws IOException {
        if (configured != null) {
            return configured;
        }
        // The hook that started us has left its file before.
        try (Stream<Path> handedOver = Stream.concat(Files.list(inbox), Files.walk(slots, 2))) {
            for (Path file : handedOver.toList()) {
                String name = nodeIn(file);
                if (name != null && name.matches(VALID)) {
                    return name;
                }
            }
        }
        return ofHost(proc);
    }

    /** The same for somebody who only looks at a state directory, which may not be there. */
    public static String find(@Nullable String configured, Path state, ProcFiles proc) {
        try {
            return find(configured, state.resolve("inbox"), state.resolve("slots"), proc);
        } catch (IOException | UncheckedIOException e) {
            return ofHost(proc);
        }
    }

    private static String ofHost(ProcFiles proc) {
        String host = proc.text("sys/kernel/hostname");
        return host == null ? "localhost" : List.of(host.strip().split("\\.")).getFirst();
    }

    private static @Nullable String nodeIn(Path file) {
        if (!file.toString().matches(".*(prologue|epilogue)")) {
            return null;
        }
        try {
            return HandOver.read(file).text("node");
        } catch (IOException e) {
            return null;
        }
    }
}
