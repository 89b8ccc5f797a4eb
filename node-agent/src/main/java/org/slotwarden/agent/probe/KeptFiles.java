package org.slotwarden.agent.probe;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many files of /proc may stay open between two samples. Reading an open one costs a third of opening
 * it anew, but each holds a descriptor, and some 4.5 KiB in the kernel (a page for the text, the file,
 * its inode). Beyond the bound files are opened, read and closed.
 */
public final class KeptFiles {

    private static final int MOST = 8192;
    /** Descriptors are for others, too: spools, sockets, files that are read once. */
    private static final int SHARE_OF_LIMIT = 4;

    private static final int FEW = 64;

    private final int bound;
    private final AtomicInteger kept = new AtomicInteger();

    KeptFiles(int bound) {
        this.bound = bound;
    }

    /** As many as this process's own limit allows. */
    public static KeptFiles read(ProcFiles proc) {
        long limit = proc.read("self/limits") ? OpenFileLimit.parse(proc.bytes(), proc.length()) : -1;
        return new KeptFiles((int) Math.clamp(limit / SHARE_OF_LIMIT, FEW, MOST));
    }

    /** Null when the bound is reached or there is no such file. */
    @Nullable
    KeptFile open(ProcFiles proc, String path) {
        if (kept.get() >= bound) {
            return null;
        }
        KeptFile file = KeptFile.open(proc, path, this);
        if (file != null) {
            kept.incrementAndGet();
        }
        return file;
    }

    void closed() {
        kept.decrementAndGet();
    }

    /** How many are open. */
    int count() {
        return kept.get();
    }
}
