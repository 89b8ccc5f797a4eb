package org.slotwarden.agent.decision;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/**
 * Reports a sample between two regular ones when a figure has moved since the last reported one, by more
 * than it usually moves from one regular sample to the next: the edges of a job's phases come out sharp.
 */
final class OnChange implements Trigger {

    /** Smaller steps are noise, in units of {@link Figures}, and as a share of the figure itself. */
    private static final double[] LEAST = {0.5, 64 << 20, 5, 50, 20, 10e6};

    private static final double[] LEAST_SHARE = {0.25, 0.1, 0.2, 0.2, 0.2, 0.5};

    /** So many usual steps are unusual. */
    private static final double UNUSUAL = 4;

    /** Weight of the latest step in what is usual. */
    private static final double WEIGHT = 0.2;

    private final double[] usual = new double[Figures.COUNT];
    private double[] reported = new double[Figures.COUNT];
    private @Nullable JobSample before;

    OnChange() {
        Arrays.fill(reported, Double.NaN);
    }

    @Override
    public int priority() {
        return 30;
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
        double[] now = Figures.of(before, sample).values();
        before = sample;
        boolean moved = false;
        for (int i = 0; i < Figures.COUNT; i++) {
            double step = Math.abs(now[i] - reported[i]);
            double least = Math.max(LEAST[i], LEAST_SHARE[i] * Math.abs(reported[i]));
            moved |= step > Math.max(least, UNUSUAL * usual[i]);
            if (regular && !Double.isNaN(step)) {
                usual[i] += WEIGHT * (step - usual[i]);
            }
        }
        if (regular || moved) {
            for (int i = 0; i < Figures.COUNT; i++) {
                reported[i] = Double.isNaN(now[i]) ? reported[i] : now[i];
            }
        }
        return moved && !regular ? Opinion.keep(JobSample.Reason.CHANGE) : Opinion.NONE;
    }
}
