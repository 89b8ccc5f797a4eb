package org.slotwarden.storagewatch.dcache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.StorageMover;

/**
 * The movers of the look before. A pool that is silent tells the collector nothing of its movers, whose doors still
 * name them by id: when each was submitted is known from before, if it moves the same file.
 */
final class Identities {

    static final Identities NONE = new Identities(List.of());

    private record Place(String pool, long id) {}

    private record Known(long submittedMs, String fileId) {}

    private final Map<Place, Known> movers = new HashMap<>();

    Identities(List<StorageMover> seen) {
        for (StorageMover mover : seen) {
            movers.put(
                    new Place(mover.getPool(), mover.getMoverId()),
                    new Known(mover.getSubmittedAtMs(), mover.getFileId()));
        }
    }

    @Nullable
    Long submitted(String pool, long id, String fileId) {
        Known known = movers.get(new Place(pool, id));
        return known != null && known.fileId.equals(fileId) ? known.submittedMs : null;
    }
}
