package org.slotwarden.agent.send;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.node.NodeFigure;
import org.slotwarden.wire.v1.NodeSample;

/**
 * How far the node's clock is from the portal's. The portal says what its clock showed when it answered, and
 * that was between our sending and our receiving: the middle of the two differs from it by the offset, and
 * by half the round trip at most (RFC 5905, section 8, with one stamp of the server instead of two). A clock
 * that is set meanwhile moves the offset by as much. Thread-safe.
 */
public final class PortalClock implements NodeFigure {

    /** Both clocks are told in whole milliseconds. */
    private static final double ROUNDING = 0.001;

    /** A quartz clock that nobody corrects goes wrong by less (seconds per second). */
    private static final double DRIFT = 100e-6;

    private static final long OLDEST = Duration.ofMinutes(15).toNanos();

    /**
     * One request: when it left by both of our clocks, and when the answer's first byte came.
     *
     * @param sentMs the node's clock
     */
    record RoundTrip(long sentMs, long sentNanos, long receivedNanos) {}

    /** @param offset at {@code nanos}, when the node's clock showed {@code wallMs} */
    private record Reading(double offset, double uncertainty, long nanos, long wallMs) {}

    private final LongSupplier wallMs;
    private final LongSupplier nanos;
    private @Nullable Reading best;

    public PortalClock() {
        this(System::currentTimeMillis, System::nanoTime);
    }

    PortalClock(LongSupplier wallMs, LongSupplier nanos) {
        this.wallMs = wallMs;
        this.nanos = nanos;
    }

    /** @param answeredAtMs the portal's clock; 0: it did not say */
    synchronized void answered(RoundTrip trip, long answeredAtMs) {
        if (answeredAtMs <= 0) {
            return;
        }
        double half = (trip.receivedNanos - trip.sentNanos) / 2e9;
        double offset = (trip.sentMs - answeredAtMs) / 1e3 + half;
        Reading fresh = new Reading(offset, half + ROUNDING, trip.sentNanos, trip.sentMs);
        // A short round trip tells more than the latest one, for a while.
        if (best == null || fresh.uncertainty <= uncertainty(best, trip.sentNanos)) {
            best = fresh;
        }
    }

    private static double uncertainty(Reading reading, long now) {
        return reading.uncertainty + (now - reading.nanos) / 1e9 * DRIFT;
    }

    @Override
    public synchronized void into(NodeSample.Builder sample) {
        long now = nanos.getAsLong();
        if (best != null && now - best.nanos <= OLDEST) {
            sample.setClockOffsetSeconds(offset(best, now)).setClockUncertaintySeconds(uncertainty(best, now));
        }
    }

    /** What the portal's clock shows now, in milliseconds since 1970; empty when it has not said so for long. */
    public synchronized OptionalLong portalMs() {
        long now = nanos.getAsLong();
        return best == null || now - best.nanos > OLDEST
                ? OptionalLong.empty()
                : OptionalLong.of(wallMs.getAsLong() - Math.round(offset(best, now) * 1e3));
    }

    private double offset(Reading reading, long now) {
        double setSince = (wallMs.getAsLong() - reading.wallMs) / 1e3 - (now - reading.nanos) / 1e9;
        // Less than the rounding is rounding.
        return Math.abs(setSince) < 2 * ROUNDING ? reading.offset : reading.offset + setSince;
    }
}
