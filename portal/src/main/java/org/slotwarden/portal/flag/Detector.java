package org.slotwarden.portal.flag;

/**
 * Watches one job for one kind of trouble. Fed sample by sample, by time, live and from stored samples alike: its
 * state depends on nothing but what it was fed with, and does not grow with the number of samples.
 */
interface Detector {

    FlagKind kind();

    void feed(Moment moment);

    /** Whether, after the last moment, the condition has held for long enough and is not yet taken back. */
    boolean standing();

    /**
     * Whether anything unusual is seen that might come to stand, or might be part of what stands already. While this is
     * false, and nothing stands, what was before matters to no verdict.
     */
    boolean suspects();

    /**
     * The evidence as of the last moment.
     *
     * @throws IllegalStateException when the condition does not stand
     */
    Finding finding();
}
