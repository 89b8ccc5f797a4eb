package org.slotwarden.agent.send;

/**
 * What the spools of all slots take on disk together, those of parked slots included: sums that are kept,
 * so that nobody has to look through folders. Thread-safe.
 */
public final class SpoolSpace {

    private final long maxBytes;
    private long openBytes;
    private long parkedBytes;
    private long parkedReports;
    private long givenUp;

    /** @param maxBytes so much they may take */
    public SpoolSpace(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** An open spool grew or shrank. */
    synchronized void changed(long bytes) {
        openBytes += bytes;
    }

    /** The spool is about to be closed and stays on disk. */
    public void parks(Spool spool) {
        parked(spool.bytes(), spool.size());
    }

    /** A parked spool was opened again. */
    public void returned(Spool spool) {
        parked(-spool.bytes(), -spool.size());
    }

    /** No spool is asked from here: it comes to us while it is locked. */
    private synchronized void parked(long bytes, long reports) {
        parkedBytes = Math.max(0, parkedBytes + bytes);
        parkedReports = Math.max(0, parkedReports + reports);
    }

    /** No slot is parked any more. */
    public synchronized void noneParked() {
        parkedBytes = 0;
        parkedReports = 0;
    }

    /** A parked spool was thinned. */
    public synchronized void gaveUp(long samples) {
        givenUp += samples;
    }

    /** True when they take more than they may. */
    public synchronized boolean isExceeded() {
        return bytes() > maxBytes;
    }

    /** Bytes on disk. */
    public synchronized long bytes() {
        return openBytes + parkedBytes;
    }

    public long maxBytes() {
        return maxBytes;
    }

    synchronized long parkedBytes() {
        return parkedBytes;
    }

    synchronized long parkedReports() {
        return parkedReports;
    }

    /** Samples of parked slots that were given up. */
    synchronized long givenUp() {
        return givenUp;
    }
}
