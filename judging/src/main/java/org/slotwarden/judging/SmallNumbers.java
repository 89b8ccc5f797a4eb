package org.slotwarden.judging;

/**
 * Numbers in an array of the smallest type that holds all of them exactly: {@code byte[]}, {@code short[]} or {@code
 * float[]}. Of each job some hundred are kept, and most are counts of some few things.
 */
final class SmallNumbers {

    private SmallNumbers() {}

    /** An array of zeros. */
    static Object ofLength(int length) {
        return new byte[length];
    }

    static float get(Object numbers, int index) {
        return switch (numbers) {
            case byte[] small -> small[index];
            case short[] greater -> greater[index];
            default -> ((float[]) numbers)[index];
        };
    }

    /** The same array, or another one with the same numbers where this one does not fit. */
    static Object with(Object numbers, int index, float value) {
        switch (numbers) {
            case byte[] small when value == (byte) value -> small[index] = (byte) value;
            case short[] greater when value == (short) value -> greater[index] = (short) value;
            case float[] any -> any[index] = value;
            default -> {
                return with(wider(numbers), index, value);
            }
        }
        return numbers;
    }

    private static Object wider(Object numbers) {
        if (numbers instanceof byte[] small) {
            short[] wide = new short[small.length];
            for (int i = 0; i < small.length; i++) {
                wide[i] = small[i];
            }
            return wide;
        }
        short[] small = (short[]) numbers;
        float[] wide = new float[small.length];
        for (int i = 0; i < small.length; i++) {
            wide[i] = small[i];
        }
        return wide;
    }
}
