package org.slotwarden.portal.ingest;

import java.util.List;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.portal.series.SampleStore;

/**
 * A slot that has not ended, as it is stored.
 *
 * @param unshown what its samples told that its rows in {@code slot} and {@code job} do not show yet
 */
record LiveSlot(long id, long jobId, long nodeId, LatestSamples latest, Unshown unshown) {

    /**
     * @param added to what is stored
     * @param told by time: what was added, and with it what was stored before and perhaps not shown
     */
    LiveSlot with(SampleStore.Added added, List<JobSample> told) {
        return new LiveSlot(
                id, jobId, nodeId, added.latest(), told.isEmpty() ? unshown : unshown.and(told, latest.lastAt()));
    }

    LiveSlot shown() {
        return new LiveSlot(id, jobId, nodeId, latest, Unshown.NOTHING);
    }
}
