package org.slotwarden.storagewatch.send;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.http.Remote;
import org.slotwarden.storagewatch.http.SecretFile;
import org.slotwarden.storagewatch.http.Trust;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StorageReport;
import org.slotwarden.wire.v1.StorageTrouble;

/** Posts reports to the portal. */
public final class Portal {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_ANSWER = 4 << 20;

    private final Remote remote;
    private final SecretFile token;

    public Portal(URI url, SecretFile token, Trust trust) {
        this.remote = new Remote("the portal", url, trust);
        this.token = token;
    }

    /** @throws Refusal when the portal did not take it */
    public StorageAnswer post(StorageReport report) throws Refusal, InterruptedException {
        String bearer;
        try {
            bearer = token.read();
        } catch (IOException e) {
            throw new Refusal(Refusal.Kind.REFUSED_LOGIN, "the token for the portal cannot be used: " + e);
        }
        return remote.ask(
                "POST",
                WireContract.STORAGE_PATH,
                Map.of(
                        "Authorization",
                        "Bearer " + bearer,
                        "Content-Type",
                        WireContract.CONTENT_TYPE,
                        "Content-Encoding",
                        "gzip"),
                fitting(report),
                TIMEOUT,
                MAX_ANSWER,
                (body, headers) -> StorageAnswer.parseFrom(body));
    }

    /** Compressed, and no larger than the portal takes: else without paths, then without most movers. */
    static byte[] fitting(StorageReport report) {
        byte[] whole = packed(report);
        if (whole.length > 0) {
            return whole;
        }
        StorageReport.Builder less = report.toBuilder().clearMovers();
        for (StorageMover mover : report.getMoversList()) {
            less.addMovers(mover.toBuilder()
                    .clearPath()
                    .clearSessionStatus()
                    .clearDoor()
                    .build());
        }
        less.addTroubles(StorageTrouble.newBuilder()
                .setKind("too-large")
                .setText("the report would be too large: movers are told without their paths"));
        byte[] withoutPaths = packed(less.build());
        for (int most = less.getMoversCount() / 2; withoutPaths.length == 0 && most > 0; most /= 2) {
            StorageReport.Builder fewer = less.clone().clearMovers().clearRecords();
            fewer.addAllMovers(less.getMoversList().subList(0, most));
            fewer.clearPools();
            less.getPoolsList().forEach(pool -> fewer.addPools(pool.toBuilder().setUnread(true)));
            fewer.addTroubles(StorageTrouble.newBuilder()
                    .setKind("too-large")
                    .setText("the report would be too large: only " + most + " movers are told"));
            withoutPaths = packed(fewer.build());
        }
        return withoutPaths;
    }

    /** Empty when it is too large. */
    private static byte[] packed(StorageReport report) {
        if (report.getSerializedSize() > WireContract.MAX_INFLATED_BYTES) {
            return new byte[0];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(report.getSerializedSize() / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            report.writeTo(gzip);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.size() > WireContract.MAX_BATCH_BYTES ? new byte[0] : bytes.toByteArray();
    }
}
