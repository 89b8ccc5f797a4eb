package org.slotwarden.judging;

/** What is measured of a slot. Counters are cumulative from the job's start, seconds or bytes or numbers. */
public enum Quantity {
    /** User and system time of all processes. */
    CPU_SECONDS(true),
    /** Cores busy since the sample before; where absent, it is taken from {@link #CPU_SECONDS}. */
    CORES(false),
    /** Resident memory; shared pages counted once where that is known. */
    MEMORY_BYTES(false),
    /** From storage: {@code read_bytes} of {@code /proc/PID/io}. */
    READ_BYTES(true),
    /** To storage: {@code write_bytes} of {@code /proc/PID/io}. */
    WRITE_BYTES(true),
    /** By read calls of all sorts: {@code rchar}. */
    READ_CHARS(true),
    /** By write calls of all sorts: {@code wchar}. */
    WRITE_CHARS(true),
    /** Read calls: {@code syscr}. */
    READ_CALLS(true),
    /** Write calls: {@code syscw}. */
    WRITE_CALLS(true),
    THREADS(false),
    /** Those that live: {@link #ZOMBIES} are not among them. */
    PROCESSES(false),
    /** Processes that have ended, and for which their parent has not waited. */
    ZOMBIES(false),
    /** Open file descriptors, sockets among them or not. */
    OPEN_FILES(false),
    OPEN_SOCKETS(false),
    RECEIVED_BYTES(true),
    SENT_BYTES(true),
    RECEIVED_PACKETS(true),
    SENT_PACKETS(true),
    /** Pages that had to be read from a device. */
    MAJOR_FAULTS(true),
    /** Processes in state D. */
    BLOCKED_PROCESSES(false),
    DISK_USED_BYTES(false),
    /** Free space of the file system that the job fills. */
    DISK_FREE_BYTES(false),
    /** Of a second place that the job may fill: scratch beside the work directory. */
    SCRATCH_USED_BYTES(false),
    SCRATCH_FREE_BYTES(false),
    /** Size of what the job has written to its standard output and error. */
    OUTPUT_BYTES(false),
    /** What the job itself says of its progress, 0 to 1. */
    PROGRESS(false),
    /** Time in which threads were ready to run and waited for a core. */
    RUN_QUEUE_SECONDS(true),
    /** Share of the node's cores that are busy, whoever uses them, 0 to 1. */
    NODE_BUSY(false),
    STORAGE_MOVERS(false);

    static final int COUNT = values().length;

    private final boolean counter;

    Quantity(boolean counter) {
        this.counter = counter;
    }

    /** Whether it only rises while one thing counts it. */
    public boolean counter() {
        return counter;
    }
}
