package org.slotwarden.load;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** What must be stored of a site, by what was acknowledged. */
final class Expected {

    private final Told told;
    private final Site site;
    private final Course course;
    private final long[] figures = new long[Figure.COUNT];
    private final CRC32 crc = new CRC32();

    Expected(Told told, Course course) {
        this.told = told;
        this.site = told.site();
        this.course = course;
    }

    /**
     * @param samples acknowledged
     * @param checksum sum of those of all acknowledged samples
     * @param uncertain whether something was sent and not acknowledged
     * @param known whether a report of it was acknowledged
     * @param ended whether its end was acknowledged
     */
    record Slot(
            String slotId,
            Occupant occupant,
            long samples,
            long checksum,
            boolean uncertain,
            boolean known,
            boolean ended) {}

    /** Of which anything was sent, by slot id. */
    Map<String, Slot> slotsOf(int node) {
        Map<String, Slot> slots = new LinkedHashMap<>();
        BitSet sent = told.sent(node);
        for (int slot = 0; slot < site.slots(); slot++) {
            int step = sent.nextSetBit(0);
            while (step >= 0) {
                Occupant occupant = site.occupant(node * site.slots() + slot, step);
                slots.put(site.slotId(occupant), slot(node, occupant));
                step = sent.nextSetBit(occupant.last() + 1);
            }
        }
        return slots;
    }

    private Slot slot(int node, Occupant occupant) {
        BitSet acknowledged = told.acknowledged(node);
        long samples = 0;
        long sum = 0;
        boolean known = false;
        for (int step = acknowledged.nextSetBit(occupant.first());
                step >= 0 && step <= occupant.last();
                step = acknowledged.nextSetBit(step + 1)) {
            known = true;
            if (step < occupant.last()) {
                samples++;
                sum += checksum(timeMs(occupant, step), figures(occupant, step));
            }
        }
        BitSet open = (BitSet) told.sent(node).clone();
        open.andNot(acknowledged);
        int first = open.nextSetBit(occupant.first());
        return new Slot(
                site.slotId(occupant),
                occupant,
                samples,
                sum,
                first >= 0 && first <= occupant.last(),
                known,
                acknowledged.get(occupant.last()));
    }

    long timeMs(Occupant occupant, int step) {
        return site.timeMs(occupant.place() / site.slots(), occupant.place() % site.slots(), step);
    }

    /** The array is used again by the next call. */
    long[] figures(Occupant occupant, int step) {
        course.fill(occupant.key(), step - occupant.first(), figures);
        return figures;
    }

    /** As {@link StoredRows#CHECKSUM} has it computed by the database. */
    long checksum(long timeMs, long[] values) {
        StringBuilder text = new StringBuilder(300).append(timeMs);
        for (long value : values) {
            text.append(',').append(value);
        }
        crc.reset();
        crc.update(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        return crc.getValue();
    }
}
