package org.slotwarden.portal.storage;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;
import org.springframework.http.HttpStatus;

/** Makes a report of a request's body, and never holds more of it than {@link WireContract} allows. */
final class StorageBody {

    /** Fields over all messages: without a bound, every two bytes could become an object. */
    private static final int MOST_FIELDS = 40 * WireContract.MAX_MOVERS;

    private int fields;
    private int pools;
    private int movers;
    private int records;
    private int hosts;

    private StorageBody() {}

    /** @throws ReportRefused when it is too large as it comes, or cut off */
    static byte[] received(InputStream body) {
        try {
            return bounded(body, WireContract.MAX_BATCH_BYTES, "The body");
        } catch (IOException e) {
            throw new ReportRefused(HttpStatus.BAD_REQUEST, "The body was cut off");
        }
    }

    /**
     * @param encoding of the body; null: none
     * @throws ReportRefused when it is too large once inflated, of an unknown encoding, cut off, or none
     */
    static StorageReport read(byte[] body, @Nullable String encoding) {
        try {
            byte[] message = body;
            if ("gzip".equalsIgnoreCase(encoding)) {
                try (var inflated = new GZIPInputStream(new ByteArrayInputStream(message), 8192)) {
                    message = bounded(inflated, WireContract.MAX_INFLATED_BYTES, "The body, once inflated,");
                }
            } else if (encoding != null && !"identity".equalsIgnoreCase(encoding)) {
                throw new ReportRefused(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding may be gzip only");
            }
            new StorageBody().count(CodedInputStream.newInstance(message));
            return StorageReport.parseFrom(message);
        } catch (IOException e) {
            throw new ReportRefused(HttpStatus.BAD_REQUEST, "The body is no storage report, or was cut off");
        }
    }

    private static byte[] bounded(InputStream in, int most, String what) throws IOException {
        byte[] bytes = in.readNBytes(most + 1);
        if (bytes.length > most) {
            throw tooMuch(what + " is larger than " + most + " bytes");
        }
        return bytes;
    }

    private static ReportRefused tooMuch(String why) {
        return new ReportRefused(HttpStatus.CONTENT_TOO_LARGE, why);
    }

    /** Walks over the message without making objects of it. */
    private void count(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case StorageReport.POOLS_FIELD_NUMBER -> {
                    pools = more(pools, WireContract.MAX_POOLS, "pools");
                    within(in, tag, true);
                }
                case StorageReport.MOVERS_FIELD_NUMBER -> {
                    movers = more(movers, WireContract.MAX_MOVERS, "movers");
                    within(in, tag, false);
                }
                case StorageReport.RECORDS_FIELD_NUMBER -> {
                    records = more(records, WireContract.MAX_MOVER_RECORDS, "records");
                    within(in, tag, false);
                }
                case StorageReport.HOSTS_FIELD_NUMBER -> {
                    hosts = more(hosts, WireContract.MAX_STORAGE_HOSTS, "hosts");
                    within(in, tag, false);
                }
                case StorageReport.TROUBLES_FIELD_NUMBER, StorageReport.RELEASE_RESULTS_FIELD_NUMBER ->
                    within(in, tag, false);
                default -> skip(in, tag);
            }
        }
    }

    private static int more(int before, int most, String what) {
        if (before >= most) {
            throw tooMuch("There are more than " + most + " " + what);
        }
        return before + 1;
    }

    /** @param deep its messages have messages */
    private void within(CodedInputStream in, int tag, boolean deep) throws IOException {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            skip(in, tag);
            return;
        }
        field();
        int end = in.pushLimit(in.readRawVarint32());
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            if (deep && WireFormat.getTagFieldNumber(inner) == StoragePool.QUEUES_FIELD_NUMBER) {
                within(in, inner, false);
            } else {
                skip(in, inner);
            }
        }
        in.popLimit(end);
    }

    private void skip(CodedInputStream in, int tag) throws IOException {
        field();
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("An end without a begin");
        }
    }

    private void field() {
        if (++fields > MOST_FIELDS) {
            throw tooMuch("There are more than " + MOST_FIELDS + " fields");
        }
    }
}
