package org.slotwarden.portal.ingest;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.StorageConnections;
import org.springframework.http.HttpStatus;

/** Makes a batch of a request's body, and never holds more of it than {@link WireContract} allows. */
final class BatchReader {

    /**
     * Fields in one batch, over all its messages: more than any agent sends. Without a bound, every two bytes could
     * become an object. An agent that sends more is told so, and sends less at once.
     */
    private static final int MOST_FIELDS = 60 * WireContract.MAX_SAMPLES_PER_BATCH;

    private static final Set<Integer> JOB_PARTS = Set.of(
            JobSample.SOCKETS_FIELD_NUMBER,
            JobSample.CPU_PRESSURE_FIELD_NUMBER,
            JobSample.MEMORY_PRESSURE_FIELD_NUMBER,
            JobSample.IO_PRESSURE_FIELD_NUMBER,
            JobSample.PROGRESS_FIELD_NUMBER,
            JobSample.EXECUTABLES_FIELD_NUMBER);
    private static final Set<Integer> NODE_PARTS = Set.of(
            NodeSample.CPU_PRESSURE_FIELD_NUMBER,
            NodeSample.MEMORY_PRESSURE_FIELD_NUMBER,
            NodeSample.IO_PRESSURE_FIELD_NUMBER,
            NodeSample.DISKS_FIELD_NUMBER,
            NodeSample.NETWORK_DEVICES_FIELD_NUMBER,
            NodeSample.TEMPERATURES_FIELD_NUMBER,
            NodeSample.ENERGY_FIELD_NUMBER,
            NodeSample.GPUS_FIELD_NUMBER);
    private static final Set<Integer> EVIDENCE_PARTS = Set.of(
            Evidence.PROCESSES_FIELD_NUMBER,
            Evidence.FILES_FIELD_NUMBER,
            Evidence.HOSTS_FIELD_NUMBER,
            Evidence.STANDARD_OUTPUT_FIELD_NUMBER,
            Evidence.STANDARD_ERROR_FIELD_NUMBER,
            Evidence.THREADS_FIELD_NUMBER);
    private static final Set<Integer> STORAGE_PARTS = Set.of(StorageConnections.CONNECTIONS_FIELD_NUMBER);
    private static final Set<Integer> AGENT_PARTS = Set.of(AgentStatus.ERRORS_FIELD_NUMBER);

    /** No field has less than two bytes: in so few bytes there cannot be more than is allowed of anything. */
    private static final int NEVER_TOO_MUCH = 2 * WireContract.MAX_SAMPLES_PER_BATCH;

    /** Bytes that are read before it is asked whether there is room for more. */
    private static final int PIECE = 64 << 10;

    private int samples;
    private int fields;

    private BatchReader() {}

    /**
     * A body as it came.
     *
     * @param room is told how many bytes are in memory, before they are; what it throws is thrown
     * @throws BatchRefused when it is too large, or cut off
     */
    static byte[] body(InputStream in, LongConsumer room) {
        try {
            return bounded(in, WireContract.MAX_BATCH_BYTES, "The body", room);
        } catch (IOException e) {
            throw noBatch();
        }
    }

    /**
     * @param encoding of the body; null: none
     * @param room as of {@link #body}
     * @throws BatchRefused when the body is too large once inflated, of an unknown encoding, or no batch
     */
    static ReportBatch read(byte[] body, @Nullable String encoding, LongConsumer room) {
        try {
            byte[] message = inflated(body, encoding, room);
            if (message.length > NEVER_TOO_MUCH) {
                new BatchReader().countBatch(CodedInputStream.newInstance(message));
            }
            return ReportBatch.parseFrom(message);
        } catch (IOException e) {
            throw noBatch();
        }
    }

