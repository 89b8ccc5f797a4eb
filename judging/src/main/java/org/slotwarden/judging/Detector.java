package org.slotwarden.judging;

/**
 * Watches one job, or one slot of it, for one kind of trouble. Fed sample by sample, by time, live and in replay alike:
 * its state depends on nothing but what it was fed with, and does not grow with the number of samples.
 */
interface Detector {

    FlagKind kind();

    void feed(Reading reading, JobFacts facts);

    /** Whether, after the last reading, the condition has held for long enough and is not yet taken back. */
    boolean standing();

    /** Whether the last reading told for certain that the condition, which stands, holds at this moment. */
    boolean holds();

    /** Whether something unusual is seen that may come to stand: reason to hold back a flag that it would explain. */
    boolean suspects();

    /**
     * Whether what was before the first reading may matter: of one that has seen little of a job, the least that might
     * come to stand.
     */
    default boolean undecided() {
        return standing() || suspects();
    }

    /**
     * The evidence as of the last reading.
     *
     * @throws IllegalStateException when the condition does not stand
     */
    Finding finding();
}
