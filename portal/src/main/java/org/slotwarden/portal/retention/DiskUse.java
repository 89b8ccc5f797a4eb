package org.slotwarden.portal.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much room the data take, by class, and for how long there is room.
 *
 * @param freeBytes of the file system that the embedded database is on; null: the database is somebody else's
 * @param fullAt when that is full, if all goes on as lately; null: not within ten years, or not known
 */
public record DiskUse(
        Instant at,
        List<OfClass> classes,
        @Nullable Long freeBytes,
        @Nullable Long totalBytes,
        @Nullable Instant fullAt) {

    private static final Duration FAR = Duration.ofDays(3650);
    private static final Duration SOON = Duration.ofDays(30);

    /**
     * @param name rows, blocks, rollups, nodes, or jobs
     * @param kept how long
     * @param bytesPerDay by which it grew lately; null: it is not known for long enough
     */
    public record OfClass(
            String name,
            long bytes,
            Duration kept,
            @Nullable Double bytesPerDay) {

        /** In so many days: what is as old as it may be goes, and makes room for the rest. */
        public double bytesAfter(double days) {
            if (bytesPerDay == null || bytesPerDay <= 0) {
                return bytes;
            }
            double grown = bytes + bytesPerDay * days;
            return Math.min(grown, Math.max(bytes, bytesPerDay * kept.toSeconds() / 86_400.0));
        }
    }

    public long bytes() {
        return classes.stream().mapToLong(OfClass::bytes).sum();
    }

    /** Within thirty days. */
    public boolean fullSoon() {
        return fullAt != null && fullAt.isBefore(at.plus(SOON));
    }

    /** Null: not known. */
    public @Nullable Double bytesPerDay() {
        double sum = 0;
        for (OfClass one : classes) {
            if (one.bytesPerDay() == null) {
                return null;
            }
            sum += one.bytesPerDay();
        }
        return sum;
    }

    /** Of all classes in so many days. */
    public double bytesAfter(double days) {
        return classes.stream().mapToDouble(one -> one.bytesAfter(days)).sum();
    }

    static @Nullable Instant fullAt(Instant now, List<OfClass> classes, @Nullable Long freeBytes) {
        if (freeBytes == null) {
            return null;
        }
        var use = new DiskUse(now, classes, freeBytes, null, null);
        double limit = use.bytes() + (double) freeBytes;
        double late = FAR.toDays();
        if (use.bytesAfter(late) < limit) {
            return null;
        }
        double early = 0;
        while (late - early > 0.01) {
            double middle = (early + late) / 2;
            if (use.bytesAfter(middle) < limit) {
                early = middle;
            } else {
                late = middle;
            }
        }
        return now.plusSeconds((long) (late * 86_400));
    }
}
