package org.slotwarden.wire;

/**
 * The constants that both ends must agree on. The messages themselves, with the rules by which they
 * may change, stand in {@code report.proto}.
 */
public final class WireContract {

    /** Written into every batch. A portal refuses a batch of a later version than its own. */
    public static final int VERSION = 1;

    /** Path of the portal to which agents post their batches. */
    public static final String REPORTS_PATH = "/ingest/v1/reports";

    public static final String CONTENT_TYPE = "application/x-protobuf";

    /** A request body may have so many bytes on the wire; an agent splits what would be more. */
    public static final int MAX_BATCH_BYTES = 4 << 20;

    /** A batch may have so many bytes after decompression: the bound against gzip bombs. */
    public static final int MAX_INFLATED_BYTES = 32 << 20;

    /** Samples in one batch, over all its slots and the node itself. */
    public static final int MAX_SAMPLES_PER_BATCH = 50_000;

    /** Bytes of UTF-8 in any text of a report; the agent cuts what is longer, the portal refuses it. */
    public static final int MAX_TEXT_BYTES = 8 << 10;

    private WireContract() {}
}
