package org.slotwarden.agent.probe;

import java.io.File;

/**
 * Number of a process's open descriptors, as the limit RLIMIT_NOFILE counts them. Since kernel 6.2 the
 * size of {@code /proc/PID/fd} tells it (proc_pid_fd(5)), before it the folder has to be listed.
 */
public final class OpenFiles {

    private final ProcFiles proc;
    private final boolean toldBySize;

    public OpenFiles(ProcFiles proc) {
        this.proc = proc;
        // We have descriptors open ourselves: a kernel that tells says more than 0.
        this.toldBySize = proc.size("self/fd") > 0;
    }

    /**
     * @param pid a number, or {@code self}
     * @return -1 when it cannot be read
     */
    public int count(String pid) {
        return count(folder(pid));
    }

    /** Where the descriptors of a process stand, for {@link #count(File)}. */
    File folder(String pid) {
        return proc.path(pid + "/fd").toFile();
    }

    int count(File folder) {
        if (toldBySize) {
            long size = folder.length();
            // 0: none is open, or there is no such process.
            return size > 0 || folder.exists() ? (int) Math.min(size, Integer.MAX_VALUE) : -1;
        }
        String[] descriptors = folder.list();
        if (descriptors == null) {
            return -1;
        }
        // Our own are listed by way of one more.
        return descriptors.length - (folder.getPath().endsWith("/self/fd") ? 1 : 0);
    }
}
