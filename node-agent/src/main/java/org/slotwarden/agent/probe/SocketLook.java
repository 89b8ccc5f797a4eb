package org.slotwarden.agent.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.SocketCount;

/**
 * The sockets that a job's processes hold, each once, however many processes inherited it. Kind and state
 * are those that the tables of the processes' network namespaces tell; what stands in none of them
 * (netlink, packet, a TCP socket that is neither connected nor listens) is of another kind. Where storage hosts are
 * known, those that lead there are told one by one.
 */
final class SocketLook {

    /** Descriptors looked at; of a job that has more the sockets are not known. */
    private static final int MOST_LINKS = 100_000;

    private static final int MOST_NAMESPACES = 16;

    private SocketLook() {}

    /**
     * @param sockets -1 when they could not be counted
     * @param countNanos what counting took
     * @param tables null when they were not read
     */
    record Result(int sockets, long countNanos, @Nullable Tables tables) {}

    /**
     * What the tables of the network namespaces say.
     *
     * @param byKind empty when kinds are not known
     * @param storage null when that is not known, or was not asked
     */
    record Tables(List<SocketCount> byKind, @Nullable StorageLook storage) {}

    /**
     * @param tables are read when it is time to
     * @param storageHosts empty: connections to none are looked for
     */
    static Result take(
            ProcFiles proc, List<ProcessStat> processes, SocketTables.Turn tables, Set<IpAddress> storageHosts) {
        long begin = System.nanoTime();
        long beginMs = System.currentTimeMillis();
        // Now, as it may take some time until all links are read.
        SocketTables.Round round = tables.round();
        Map<Long, ProcessStat> inodes = new HashMap<>();
        Map<String, Integer> namespaces = new HashMap<>();
        int links = 0;
        for (ProcessStat process : processes) {
            int before = inodes.size();
            int read = links(proc, process, inodes, MOST_LINKS - links);
            if (read < 0 && lives(proc, process)) {
                return new Result(-1, System.nanoTime() - begin, null);
            }
            links += Math.max(0, read);
            if (inodes.size() > before) {
                String namespace = link(proc, process.pid() + "/ns/net");
                namespaces.putIfAbsent(namespace == null ? "" : namespace, process.pid());
            }
        }
        long counted = System.nanoTime() - begin;
        return new Result(
                inodes.size(),
                counted,
                round == null ? null : tables(proc, round, inodes, namespaces, storageHosts, beginMs));
    }

    private static int links(ProcFiles proc, ProcessStat process, Map<Long, ProcessStat> inodes, int most) {
        String[] descriptors = proc.list(process.pid() + "/fd");
        if (descriptors == null || descriptors.length > most) {
            return -1;
        }
        for (String descriptor : descriptors) {
            String target = link(proc, process.pid() + "/fd/" + descriptor);
            if (target != null && target.startsWith("socket:[") && target.endsWith("]")) {
                byte[] digits = ProcText.word(target.substring("socket:[".length()));
                inodes.putIfAbsent(ProcText.unsigned(digits, digits.length, 0), process);
            }
        }
        return descriptors.length;
    }

    private static @Nullable String link(ProcFiles proc, String path) {
        try {
            return Files.readSymbolicLink(proc.path(path)).toString();
        } catch (IOException e) {
            return null; // closed since the folder was listed
        }
    }

    private static boolean lives(ProcFiles proc, ProcessStat process) {
        ProcessStat now = ProcessStat.read(proc, process.pid());
        return proc.exhausted() || now != null && now.sameProcess(process) && !now.ended();
    }

    private static Tables tables(
            ProcFiles proc,
            SocketTables.Round round,
            Map<Long, ProcessStat> inodes,
            Map<String, Integer> namespaces,
            Set<IpAddress> storageHosts,
            long beginMs) {
        Tables unknown = new Tables(List.of(), null);
        if (namespaces.size() > MOST_NAMESPACES) {
            return unknown;
        }
        Set<Long> left = new HashSet<>(inodes.keySet());
        Map<Integer, Integer> counts = new TreeMap<>();
        StorageSockets storage = storageHosts.isEmpty() ? null : new StorageSockets(storageHosts, inodes);
        long asOfMs = beginMs;
        for (Map.Entry<String, Integer> namespace : namespaces.entrySet()) {
            NamespaceSockets sockets =
                    round.of(namespace.getKey(), proc.path(namespace.getValue() + "/net"), storageHosts);
            if (sockets == null) {
                return unknown;
            }
            asOfMs = Math.min(asOfMs, sockets.readAtMs());
            left.removeIf(inode -> found(inode, sockets, counts, storage));
        }
        if (!left.isEmpty()) {
            counts.merge(SocketCount.Kind.OTHER.getNumber() << 8, left.size(), Integer::sum);
        }
        List<SocketCount> kinds = new ArrayList<>();
        counts.forEach((key, count) -> kinds.add(SocketCount.newBuilder()
                .setKind(NamespaceSockets.kind(key))
                .setState(NamespaceSockets.state(key))
                .setCount(count)
                .build()));
        return new Tables(kinds, storage == null ? null : storage.look(asOfMs));
    }

    private static boolean found(
            long inode, NamespaceSockets sockets, Map<Integer, Integer> counts, @Nullable StorageSockets storage) {
        int key = sockets.key(inode);
        if (key < 0) {
            return false;
        }
        counts.merge(key, 1, Integer::sum);
        NamespaceSockets.StorageEnd end = sockets.storage(inode);
        if (storage != null && end != null) {
            storage.see(inode, end);
        }
        return true;
    }
}
