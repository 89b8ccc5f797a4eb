package org.slotwarden.agent.decision;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.slotwarden.wire.v1.JobSample;

/**
 * Reports what lay before an event (something interesting, the kernel's killer for want of memory, a
 * failure at the end) and, for some time, all samples that come after it.
 */
final class BeforeAndAfter implements Trigger {

    private final long beforeMs;
    private final long failureMs;
    private final long afterMs;
    private long afterUntilMs = Long.MIN_VALUE;
    private long oomKills;

    /**
     * @param before released when something interesting happens
     * @param beforeFailure released when the job fails
     * @param after how long all samples are reported afterwards
     */
    BeforeAndAfter(Duration before, Duration beforeFailure, Duration after) {
        this.beforeMs = before.toMillis();
        this.failureMs = beforeFailure.toMillis();
        this.afterMs = after.toMillis();
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Set<SlotEvent.Type> events() {
        return EnumSet.of(SlotEvent.Type.SAMPLED, SlotEvent.Type.INTERESTING, SlotEvent.Type.ENDED);
    }

    @Override
    public Opinion decide(SlotEvent event) {
        // No switch over the classes: the JDK puts one together at run time, on the way to the first sample.
        if (event instanceof SlotEvent.Sampled sampled) {
            return sampled(sampled);
        }
        if (event instanceof SlotEvent.Interesting interesting) {
            afterUntilMs = interesting.timeMs() + afterMs;
            return Opinion.release(JobSample.Reason.EVENT, interesting.timeMs() - beforeMs, interesting.timeMs());
        }
        return event instanceof SlotEvent.Ended ended && ended.failed()
                ? Opinion.release(JobSample.Reason.EVENT, ended.timeMs() - failureMs, Long.MAX_VALUE)
                : Opinion.NONE;
    }

    private Opinion sampled(SlotEvent.Sampled sampled) {
        JobSample sample = sampled.sample();
        boolean killed = sample.hasOomKills() && sample.getOomKills() > oomKills;
        oomKills = Math.max(oomKills, sample.getOomKills());
        if (killed) {
            return Opinion.keepAndTell(JobSample.Reason.EVENT);
        }
        return isAfter(sampled.timeMs()) && !sampled.regular() ? Opinion.keep(JobSample.Reason.EVENT) : Opinion.NONE;
    }

    /** True while samples shall be taken closely: something happened not long ago. */
    boolean isAfter(long timeMs) {
        return timeMs <= afterUntilMs;
    }
}
