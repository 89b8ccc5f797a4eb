package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Open sockets of a slot that rise block by block, and no slower at the end than before. Slots are judged apart. */
final class SocketLeakDetector implements Detector {

    private static final double TAU = 0.85;
    private static final int CALM_BLOCKS = 4;
    private static final int LATE_STEPS = (BlockMinima.BLOCKS - 1) / 4 + 1;

    private final FlagProperties.SocketLeak settings;
    private final Duration gap;
    private final Map<Long, Slot> slots = new LinkedHashMap<>();

    /**
     * @param gap time without a number after which the blocks begin anew
     */
    SocketLeakDetector(FlagProperties.SocketLeak settings, Duration gap) {
        this.settings = settings;
        this.gap = gap;
    }

    /** How long a rise is watched before it is flagged. */
    static Duration dwell(FlagProperties.SocketLeak settings) {
        return settings.block().multipliedBy(BlockMinima.BLOCKS);
    }

    /** How long it must be calm before the flag is taken back. */
    static Duration calm(FlagProperties.SocketLeak settings) {
        return settings.block().multipliedBy(CALM_BLOCKS);
    }

    @Override
    public FlagKind kind() {
        return FlagKind.SOCKET_LEAK;
    }

    @Override
    public void feed(Moment moment) {
        slots.keySet().removeIf(id -> id != moment.reading().slotId() && ended(id, moment.request()));
        Integer sockets = moment.reading().openSockets();
        if (sockets != null) {
            slots.computeIfAbsent(moment.reading().slotId(), id -> new Slot())
                    .feed(moment.reading().time(), sockets, moment.request().gap(gap));
        }
    }

    private static boolean ended(long slotId, JobRequest request) {
        return !request.slots().isEmpty() && !request.slots().containsKey(slotId);
    }

    @Override
    public boolean standing() {
        return worst() != null;
    }

    /** As many sockets as a leak has at least, and a rise of as many as the slowest has in a block. */
    @Override
    public boolean suspects() {
        return slots.values().stream().anyMatch(Slot::rises);
    }

    private Map.@Nullable Entry<Long, Slot> worst() {
        Map.Entry<Long, Slot> worst = null;
        for (Map.Entry<Long, Slot> slot : slots.entrySet()) {
            if (slot.getValue().since != null && (worst == null || slot.getValue().pace > worst.getValue().pace)) {
                worst = slot;
            }
        }
        return worst;
    }

    @Override
    public Finding finding() {
        Map.Entry<Long, Slot> worst = worst();
        if (worst == null) {
            throw new IllegalStateException();
        }
        return worst.getValue().finding(worst.getKey());
    }

    private final class Slot {
        private final BlockMinima minima = new BlockMinima(settings.block());
        private @Nullable Instant since;
        private @Nullable Instant last;
        private long base;
        private long now;
        private long lowest = Long.MAX_VALUE;
        private double pace;
        private int blocksSince;

        void feed(Instant time, int sockets, Duration apart) {
            if (last != null && Duration.between(last, time).compareTo(apart) > 0) {
                minima.restart();
            }
            last = time;
            now = sockets;
            lowest = Math.min(lowest, sockets);
            if (!minima.feed(time, sockets)) {
                return;
            }
            if (since == null) {
                judge(time);
            } else if (++blocksSince >= CALM_BLOCKS
                    && minima.count() > CALM_BLOCKS
                    && minima.pace(CALM_BLOCKS) < settings.clearPace() * pace) {
                since = null;
                minima.restart();
            }
        }

        boolean rises() {
            return now >= settings.minGrowth() && (now - lowest) * BlockMinima.BLOCKS >= settings.minGrowth();
        }

        private void judge(Instant time) {
            if (!minima.full()) {
                return;
            }
            long growth = minima.newest() - minima.first();
            double mean = minima.pace(BlockMinima.BLOCKS - 1);
            if (growth >= Math.max(settings.minGrowth(), settings.minGrowthShare() * minima.first())
                    && minima.tau() >= TAU
                    && minima.pace(LATE_STEPS) >= settings.latePace() * mean) {
                since = time.minus(dwell(settings));
                base = minima.first();
                pace = mean;
                blocksSince = 0;
            }
        }

        Finding finding(long slotId) {
            if (since == null || last == null) {
                throw new IllegalStateException();
            }
            Duration stood = Duration.between(since, last);
            double perMinute = pace * 60_000 / settings.block().toMillis();
            String sentence = ("Open sockets rose from %d to %d in %s, block by block (flagged from %d more in %s on);"
                            + " clears when they rise by less than %s a minute for %s")
                    .formatted(
                            base,
                            now,
                            Wording.duration(stood),
                            Math.max(settings.minGrowth(), (long) Math.ceil(settings.minGrowthShare() * base)),
                            Wording.duration(dwell(settings)),
                            Wording.number(settings.clearPace() * perMinute),
                            Wording.duration(calm(settings)));
            return new Finding(
                    slotId, Severity.WARN, sentence, new Evidence("1", now, (double) base, null, since, last));
        }
    }
}
