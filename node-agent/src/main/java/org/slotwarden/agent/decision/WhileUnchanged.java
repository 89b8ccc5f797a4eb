package org.slotwarden.agent.decision;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/** Thins regular samples of a job in which nothing moves: of a number of them one is reported. */
final class WhileUnchanged implements Trigger {

    /** Two figures so near to each other are the same. */
    private static final double SAME = 0.02;

    private final int everyNth;
    private int held;
    private @Nullable JobSample before;
    private double @Nullable [] reported;

    /** @param everyNth 1: every sample is reported */
    WhileUnchanged(int everyNth) {
        this.everyNth = everyNth;
    }

    @Override
    public int priority() {
        return 40;
    }

    @Override
    public Set<SlotEvent.Type> events() {
        return EnumSet.of(SlotEvent.Type.SAMPLED);
    }

    @Override
    public Opinion decide(SlotEvent event) {
        if (!(event instanceof SlotEvent.Sampled(JobSample sample, boolean regular)) || !regular) {
            return Opinion.NONE;
        }
        double[] now = Figures.of(before, sample).values();
        before = sample;
        if (reported != null && same(now, reported) && held + 1 < everyNth) {
            held++;
            return Opinion.HOLD;
        }
        held = 0;
        reported = now;
        return Opinion.NONE;
    }

    private static boolean same(double[] now, double[] then) {
        for (int i = 0; i < now.length; i++) {
            boolean bothUnknown = Double.isNaN(now[i]) && Double.isNaN(then[i]);
            if (!bothUnknown && !(Math.abs(now[i] - then[i]) <= SAME * Math.max(1, Math.abs(then[i])))) {
                return false;
            }
        }
        return true;
    }
}
