package org.slotwarden.load;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** What a portal has stored. */
interface Store {

    /**
     * @param exitCode 0 where none is stored
     * @param samples of this slot
     * @param checksum sum of {@link Expected#checksum} over them
     */
    record Slot(long id, String slotId, boolean ended, int exitCode, long samples, long checksum) {}

    /** Slots on a node. */
    List<Slot> slotsOf(String node) throws SQLException;

    /**
     * Figures of a slot's samples by time in milliseconds, in the order of {@link Figure}; a figure that is missing is
     * -1.
     *
     * @param slot {@link Slot#id}
     */
    Map<Long, long[]> rowsOf(long slot) throws SQLException;

    /** Number of samples of a node itself. */
    long nodeSamples(String node) throws SQLException;

    /** Number of jobs of a cluster. */
    long jobs(String cluster) throws SQLException;
}
