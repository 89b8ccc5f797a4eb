package org.slotwarden.portal.series;

import java.util.List;

/**
 * Samples of one slot that were stored.
 *
 * @param samples by time; may be older than what came before, never stored twice
 */
public record SamplesStored(long jobId, long slotId, List<JobSample> samples) {

    public SamplesStored {
        samples = List.copyOf(samples);
    }
}
