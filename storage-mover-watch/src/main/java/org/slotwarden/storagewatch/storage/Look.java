package org.slotwarden.storagewatch.storage;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;

/**
 * One look at a storage system. What could not be seen stands among the {@link Troubles}.
 *
 * @param source where it comes from
 * @param software as the storage system calls itself; empty: it does not tell
 * @param gatheredAtMs its clock when it gathered this, milliseconds of the epoch; empty: just now
 * @param pools all of them, those of which nothing was learned as unread; empty: the look failed
 * @param movers of the pools that were read, and what doors say of movers in the others
 * @param hosts doors and pools
 * @param notBefore how long the storage system wants to be left alone; zero: it does not say
 */
public record Look(
        StorageReport.Source source,
        Optional<String> software,
        OptionalLong gatheredAtMs,
        List<StoragePool> pools,
        List<StorageMover> movers,
        List<StorageHost> hosts,
        Duration notBefore) {

    /** The same, of a storage system that wants to be left alone for so long. */
    public Look notBefore(Duration wanted) {
        return new Look(source, software, gatheredAtMs, pools, movers, hosts, wanted);
    }
}
