package org.slotwarden.portal.series;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@link LatestSamples} of a slot for as long as it runs, changed in place: objects that are replaced with each sample
 * are garbage that has grown old, which is dear to collect where there are many slots. Times are kept to the
 * millisecond, as they are told and stored. Not for more than one thread at a time.
 */
public final class KeptLatest {

    private static final long NONE = Long.MIN_VALUE;

    private long lastAt = NONE;
    private long regularAt = NONE;
    private double coresUsed = Double.NaN;
    private long measured;
    private double[] levels = {};

    public void keep(LatestSamples latest) {
        JobSample regular = latest.regular();
        lastAt = latest.lastAt() == null ? NONE : latest.lastAt().toEpochMilli();
        regularAt = regular == null ? NONE : regular.time().toEpochMilli();
        coresUsed = latest.coresUsed() == null ? Double.NaN : latest.coresUsed();
        Levels known = regular == null ? Levels.NONE : regular.levels();
        measured = known.measured();
        levels = known.values(levels);
    }

    public LatestSamples latest() {
        JobSample regular =
                regularAt == NONE ? null : new JobSample(Instant.ofEpochMilli(regularAt), Levels.of(measured, levels));
        return new LatestSamples(at(lastAt), regular, Double.isNaN(coresUsed) ? null : (Double) coresUsed);
    }

    private static @Nullable Instant at(long millis) {
        return millis == NONE ? null : Instant.ofEpochMilli(millis);
    }
}
