package org.slotwarden.agent.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Set<Long> sockets = new HashSet<>();
    private final Map<String, Integer> namespaces = new HashMap<>();
    private int links;
    private int protectedProcesses;
    private boolean cut;

    Descriptors(ProcFiles proc, long uid) {
        this.proc = proc;
        this.uid = uid;
    }

    /** Those with most descriptors first. */
    void look(Collection<SeenMember> members) {
        List<SeenMember> ordered = members.stream()
                .filter(member -> !member.now().ended())
                .sorted(Comparator.comparingInt(SeenMember::openFiles).reversed())
                .toList();
        for (SeenMember member : ordered) {
            if (cut) {
                return;
            }
            if (proc.belongsTo(member.pid(), uid)) {
                look(member.pid());
            } else {
                protectedProcesses++;
            }
        }
    }

    private void look(int pid) {
        String[] descriptors = proc.list(pid + "/fd");
        if (descriptors == null) {
            return; // it ended
        }
        int before = sockets.size();
        for (String descriptor : descriptors) {
            if (++links > MOST_LINKS) {
                cut = true;
                break;
            }
            take(pid, proc.path(pid + "/fd/" + descriptor));
        }
        if (sockets.size() > before) {
            namespaces.putIfAbsent(target(proc.path(pid + "/ns/net")), pid);
        }
    }

    private void take(int pid, Path link) {
        String target = target(link);
        if (target.startsWith(SOCKET)) {
            ProcText.wholeNumber(target.substring(SOCKET.length(), target.length() - 1))
                    .ifPresent(sockets::add);
        } else if (target.startsWith("/") && !target.startsWith("/dev/")) {
            if (paths.size() < MOST_PATHS || paths.containsKey(target)) {
                paths.computeIfAbsent(target, path -> new Open(link)).by(pid);
            } else {
                cut = true;
            }
        }
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

    /** Inodes. */
    Set<Long> sockets() {
        return sockets;
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
