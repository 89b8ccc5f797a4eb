package org.slotwarden.agent.node;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.NodeSample;

/** Free space of the file system that jobs use for scratch (statvfs(3)), which may be one that hangs. */
public final class ScratchSpace implements NodeFigure {

    private final Aside<Long> free;

    /** @param interval between two samples */
    public ScratchSpace(Path scratch, Duration interval) {
        this(() -> free(scratch.toFile()), interval);
    }

    ScratchSpace(Aside.Reader<Long> reader, Duration interval) {
        this.free = new Aside<>(
                "scratch",
                new Aside.Pace(
                        Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMillis(3 * interval.toMillis())),
                ErrorKind.SCRATCH_SLOW,
                ErrorKind.SCRATCH_UNUSABLE,
                reader);
    }

    private static @Nullable Long free(File scratch) {
        // 0 is also what Java says when it cannot tell.
        return scratch.getTotalSpace() > 0 ? scratch.getUsableSpace() : null;
    }

    @Override
    public void prepare() {
        free.request();
    }

    @Override
    public void into(NodeSample.Builder sample) {
        free.latest().ifPresent(sample::setScratchFreeBytes);
    }
}
