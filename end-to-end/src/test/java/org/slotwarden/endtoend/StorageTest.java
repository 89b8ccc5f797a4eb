package org.slotwarden.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageQueue;
import org.slotwarden.wire.v1.StorageReport;
import tools.jackson.databind.JsonNode;

/**
 * Jobs on one node that hold files open, the agent that looks at their connections, and a portal that says whose the
 * movers are. The storage system is a port that accepts; what its watch would say is made up here.
 */
@TestInstance(Lifecycle.PER_CLASS)
class StorageTest {

    private static final String NODE = "n1";
    private static final String STORAGE = "dcache.example.org";
    private static final String DOOR = "127.0.0.2";

    private final List<Process> jobs = new ArrayList<>();
    private final List<Socket> opened = new ArrayList<>();
    private Path directory;
    private Portal portal;
    private Installation installation;
    private ServerSocket door;
    private String watchToken;

    @BeforeAll
    void startTheSite() throws IOException {
        directory = Files.createTempDirectory("slotwarden-e2e-storage-");
        portal = new Portal(directory.resolve("portal"));
        installation = new Installation(directory.resolve("opt"));
        installation.configure(portal, List.of(NODE), NODE, "", "sample_interval_seconds=1", "idle_exit_seconds=600");
        door = new ServerSocket(0, 10, InetAddress.ofLiteral(DOOR));
        watchToken = portal.post("/api/v1/storage/watches/" + STORAGE + "/token", "")
                .path("token")
                .asString();
    }

    @AfterAll
    void endTheSite() throws IOException, InterruptedException {
        jobs.forEach(Process::destroy);
        // Their epilogues would start an agent that was ended before them.
        for (Process job : jobs) {
            job.waitFor(1, TimeUnit.MINUTES);
        }
        for (Socket socket : opened) {
            socket.close();
        }
        if (door != null) {
            door.close();
        }
        if (installation != null) {
            installation.endAgents(List.of(NODE));
        }
        if (portal != null) {
            portal.close();
        }
    }

    /**
     * A job that opens a connection to the door.
     *
     * @param inNamespace whether its processes count themselves from 1
     * @return the port of its end
     */
    private int submit(String id, boolean inNamespace) throws IOException {
        List<String> words =
                new ArrayList<>(List.of(installation.hook("local", "run-job").toString(), "--job-id", id, "--"));
        if (inNamespace) {
            words.addAll(List.of("unshare", "--pid", "--fork"));
        }
        words.addAll(List.of(
                "perl",
                "-MIO::Socket::INET",
                "-e",
                "my $s = IO::Socket::INET->new(PeerAddr => '%s', PeerPort => %d) or die; sleep 600"
                        .formatted(DOOR, door.getLocalPort())));
        jobs.add(new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(id + ".out").toFile())
                .start());
        Socket socket = door.accept();
        opened.add(socket);
        return socket.getPort();
    }

    /** A look of the watch. */
    private void tell(StorageMover... movers) {
        Instant now = Instant.now();
        StorageReport report = StorageReport.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setStorage(STORAGE)
                .setWatchVersion("test")
                .setSentAtMs(now.toEpochMilli())
                .setStartedAtMs(now.minusSeconds(60).toEpochMilli())
                .setLookedAtMs(now.toEpochMilli())
                .setSource(StorageReport.Source.REST)
                .setPollIntervalSeconds(1)
                .addPools(StoragePool.newBuilder()
                        .setName("pool_1")
                        .addQueues(StorageQueue.newBuilder()
                                .setName("regular")
                                .setActive(movers.length)
                                .setMaxActive(100)
                                .setQueued(0)
                                .setDefaultQueue(true)))
                .addAllMovers(List.of(movers))
                .addHosts(StorageHost.newBuilder()
                        .setAddress(DOOR)
                        .setRole(StorageHost.Role.POOL)
                        .setName("pool_1"))
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(portal.url() + WireContract.STORAGE_PATH))
                .header("Authorization", "Bearer " + watchToken)
                .header("Content-Type", WireContract.CONTENT_TYPE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(report.toByteArray()))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static StorageMover.Builder mover(long id, Instant since) {
        return StorageMover.newBuilder()
                .setPool("pool_1")
                .setMoverId(id)
                .setSubmittedAtMs(since.toEpochMilli())
                .setStartedAtMs(since.toEpochMilli())
                .setQueue("regular")
                .setState(StorageMover.State.RUNNING)
                .setDirection(StorageMover.Direction.READ)
                .setClientAddress("127.0.0.1");
    }

    private long jobOf(String batchJobId) {
        return portal.get("/api/v1/jobs?job_id=" + batchJobId)
                .path("items")
                .path(0)
                .path("id")
                .asLong();
    }

    private JsonNode attribution(long moverId) {
        for (JsonNode mover : portal.get("/api/v1/storage/movers").path("items")) {
            if (mover.path("mover_id").asLong() == moverId) {
                return mover.path("attribution");
            }
        }
        return portal.get("/api/v1/storage/movers").path("no such mover");
    }

    @Test
    void aMoverIsTheJobsWhoseConnectionOrProcessTheStorageSystemNames() throws IOException {
        tell(); // so that agents learn of the door
        int portOfOne = submit("one", false);
        submit("two", true);
        Instant since = Instant.now();
        StorageMover byPort = mover(1, since).setClientPort(portOfOne).build();
        StorageMover byProcess =
                mover(2, since).setProtocol("dcap-3").setClientProcess(1).build();
        StorageMover strangers = mover(3, since)
                .setClientAddress("203.0.113.9")
                .setClientPort(portOfOne)
                .build();

        await("the movers' jobs")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    tell(byPort, byProcess, strangers);
                    assertThat(attribution(1).path("job_id").asLong())
                            .as(attribution(1).toString())
                            .isEqualTo(jobOf("one"));
                    assertThat(attribution(1).path("confidence").asString()).isEqualTo("certain");
                    assertThat(attribution(2).path("job_id").asLong())
                            .as(attribution(2).toString())
                            .isEqualTo(jobOf("two"));
                    assertThat(attribution(2).path("confidence").asString()).isEqualTo("certain");
                    assertThat(attribution(3).path("confidence").asString())
                            .as(attribution(3).toString())
                            .isEqualTo("none");
                });
    }
}