    private static byte[] inflated(byte[] body, @Nullable String encoding, LongConsumer room) throws IOException {
        if (encoding == null || "identity".equalsIgnoreCase(encoding)) {
            return body;
        }
        if (!"gzip".equalsIgnoreCase(encoding)) {
            throw new BatchRefused(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding may be gzip only");
        }
        try (var inflated = new GZIPInputStream(new ByteArrayInputStream(body), 8192)) {
            return bounded(inflated, WireContract.MAX_INFLATED_BYTES, "The body, once inflated,", room);
        }
    }

    private static BatchRefused noBatch() {
        return new BatchRefused(HttpStatus.BAD_REQUEST, "The body is no report batch, or was cut off");
    }

    private static byte[] bounded(InputStream in, int most, String what, LongConsumer room) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
            if (bytes.size() + piece.length > most) {
                throw tooLarge(what + " is larger than " + most + " bytes");
            }
            bytes.writeBytes(piece);
            room.accept(bytes.size() + PIECE);
        }
        return bytes.toByteArray();
    }

    static BatchRefused tooLarge(String why) {
        return new BatchRefused(HttpStatus.CONTENT_TOO_LARGE, why);
    }

    /** Walks over the message without making objects of it. */
    private void countBatch(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case ReportBatch.NODE_FACTS_FIELD_NUMBER -> within(in, tag, this::countFields);
                case ReportBatch.NODE_SAMPLES_FIELD_NUMBER -> {
                    sample();
                    within(in, tag, this::countNodeSample);
                }
                case ReportBatch.AGENT_STATUS_FIELD_NUMBER ->
                    within(in, tag, status -> countMessages(status, AGENT_PARTS));
                case ReportBatch.SLOT_REPORTS_FIELD_NUMBER -> {
                    sample();
                    within(in, tag, this::countReport);
                }
                default -> skip(in, tag);
            }
        }
    }

    private void countReport(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case SlotReport.SAMPLES_FIELD_NUMBER -> {
                    sample();
                    within(in, tag, this::countJobSample);
                }
                case SlotReport.EVIDENCE_FIELD_NUMBER ->
                    within(in, tag, evidence -> countMessages(evidence, EVIDENCE_PARTS));
                case SlotReport.ORDER_RESULTS_FIELD_NUMBER -> within(in, tag, this::countOrderResult);
                case SlotReport.STORAGE_CONNECTIONS_FIELD_NUMBER ->
                    within(in, tag, connections -> countMessages(connections, STORAGE_PARTS));
                case SlotReport.LOSS_FIELD_NUMBER,
                        SlotReport.JOB_FIELD_NUMBER,
                        SlotReport.START_FIELD_NUMBER,
                        SlotReport.END_FIELD_NUMBER -> within(in, tag, this::countFields);
                default -> skip(in, tag);
            }
        }
    }

    private void countOrderResult(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case OrderResult.EVIDENCE_FIELD_NUMBER ->
                    within(in, tag, evidence -> countMessages(evidence, EVIDENCE_PARTS));
                case OrderResult.KILL_FIELD_NUMBER, OrderResult.TAIL_FIELD_NUMBER -> within(in, tag, this::countFields);
                default -> skip(in, tag);
            }
        }
    }

    private void countNodeSample(CodedInputStream in) throws IOException {
        countMessages(in, NODE_PARTS);
    }

    private void countJobSample(CodedInputStream in) throws IOException {
        countMessages(in, JOB_PARTS);
    }

    /** @param parts fields that are messages themselves */
    private void countMessages(CodedInputStream in, Set<Integer> parts) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (parts.contains(WireFormat.getTagFieldNumber(tag))) {
                within(in, tag, this::countFields);
            } else {
                skip(in, tag);
            }
        }
    }

    private void countFields(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            skip(in, tag);
        }
    }

    private interface Count {
        void of(CodedInputStream in) throws IOException;
    }

    /** Walks over a message in a field; what is none is skipped. */
    private void within(CodedInputStream in, int tag, Count count) throws IOException {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            skip(in, tag);
            return;
        }
        field();
        int end = in.pushLimit(in.readRawVarint32());
        count.of(in);
        in.popLimit(end);
    }

    private void skip(CodedInputStream in, int tag) throws IOException {
        field();
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("An end without a begin");
        }
    }

    private void sample() {
        if (++samples > WireContract.MAX_SAMPLES_PER_BATCH) {
            throw tooLarge("There are more than " + WireContract.MAX_SAMPLES_PER_BATCH + " samples and reports");
        }
    }

    private void field() {
        if (++fields > MOST_FIELDS) {
            throw tooLarge("There are more than " + MOST_FIELDS + " fields");
        }
    }
}
