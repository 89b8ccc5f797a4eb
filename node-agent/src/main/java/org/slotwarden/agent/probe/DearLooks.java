package org.slotwarden.agent.probe;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/**
 * Sockets and proportional set size of one job: dear, so looked at when the share of CPU time that all
 * jobs have for it allows, and absent from the samples in between. A look that may take more than some
 * milliseconds, or wait for the job's own locks, is made by another thread and comes with the sample after
 * it. Sockets may be counted more often than the tables are read that tell what they are, and which lead to hosts of
 * the site's storage.
 */
final class DearLooks {

    /** So many links are read in a millisecond. */
    private static final long FEW_FILES = 250;

    private final ProcFiles proc;
    private final SideWork side;
    private final SocketTables.Turn tables;
    private final StorageHosts storageHosts;
    private final CostShare.Pace socketPace;
    private final CostShare.Pace memoryPace;
    private final AtomicReference<SocketLook.@Nullable Result> sockets = new AtomicReference<>();
    private final AtomicReference<SharedMemoryLook.@Nullable Result> memory = new AtomicReference<>();
    private boolean socketsUnderWay;
    private boolean memoryUnderWay;
    private @Nullable StorageLook storage;

    DearLooks(JobProbe.Shared shared) {
        this.proc = shared.proc();
        this.side = shared.side();
        this.tables = shared.tables().turn();
        this.storageHosts = shared.storage();
        this.socketPace = shared.dear().pace();
        this.memoryPace = shared.dear().pace();
    }

    /** Lets the other thread begin, which may be ready before the rest of the sample is. */
    void begin(Collection<ProcessStat> members) {
        if (!memoryUnderWay && memoryPace.due(System.nanoTime())) {
            List<ProcessStat> living =
                    members.stream().filter(member -> !member.ended()).toList();
            memoryUnderWay = side.offer(new SharedMemoryLook(proc.forAnotherThread(), living, side, memory::set));
        }
    }

    void into(JobSample.Builder sample, List<Member> members, JobTotals totals) {
        List<ProcessStat> living = members.stream()
                .filter(member -> !member.stat.ended())
                .map(member -> member.stat)
                .toList();
        long now = System.nanoTime();
        if (!socketsUnderWay && socketPace.due(now)) {
            Set<IpAddress> hosts = storageHosts.addresses();
            if (totals.openFiles() <= FEW_FILES) {
                sockets.set(SocketLook.take(proc, living, tables, hosts));
                socketsUnderWay = true;
            } else {
                socketsUnderWay =
                        side.offer(() -> sockets.set(SocketLook.take(proc.forAnotherThread(), living, tables, hosts)));
            }
        }
        SocketLook.Result seen = sockets.getAndSet(null);
        if (seen != null) {
            socketsUnderWay = false;
            socketPace.took(now, seen.countNanos());
            if (seen.sockets() >= 0) {
                sample.setOpenSockets(seen.sockets());
            }
            SocketLook.Tables kinds = seen.tables();
            if (kinds != null) {
                storage = kinds.storage();
                sample.addAllSockets(kinds.byKind());
            }
        }
        SharedMemoryLook.Result bytes = memory.getAndSet(null);
        if (bytes != null) {
            memoryUnderWay = false;
            memoryPace.took(now, bytes.nanos());
            if (bytes.bytes() >= 0) {
                sample.setMemoryPssBytes(bytes.bytes());
            }
        }
    }

    /** What was last seen of sockets to storage hosts, once; null when nothing was looked at since. */
    @Nullable
    StorageLook storageLook() {
        StorageLook seen = storage;
        storage = null;
        return seen;
    }

    void close() {
        socketPace.close();
        tables.close();
        memoryPace.close();
    }
}
