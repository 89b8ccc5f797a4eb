package org.slotwarden.portal.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.function.Consumer;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageQueue;
import org.slotwarden.wire.v1.StorageReport;

/** Posts looks as the watch of one storage system does, over real HTTP. */
public final class TestWatch {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int port;
    private final String storage;
    private final String token;

    /** @param token from {@link StorageWatches} */
    public TestWatch(int port, String storage, String token) {
        this.port = port;
        this.storage = storage;
        this.token = token;
    }

    /** Lets the portal know by now from where the agents came that have reported: else it takes some seconds. */
    public static void learn(NodeAddresses addresses) {
        addresses.write();
    }

    /** One look, every 30 s. */
    public StorageReport.Builder report(Instant lookedAt) {
        return StorageReport.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setStorage(storage)
                .setWatchVersion("test")
                .setSoftware("dCache 12.0.1")
                .setSource(StorageReport.Source.REST)
                .setPollIntervalSeconds(30)
                .setMayRelease(true)
                .setStartedAtMs(lookedAt.minusSeconds(3600).toEpochMilli())
                .setSentAtMs(lookedAt.toEpochMilli())
                .setLookedAtMs(lookedAt.toEpochMilli());
    }

    public StorageAnswer tell(Instant lookedAt, Consumer<StorageReport.Builder> content) {
        StorageReport.Builder report = report(lookedAt);
        content.accept(report);
        return tell(report);
    }

    public StorageAnswer tell(StorageReport.Builder report) {
        HttpResponse<byte[]> answer = post(report.build().toByteArray());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + new String(answer.body()));
        }
        try {
            return StorageAnswer.parseFrom(answer.body());
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HttpResponse<byte[]> post(byte[] body, String... moreHeaders) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + WireContract.STORAGE_PATH))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", WireContract.CONTENT_TYPE);
        for (int i = 0; i < moreHeaders.length; i += 2) {
            request.setHeader(moreHeaders[i], moreHeaders[i + 1]);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A pool with one queue, {@code regular}. */
    public static StoragePool.Builder pool(String name, int active, int most, int queued) {
        return StoragePool.newBuilder()
                .setName(name)
                .addGroups("default")
                .addQueues(StorageQueue.newBuilder()
                        .setName("regular")
                        .setActive(active)
                        .setMaxActive(most)
                        .setQueued(queued)
                        .setDefaultQueue(true));
    }

    public static StoragePool.Builder unread(String name) {
        return StoragePool.newBuilder().setName(name).setUnread(true);
    }

    /** A running mover of queue {@code regular}, of nobody known. */
    public static StorageMover.Builder mover(String pool, long id, Instant submittedAt) {
        return StorageMover.newBuilder()
                .setPool(pool)
                .setMoverId(id)
                .setQueue("regular")
                .setState(StorageMover.State.RUNNING)
                .setSubmittedAtMs(submittedAt.toEpochMilli())
                .setStartedAtMs(submittedAt.toEpochMilli())
                .setDirection(StorageMover.Direction.READ)
                .setProtocol("dcap-3")
                .setDoor("dcap-door")
                .setFileId("0000A1B2" + pool + id)
                .setPath("/data/" + pool + "/" + id);
    }

    public static MoverRecord.Builder record(String pool, String session, Instant endedAt) {
        return MoverRecord.newBuilder().setPool(pool).setSession(session).setEndedAtMs(endedAt.toEpochMilli());
    }

    public static StorageHost.Builder host(String address, String pool) {
        return StorageHost.newBuilder().setAddress(address).setName(pool).setRole(StorageHost.Role.POOL);
    }
}
