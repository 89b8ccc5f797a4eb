package org.slotwarden.agent;

/**
 * Keeps the heap near what lives in it. The serial collector lets its old generation grow to the bound of
 * {@code -Xmx} before it looks for what is garbage there, and that bound is made for the largest node; a
 * full collection of some megabytes takes some 20 ms. Used by one thread.
 */
final class SmallHeap {

    private static final long SLACK_BYTES = 2L << 20;

    private final Runtime runtime = Runtime.getRuntime();
    private long live;

    /** To be called where nothing waits: collects when the heap has grown by half and some. */
    void trim() {
        if (used() > live + live / 2 + SLACK_BYTES) {
            runtime.gc();
            live = used();
        }
    }

    private long used() {
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
