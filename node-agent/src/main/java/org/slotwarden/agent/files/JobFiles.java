package org.slotwarden.agent.files;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.CostShare;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.Progress;

/**
 * Sizes of one job's directories and output files, and its progress. Looks are made by another thread: what
 * is ready in time comes with this sample, what is late with the next, and a look that hangs leaves its
 * figures absent and is not repeated until it comes back.
 */
public final class JobFiles implements AutoCloseable {

    /** What the jobs of a node share. */
    public record Shared(ProcFiles proc, SideWork side, CostShare share) {

        /** Of one core (or of a file server's time), over all jobs. */
        private static final double SHARE = 0.002;

        public static Shared of(ProcFiles proc) {
            return new Shared(proc, new SideWork(), new CostShare(SHARE));
        }
    }

    private record Files(
            @Nullable Long standardOutput,
            @Nullable Long standardError,
            @Nullable Progress progress,
            long nanos) {}

    private record Sizes(
            OptionalLong workDirectory,
            OptionalLong scratch,
            OptionalLong workDirectoryFree,
            OptionalLong scratchFree,
            long nanos) {}

    private final Shared shared;
    private final CostShare.Pace filePace;
    private final CostShare.Pace sizePace;
    private final AtomicReference<@Nullable Files> files = new AtomicReference<>();
    private final AtomicReference<@Nullable Sizes> sizes = new AtomicReference<>();
    private final DirectorySize workDirectory = new DirectorySize();
    private final DirectorySize scratch = new DirectorySize();
    private boolean filesUnderWay;
    private boolean sizesUnderWay;
    private boolean closed;

    public JobFiles(Shared shared) {
        this.shared = shared;
        this.filePace = shared.share.pace();
        this.sizePace = shared.share.pace();
    }

    /**
     * Lets looks begin, those that are due.
     *
     * @param process a process of the job, whose environment may name places; 0 when there is none
     */
    public void begin(JobPlaces places, int process, long nowMs) {
        long now = System.nanoTime();
        if (!filesUnderWay && filePace.due(now)) {
            filesUnderWay = shared.side.offer(() -> files.set(look(places, process, nowMs)));
        }
        if (!sizesUnderWay && sizePace.due(now)) {
            sizesUnderWay = shared.side.offer(() -> sizes.set(measure(places, process)));
        }
    }

    /** Puts into the sample what has come back. */
    public void into(JobSample.Builder sample) {
        long now = System.nanoTime();
        Files seen = files.getAndSet(null);
        if (seen != null) {
            filesUnderWay = false;
            filePace.took(now, seen.nanos);
            if (seen.standardOutput != null) {
                sample.setStandardOutputBytes(seen.standardOutput);
            }
            if (seen.standardError != null) {
                sample.setStandardErrorBytes(seen.standardError);
            }
            if (seen.progress != null) {
                sample.setProgress(seen.progress);
            }
        }
        Sizes measured = sizes.getAndSet(null);
        if (measured != null) {
            sizesUnderWay = false;
            sizePace.took(now, measured.nanos);
            measured.workDirectory.ifPresent(sample::setWorkdirBytes);
            measured.scratch.ifPresent(sample::setScratchBytes);
            measured.workDirectoryFree.ifPresent(sample::setWorkdirFreeBytes);
            measured.scratchFree.ifPresent(sample::setScratchFreeBytes);
        }
    }

    private Files look(JobPlaces places, int process, long nowMs) {
        long begin = System.nanoTime();
        NamedPlaces named = NamedPlaces.read(shared.proc.forAnotherThread(), process, places.uid());
        Path folder = path(places.workDirectory(), null);
        Path progressFile = path(named.progress() == null ? ProgressFile.NAME : named.progress(), folder);
        Progress progress = progressFile == null ? null : ProgressFile.read(progressFile, places.uid(), nowMs);
        Long output = size(path(places.standardOutput(), folder), places.uid());
        Long error = size(path(places.standardError(), folder), places.uid());
        return new Files(output, error, progress, System.nanoTime() - begin);
    }

    private static @Nullable Long size(@Nullable Path path, long uid) {
        return path == null ? null : OwnedFile.size(path, uid);
    }

    private Sizes measure(JobPlaces places, int process) {
        long begin = System.nanoTime();
        NamedPlaces named = NamedPlaces.read(shared.proc.forAnotherThread(), process, places.uid());
        Path folder = path(places.workDirectory(), null);
        Path scratchFolder = path(places.scratchDirectory(), null);
        if (scratchFolder == null && named.scratch() != null) {
            // As the job sees it: it may have a /tmp of its own.
            scratchFolder = path(shared.proc.path(process + "/root") + named.scratch(), null);
        }
        Path mounts = shared.proc.path("self/mountinfo");
        OptionalLong work = workDirectory.measure(folder, places.uid(), mounts);
        OptionalLong temporary = scratch.measure(scratchFolder, places.uid(), mounts);
        OptionalLong workFree = DirectorySize.free(folder, places.uid());
        OptionalLong temporaryFree = DirectorySize.free(scratchFolder, places.uid());
        return new Sizes(work, temporary, workFree, temporaryFree, System.nanoTime() - begin);
    }

    /** Null when nothing is named, or a relative path without the folder that it is relative to. */
    private static @Nullable Path path(@Nullable String text, @Nullable Path folder) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? path : folder == null ? null : folder.resolve(path);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            filePace.close();
            sizePace.close();
        }
    }
}
