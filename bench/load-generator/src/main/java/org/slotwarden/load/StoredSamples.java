package org.slotwarden.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a portal has stored, wherever it is by now. Slots that have rows only are read behind the portal's back, which is
 * fast. Those that have blocks are asked for: a block is for the portal to read, and a sample that is a row and in a
 * block is one.
 */
final class StoredSamples implements Store {

    private final StoredRows rows;
    private final @Nullable Export export;
    private final Expected expected;
    private final Map<Long, StoredRows.Archived> archived = new HashMap<>();

    /** @param export null: there must be no blocks */
    StoredSamples(StoredRows rows, @Nullable Export export, Expected expected) {
        this.rows = rows;
        this.export = export;
        this.expected = expected;
    }

    @Override
    public List<Slot> slotsOf(String node) throws SQLException {
        // First: rows of what is archived in this moment are there for days.
        archived.clear();
        rows.archivedOf(node).forEach(slot -> archived.put(slot.id(), slot));
        return rows.slotsOf(node).stream()
                .map(slot -> {
                    StoredRows.Archived blocks = archived.get(slot.id());
                    return blocks == null ? slot : with(slot, samplesOf(blocks));
                })
                .toList();
    }

    private Slot with(Slot slot, Map<Long, long[]> samples) {
        long checksum = samples.entrySet().stream()
                .mapToLong(sample -> expected.checksum(sample.getKey(), sample.getValue()))
                .sum();
        return new Slot(slot.id(), slot.slotId(), slot.ended(), slot.exitCode(), samples.size(), checksum);
    }

    /** Of the node that was asked for last. */
    @Override
    public Map<Long, long[]> rowsOf(long slot) throws SQLException {
        StoredRows.Archived blocks = archived.get(slot);
        return blocks == null ? rows.rowsOf(slot) : samplesOf(blocks);
    }

    private Map<Long, long[]> samplesOf(StoredRows.Archived slot) {
        if (export == null) {
            throw new IllegalArgumentException(
                    "Samples are in blocks, for which the portal is asked: --portal and --api-token-file are missing");
        }
        try {
            return export.samplesOf(slot.job(), slot.slotId());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long nodeSamples(String node) throws SQLException {
        return rows.nodeSamples(node);
    }

    @Override
    public long jobs(String cluster) throws SQLException {
        return rows.jobs(cluster);
    }
}
