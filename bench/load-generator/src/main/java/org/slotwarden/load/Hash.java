package org.slotwarden.load;

/**
 * Numbers that look random and depend on nothing but what they are made of, so that whoever knows the seed can
 * make them again. Finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
 */
final class Hash {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Hash() {}

    static long of(long key, long index) {
        long z = key + (index + 1) * GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** @return 0 to bound - 1; bound up to 2^31 */
    static long below(long hash, long bound) {
        return ((hash >>> 32) * bound) >>> 32;
    }

    /** @param share 0 to 1 */
    static boolean happens(long hash, double share) {
        return (hash >>> 11) * 0x1.0p-53 < share;
    }
}
