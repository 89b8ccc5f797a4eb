package org.slotwarden.load;

import org.slotwarden.wire.v1.JobSample;

/**
 * The 22 figures of a job sample that are told: 8 gauges, then 14 counters. Here they are whole numbers: seconds as
 * microseconds, so that sums and checksums are exact.
 */
enum Figure {
    MEMORY_RSS_BYTES(JobSample.MEMORY_RSS_BYTES_FIELD_NUMBER, false),
    MEMORY_PSS_BYTES(JobSample.MEMORY_PSS_BYTES_FIELD_NUMBER, false),
    SWAP_BYTES(JobSample.SWAP_BYTES_FIELD_NUMBER, false),
    PROCESSES(JobSample.PROCESSES_FIELD_NUMBER, false),
    THREADS(JobSample.THREADS_FIELD_NUMBER, false),
    OPEN_FILES(JobSample.OPEN_FILES_FIELD_NUMBER, false),
    OPEN_SOCKETS(JobSample.OPEN_SOCKETS_FIELD_NUMBER, false),
    SCRATCH_BYTES(JobSample.SCRATCH_BYTES_FIELD_NUMBER, false),
    CPU_USER_SECONDS(JobSample.CPU_USER_SECONDS_FIELD_NUMBER, true),
    CPU_SYSTEM_SECONDS(JobSample.CPU_SYSTEM_SECONDS_FIELD_NUMBER, true),
    RUN_QUEUE_WAIT_SECONDS(JobSample.RUN_QUEUE_WAIT_SECONDS_FIELD_NUMBER, true),
    READ_BYTES(JobSample.READ_BYTES_FIELD_NUMBER, false),
    WRITE_BYTES(JobSample.WRITE_BYTES_FIELD_NUMBER, false),
    READ_CHARS(JobSample.READ_CHARS_FIELD_NUMBER, false),
    WRITE_CHARS(JobSample.WRITE_CHARS_FIELD_NUMBER, false),
    READ_CALLS(JobSample.READ_CALLS_FIELD_NUMBER, false),
    WRITE_CALLS(JobSample.WRITE_CALLS_FIELD_NUMBER, false),
    READ_OPERATIONS(JobSample.READ_OPERATIONS_FIELD_NUMBER, false),
    WRITE_OPERATIONS(JobSample.WRITE_OPERATIONS_FIELD_NUMBER, false),
    MAJOR_FAULTS(JobSample.MAJOR_FAULTS_FIELD_NUMBER, false),
    VOLUNTARY_CONTEXT_SWITCHES(JobSample.VOLUNTARY_CONTEXT_SWITCHES_FIELD_NUMBER, false),
    INVOLUNTARY_CONTEXT_SWITCHES(JobSample.INVOLUNTARY_CONTEXT_SWITCHES_FIELD_NUMBER, false);

    static final int COUNT = values().length;
    static final int GAUGES = CPU_USER_SECONDS.ordinal();

    private final int field;
    private final boolean seconds;

    Figure(int field, boolean seconds) {
        this.field = field;
        this.seconds = seconds;
    }

    /** In {@code JobSample}. */
    int field() {
        return field;
    }

    /** On the wire and in the database a double of seconds; here microseconds. */
    boolean seconds() {
        return seconds;
    }

    /** In the table {@code job_sample}. */
    String column() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
