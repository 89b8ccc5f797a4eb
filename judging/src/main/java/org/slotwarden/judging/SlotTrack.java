package org.slotwarden.judging;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows one slot from sample to sample. A sample that is not later than the one before is passed over, unless its
 * counters say that it is: then the clock was set back, and time goes on as if it had not been. A counter that is
 * missing in some samples is compared with the last one that is known.
 */
final class SlotTrack {

    private static final double CLOCK_SET_BACK = 1;
    private static final Quantity[] QUANTITIES = Quantity.values();
    private static final int[] PLACES = new int[QUANTITIES.length];
    private static final int KEPT;

    static {
        int kept = 0;
        for (Quantity quantity : QUANTITIES) {
            boolean needed = quantity.counter()
                    ? quantity != Quantity.MAJOR_FAULTS
                    : quantity == Quantity.OUTPUT_BYTES || quantity == Quantity.PROGRESS;
            PLACES[quantity.ordinal()] = needed ? kept++ : -1;
        }
        KEPT = kept;
    }

    private final double shortestGap;
    /** Of quantities of which the value before is needed; {@link #PLACES} says where. */
    private final double[] known = new double[KEPT];

    /** When that was; null: in the last sample, all of them. */
    private double @Nullable [] knownAt;

    private double last = Double.NaN;
    /** What is added to the slot's clock. */
    private double shift;

    private double usual;

    /**
     * @param shortestGap seconds without a sample after which what comes is not connected with what was
     * @param interval usual seconds between two samples, {@code NaN} when it is not known
     */
    SlotTrack(double shortestGap, double interval) {
        this.shortestGap = shortestGap;
        this.usual = interval;
        Arrays.fill(known, Double.NaN);
    }

    /** Null for a sample whose time has been judged already. */
    @Nullable
    Reading next(Observation now) {
        Reading reading = new Reading();
        reading.time = now.time() + shift;
        if (!Double.isNaN(last)) {
            double elapsed = reading.time - last;
            if (elapsed <= 0) {
                if (elapsed > -CLOCK_SET_BACK || !later(now)) {
                    return null;
                }
                elapsed = Double.isNaN(usual) ? CLOCK_SET_BACK : usual;
                shift += last + elapsed - reading.time;
                reading.time = last + elapsed;
            }
            reading.elapsed = elapsed <= gap() ? elapsed : Double.NaN;
            follow(elapsed);
        }
        levels(reading, now);
        rates(reading, now);
        remember(now, reading.time);
        last = reading.time;
        reading.complete = reading.telling();
        return reading;
    }

    /** Mostly all counters are there that ever were; only else it matters when each was. */
    private void remember(Observation now, double time) {
        double[] at = knownAt;
        boolean all = true;
        for (Quantity quantity : QUANTITIES) {
            int place = PLACES[quantity.ordinal()];
            if (place >= 0 && quantity.counter()) {
                all &= Double.isNaN(known[place]) || !Double.isNaN(now.value(quantity));
            }
        }
        if (!all && at == null) {
            at = new double[KEPT];
            Arrays.fill(at, last);
        }
        for (Quantity quantity : QUANTITIES) {
            double value = now.value(quantity);
            int place = PLACES[quantity.ordinal()];
            if (place >= 0 && !Double.isNaN(value)) {
                known[place] = value;
                if (at != null) {
                    at[place] = time;
                }
            }
        }
        knownAt = all ? null : at;
    }

    double gap() {
        return Double.isNaN(usual) ? shortestGap : Math.max(shortestGap, 2.5 * usual);
    }

    /** Time of the last sample that was judged, in seconds. */
    double last() {
        return last;
    }

    /** The usual interval follows what is seen, a tenth at a time, so that a gap does not change it. */
    private void follow(double elapsed) {
        usual = Double.isNaN(usual) ? elapsed : Math.clamp(elapsed, 0.9 * usual, 1.1 * usual);
    }

    private boolean later(Observation now) {
        boolean risen = false;
        for (Quantity counter : QUANTITIES) {
            if (counter.counter() && PLACES[counter.ordinal()] >= 0) {
                double was = known[PLACES[counter.ordinal()]];
                double is = now.value(counter);
                if (is < was) {
                    return false;
                }
                risen |= is > was;
            }
        }
        return risen;
    }

    private static void levels(Reading reading, Observation now) {
        reading.cores = now.value(Quantity.CORES);
        reading.cpuSeconds = now.value(Quantity.CPU_SECONDS);
        reading.memory = now.value(Quantity.MEMORY_BYTES);
        reading.processes = now.value(Quantity.PROCESSES);
        reading.zombies = now.value(Quantity.ZOMBIES);
        reading.threads = now.value(Quantity.THREADS);
        reading.files = now.value(Quantity.OPEN_FILES);
        reading.sockets = now.value(Quantity.OPEN_SOCKETS);
        reading.movers = now.value(Quantity.STORAGE_MOVERS);
        reading.blocked = now.value(Quantity.BLOCKED_PROCESSES);
        reading.diskUsed = now.value(Quantity.DISK_USED_BYTES);
        reading.diskFree = now.value(Quantity.DISK_FREE_BYTES);
        reading.scratchUsed = now.value(Quantity.SCRATCH_USED_BYTES);
        reading.scratchFree = now.value(Quantity.SCRATCH_FREE_BYTES);
        reading.nodeBusy = now.value(Quantity.NODE_BUSY);
        reading.progress = now.value(Quantity.PROGRESS);
        reading.outputBytes = now.value(Quantity.OUTPUT_BYTES);
    }

    private void rates(Reading reading, Observation now) {
        if (Double.isNaN(reading.cores)) {
            reading.cores = rate(reading, now, Quantity.CPU_SECONDS);
        }
        reading.readChars = rate(reading, now, Quantity.READ_CHARS);
        reading.writtenChars = rate(reading, now, Quantity.WRITE_CHARS);
        reading.written = rate(reading, now, Quantity.WRITE_BYTES);
        reading.storageRead = rate(reading, now, Quantity.READ_BYTES);
        reading.stored = Reading.sum(reading.storageRead, reading.written);
        reading.readCalls = rate(reading, now, Quantity.READ_CALLS);
        reading.writeCalls = rate(reading, now, Quantity.WRITE_CALLS);
        reading.received = rate(reading, now, Quantity.RECEIVED_BYTES);
        reading.sent = rate(reading, now, Quantity.SENT_BYTES);
        reading.packets = Reading.greater(
                rate(reading, now, Quantity.RECEIVED_PACKETS), rate(reading, now, Quantity.SENT_PACKETS));
        reading.starving = rate(reading, now, Quantity.RUN_QUEUE_SECONDS);
        moved(reading, now, Quantity.OUTPUT_BYTES);
        moved(reading, now, Quantity.PROGRESS);
    }

    private void moved(Reading reading, Observation now, Quantity quantity) {
        double was = known[PLACES[quantity.ordinal()]];
        double is = now.value(quantity);
        if (!Double.isNaN(is)) {
            reading.movementKnown = true;
            reading.moved |= !Double.isNaN(was) && is != was;
        }
    }

    private double rate(Reading reading, Observation now, Quantity counter) {
        int place = PLACES[counter.ordinal()];
        double risen = now.value(counter) - known[place];
        double elapsed = reading.time - (knownAt == null ? last : knownAt[place]);
        return risen >= 0 && elapsed <= gap() ? risen / elapsed : Double.NaN;
    }
}
