package org.slotwarden.load;

/** The body of a request to another store of time series. */
interface PeerBody {

    void clear();

    /** Samples of one slot, the first {@code count} of the arrays. */
    void add(String slot, long[] timesMs, long[][] figures, int count);

    /** What is to be sent. */
    Content content();

    /** @param length of what counts in the bytes */
    record Content(byte[] bytes, int length) {}
}
