package org.slotwarden.storagewatch.storage;

import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;

/** A storage system that can be looked at. Used by one thread. */
public interface Storage {

    /** Looks once, however much or little there is to see: what cannot be seen is added to the {@link Troubles}. */
    Look look() throws InterruptedException;

    /**
     * Ends a mover if it is still the one that is meant: same pool, id and time of submission.
     *
     * @return without the order's id and time, which the caller adds
     */
    ReleaseResult.Builder release(ReleaseOrder order) throws InterruptedException;
}
