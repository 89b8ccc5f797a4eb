package org.slotwarden.agent.evidence;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;

/**
 * What the descriptors of a job's processes lead to, as the kernel names it; nothing is opened, and no file system
 * is asked. Only of processes that are the user's own and let themselves be looked into by the user: a program that
 * runs with other rights may have open what the user may not know of.
 */
final class Descriptors {

    private static final int MOST_LINKS = 20_000;
    private static final int MOST_PATHS = 2_000;

    /** Characters of all paths together: one may have four thousand. */
    private static final int MOST_OF_PATHS = 200_000;

    private static final String SOCKET = "socket:[";

    /** A file by one of the descriptors that lead to it. */
    static final class Open {
        private final Path link;
        private int processes;
        private int lastPid;

        private Open(Path link) {
            this.link = link;
        }

        Path link() {
            return link;
        }

        int processes() {
            return processes;
        }

        private void by(int pid) {
            if (pid != lastPid) {
                lastPid = pid;
                processes++;
            }
        }
    }

    private final ProcFiles proc;
    private final long uid;
    private final Map<String, Open> paths = new LinkedHashMap<>();
    private long[] sockets = new long[64];
    private int socketCount;
    private int lengthOfPaths;
    private final Map<String, Integer> namespaces = new HashMap<>();
    private int links;
    private int protectedProcesses;
    private boolean cut;

    Descriptors(ProcFiles proc, long uid) {
        this.proc = proc;
        this.uid = uid;
    }

    /** @param pids in the order in which they are looked at */
    void look(int[] pids) {
        for (int pid : pids) {
            if (cut) {
                return;
            }
            if (proc.belongsTo(pid, uid)) {
                look(pid);
            } else {
                protectedProcesses++;
            }
        }
    }

    private void look(int pid) {
        int before = socketCount;
        // Not all names at once: a process may have a million.
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.path(pid + "/fd"))) {
            for (Path link : descriptors) {
                if (++links > MOST_LINKS) {
                    cut = true;
                    break;
                }
                take(pid, link);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It ended.
        }
        if (socketCount > before) {
            namespaces.putIfAbsent(target(proc.path(pid + "/ns/net")), pid);
        }
    }

    private void take(int pid, Path link) {
        String target = target(link);
        if (target.startsWith(SOCKET)) {
            ProcText.wholeNumber(target.substring(SOCKET.length(), target.length() - 1))
                    .ifPresent(this::socket);
        } else if (target.startsWith("/") && !target.startsWith("/dev/")) {
            Open open = paths.get(target);
            if (open == null && paths.size() < MOST_PATHS && lengthOfPaths + target.length() <= MOST_OF_PATHS) {
                lengthOfPaths += target.length();
                open = new Open(link);
                paths.put(target, open);
            }
            if (open == null) {
                cut = true;
            } else {
                open.by(pid);
            }
        }
    }

    private void socket(long inode) {
        if (socketCount == sockets.length) {
            sockets = Arrays.copyOf(sockets, 2 * socketCount);
        }
        sockets[socketCount++] = inode;
    }

    /** Empty when the descriptor was closed since the folder was listed. */
    static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** By what the kernel calls them: a path, and {@code (deleted)} behind it where it has none any more. */
    Map<String, Open> paths() {
        return paths;
    }

    /** Inodes, one as often as processes have it open. */
    long[] sockets() {
        return Arrays.copyOf(sockets, socketCount);
    }

    /** A process in each network namespace in which there are sockets. */
    Collection<Integer> inNamespaces() {
        return namespaces.values();
    }

    int protectedProcesses() {
        return protectedProcesses;
    }

    /** Whether there was more than is looked at. */
    boolean cut() {
        return cut;
    }
}
