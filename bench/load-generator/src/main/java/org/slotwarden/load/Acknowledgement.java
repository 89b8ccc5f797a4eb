package org.slotwarden.load;

import java.util.HashSet;
import java.util.Set;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportId;

/** Whether an answer acknowledges each report of a batch by its name. */
final class Acknowledgement {

    private Acknowledgement() {}

    static boolean complete(Site site, int node, int[] steps, ReportAnswer answer) {
        if (answer.getAcknowledgedCount() < site.slots() * steps.length) {
            return false;
        }
        // Portals answer in the order in which they were asked, though nothing says that they must.
        int next = 0;
        for (int slot = 0; slot < site.slots(); slot++) {
            for (int step : steps) {
                Occupant occupant = site.occupant(node * site.slots() + slot, step);
                ReportId report = answer.getAcknowledged(next++);
                if (report.getSequence() != occupant.sequence(step)
                        || !report.getSlotId().equals(site.slotId(occupant))) {
                    return inAnyOrder(site, node, steps, answer);
                }
            }
        }
        return true;
    }

    private static boolean inAnyOrder(Site site, int node, int[] steps, ReportAnswer answer) {
        Set<ReportId> acknowledged = new HashSet<>(answer.getAcknowledgedList());
        for (int slot = 0; slot < site.slots(); slot++) {
            for (int step : steps) {
                Occupant occupant = site.occupant(node * site.slots() + slot, step);
                if (!acknowledged.contains(ReportId.newBuilder()
                        .setSlotId(site.slotId(occupant))
                        .setSequence(occupant.sequence(step))
                        .build())) {
                    return false;
                }
            }
        }
        return true;
    }
}
