package org.slotwarden.agent.decision;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/** Reports the sample in which a figure crosses a threshold, and says that it is interesting. */
final class OnThreshold implements Trigger {

    /** Below this part of a threshold it may be crossed anew. */
    private static final double ARMED_BELOW = 0.9;

    private final List<Threshold> thresholds;
    private final Supplier<JobLimits> limits;
    private final boolean[] above;
    private @Nullable JobSample before;

    OnThreshold(List<Threshold> thresholds, Supplier<JobLimits> limits) {
        this.thresholds = thresholds;
        this.limits = limits;
        this.above = new boolean[thresholds.size()];
    }

    @Override
    public int priority() {
        return 5;
    }

    @Override
    public Set<SlotEvent.Type> events() {
        return EnumSet.of(SlotEvent.Type.SAMPLED);
    }

    @Override
    public Opinion decide(SlotEvent event) {
        if (!(event instanceof SlotEvent.Sampled(JobSample sample, boolean regular))) {
            return Opinion.NONE;
        }
        Figures figures = Figures.of(before, sample);
        before = sample;
        boolean crossed = false;
        for (int i = 0; i < above.length; i++) {
            double level = thresholds.get(i).level(sample, figures, limits.get());
            if (level > 1 && !above[i]) {
                above[i] = true;
                crossed = true;
            } else if (level < ARMED_BELOW) {
                above[i] = false;
            }
        }
        return crossed ? Opinion.keepAndTell(JobSample.Reason.THRESHOLD) : Opinion.NONE;
    }
}
