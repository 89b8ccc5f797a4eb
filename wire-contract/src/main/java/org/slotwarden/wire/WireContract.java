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

    /** Path of the portal on which an agent waits for orders. */
    public static final String ORDERS_PATH = "/ingest/v1/orders";

    /** Path of the portal to which storage watches post their reports. */
    public static final String STORAGE_PATH = "/ingest/v1/storage";

    /** Movers in one {@code StorageReport}. */
    public static final int MAX_MOVERS = 50_000;

    /** Pools in one {@code StorageReport}. */
    public static final int MAX_POOLS = 5_000;

    /** Records of ended movers in one {@code StorageReport}. */
    public static final int MAX_MOVER_RECORDS = 10_000;

    /** Addresses that an agent is told to look for, and hosts in one {@code StorageReport}. */
    public static final int MAX_STORAGE_HOSTS = 2_000;

    /** Connections of one slot in one {@code StorageConnections}. */
    public static final int MAX_STORAGE_CONNECTIONS = 100;

    /** Signed together with each order, so that nothing else that the key signs can pass for one. */
    public static final String ORDER_CONTEXT = "slotwarden order 1\n";

    /** Orders in one answer. */
    public static final int MAX_ORDERS = 50;

    /** Bytes of one serialised {@code Order}. */
    public static final int MAX_ORDER_BYTES = 4096;

    /** Bytes of one {@code TailPart}'s data. */
    public static final int MAX_TAIL_BYTES = 16 << 10;

    /** Bytes of what an order's result says for people. */
    public static final int MAX_ORDER_DETAIL_BYTES = 300;

    public static final String CONTENT_TYPE = "application/x-protobuf";

    /** A request body may have so many bytes on the wire; an agent splits what would be more. */
    public static final int MAX_BATCH_BYTES = 4 << 20;

    /** A batch may have so many bytes after decompression: the bound against gzip bombs. */
    public static final int MAX_INFLATED_BYTES = 32 << 20;

    /** Samples in one batch, over all its slots and the node itself. */
    public static final int MAX_SAMPLES_PER_BATCH = 50_000;

    /** Bytes of UTF-8 in any text of a report; the agent cuts what is longer, the portal refuses it. */
    public static final int MAX_TEXT_BYTES = 8 << 10;

    /** Bytes of one serialised {@code Evidence}; an agent leaves out the least, a portal does not store more. */
    public static final int MAX_EVIDENCE_BYTES = 64 << 10;

    public static final int MAX_EVIDENCE_PROCESSES = 200;

    /** Files in one {@code Evidence}, and hosts as well. */
    public static final int MAX_EVIDENCE_ROWS = 50;

    public static final int MAX_EVIDENCE_OUTPUT_BYTES = 4096;

    public static final int MAX_EVIDENCE_OUTPUT_LINES = 50;

    public static final int MAX_EVIDENCE_GAPS = 20;

    /** Bytes of one of these sentences. */
    public static final int MAX_EVIDENCE_GAP_BYTES = 300;

    public static final int MAX_EVIDENCE_THREADS = 200;

    /** Functions in what is told of a thread's stack. */
    public static final int MAX_STACK_FUNCTIONS = 12;

    /** Bytes of the name of one of them. */
    public static final int MAX_FUNCTION_BYTES = 64;

    /** Bytes of a command line, or of a path. */
    public static final int MAX_EVIDENCE_TEXT_BYTES = 512;

    private WireContract() {}
}
