package org.slotwarden.judging;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The members of one array, of which each is compared with the others at the same age. It remembers all that join it
 * until it is told to forget them. Not for more than one thread at a time.
 */
public final class ArrayCase {

    private static final int MOST_COMPARED = 64;
    /** Standard deviations of a normal distribution in its median absolute deviation. */
    private static final double MAD_TO_SIGMA = 1.4826;
    /** Members of an array never differ by less than this share of their median. */
    private static final double LEAST_SPREAD = 0.08;

    private final NavigableMap<Long, AgeCurve> curves = new TreeMap<>();
    /** Of many members every so many-th, by their numbers; null: to be chosen anew. */
    private AgeCurve @Nullable [] compared;

    /**
     * How one member stands among the others.
     *
     * @param deviations from the median, in robust standard deviations, above or below zero
     */
    record Standing(double value, double median, double deviations, int peers) {

        double difference() {
            return Math.abs(value - median);
        }
    }

    /**
     * @param member who joins again takes the place of what was known of it
     */
    void join(long member, AgeCurve curve) {
        curves.put(member, curve);
        compared = null;
    }

    /** The others are not compared with this member any more. */
    public void forget(long member) {
        curves.remove(member);
        compared = null;
    }

    /** Whether what this member was like is remembered. */
    public boolean knows(long member) {
        return curves.containsKey(member);
    }

    /** Members that are remembered. */
    public int size() {
        return curves.size();
    }

    /** A number for who has none. */
    long nextNumber() {
        return curves.isEmpty() ? 0 : curves.lastKey() + 1;
    }

    /** Whether so many peers are past this piece: what they do not know of it they never will, as after a gap. */
    boolean goneOn(AgeCurve member, int piece, int leastPeers) {
        int past = 0;
        for (AgeCurve other : compared()) {
            if (other != member && other.complete() > piece + 1 && ++past >= leastPeers) {
                return true;
            }
        }
        return false;
    }

    /** With NaN as the median where there are fewer than so many peers. */
    Standing compare(AgeCurve member, int piece, AgeCurve.Trait trait, int leastPeers) {
        if (trait == AgeCurve.Trait.CORES) {
            Standing wanted = by(AgeCurve.Trait.WANTED_CORES, member, piece, leastPeers);
            if (!Double.isNaN(wanted.median())) {
                return wanted;
            }
        }
        return by(trait, member, piece, leastPeers);
    }

    private Standing by(AgeCurve.Trait trait, AgeCurve member, int piece, int leastPeers) {
        double value = member.mean(piece, trait);
        double[] peers = new double[MOST_COMPARED];
        int found = 0;
        for (AgeCurve other : compared()) {
            double theirs = other == member ? Double.NaN : other.mean(piece, trait);
            if (!Double.isNaN(theirs)) {
                peers[found++] = theirs;
            }
        }
        if (found < leastPeers || Double.isNaN(value)) {
            return new Standing(value, Double.NaN, Double.NaN, found);
        }
        double median = median(peers, found);
        double[] distances = new double[found];
        for (int i = 0; i < found; i++) {
            distances[i] = Math.abs(peers[i] - median);
        }
        double sigma = Math.max(MAD_TO_SIGMA * median(distances, found), LEAST_SPREAD * median);
        return new Standing(value, median, (value - median) / Math.max(sigma, 1e-9), found);
    }

    private AgeCurve[] compared() {
        AgeCurve[] chosen = compared;
        if (chosen == null) {
            int step = 1 + (curves.size() - 1) / MOST_COMPARED;
            chosen = new AgeCurve[(curves.size() + step - 1) / step];
            int place = 0;
            for (AgeCurve curve : curves.values()) {
                if (place % step == 0) {
                    chosen[place / step] = curve;
                }
                place++;
            }
            compared = chosen;
        }
        return chosen;
    }

    private static double median(double[] values, int count) {
        Arrays.sort(values, 0, count);
        return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    }
}
