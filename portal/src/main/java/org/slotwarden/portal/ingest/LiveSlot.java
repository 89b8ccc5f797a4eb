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

    LiveSlot with(SampleStore.Added added) {
        List<JobSample> samples = added.samples();
        return new LiveSlot(
                id, jobId, nodeId, added.latest(), samples.isEmpty() ? unshown : unshown.and(samples, latest.lastAt()));
    }

    LiveSlot shown() {
        return new LiveSlot(id, jobId, nodeId, latest, Unshown.NOTHING);
    }
}
