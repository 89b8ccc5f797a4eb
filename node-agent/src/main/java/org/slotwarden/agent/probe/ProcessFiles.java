package org.slotwarden.agent.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;

/**
 * Open descriptors of a job's processes, from {@code /proc/PID/fd}. Files are counted as the limit
 * RLIMIT_NOFILE counts them: every descriptor of every process. A socket counts once, however many
 * processes inherited it.
 */
final class ProcessFiles {

    /** Links read in one sample of a job; beyond it the number of sockets is not known. */
    private static final int MAX_LINKS = 100_000;

    private final ProcFiles proc;
    private final Set<String> sockets = new HashSet<>();
    private long files;
    private boolean socketsKnown = true;

    ProcessFiles(ProcFiles proc) {
        this.proc = proc;
    }

    /** Counts one process; false when its descriptors cannot be read. */
    boolean add(int pid) {
        String[] descriptors = proc.list(pid + "/fd");
        if (descriptors == null) {
            return false;
        }
        files += descriptors.length;
        if (files > MAX_LINKS) {
            socketsKnown = false;
            return true;
        }
        for (String descriptor : descriptors) {
            try {
                String target = Files.readSymbolicLink(proc.path(pid + "/fd/" + descriptor))
                        .toString();
                if (target.startsWith("socket:[")) {
                    sockets.add(target);
                }
            } catch (IOException e) {
                // Closed since the folder was listed.
                files--;
            }
        }
        return true;
    }

    int files() {
        return (int) Math.min(files, Integer.MAX_VALUE);
    }

    boolean socketsKnown() {
        return socketsKnown;
    }

    int sockets() {
        return sockets.size();
    }
}
