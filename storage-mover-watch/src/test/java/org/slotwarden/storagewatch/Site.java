package org.slotwarden.storagewatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;
import org.slotwarden.wire.v1.StorageTrouble;

/** A watch between a storage system and a portal, with a clock that a test moves. */
final class Site implements AutoCloseable {

    /** A clock that stands still until a test moves it. */
    static final class MovedClock implements InstantSource {
        private volatile Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }

        void forward(Duration time) {
            now = now.plus(time);
        }

        Clock clock() {
            return withZone(ZoneOffset.UTC);
        }
    }

    final FakePortal portal = new FakePortal();
    final MovedClock time;
    final Path folder;
    final Path secret;
    private final Properties properties = new Properties();
    private StateFolder state;
    private Watch watch;
    Duration pause = Duration.ZERO;

    Site(Path folder, String dcacheUrl, String... settings) throws Exception {
        this(folder, dcacheUrl, new MovedClock(), settings);
    }

    /** @param dcacheUrl empty: only what is set otherwise */
    Site(Path folder, String dcacheUrl, MovedClock time, String... settings) throws Exception {
        this.time = time;
        this.folder = folder;
        secret = folder.resolve("password");
        secret(secret, "secret");
        secret(folder.resolve("token"), "token-of-the-watch");
        properties.setProperty("storage", "dcache");
        properties.setProperty("portal.url", portal.url());
        properties.setProperty("portal.token_file", folder.resolve("token").toString());
        properties.setProperty("state", folder.resolve("state").toString());
        if (!dcacheUrl.isEmpty()) {
            properties.setProperty("dcache.url", dcacheUrl);
            properties.setProperty("dcache.user", "root");
            properties.setProperty("dcache.password_file", secret.toString());
        }
        properties.setProperty("dcache.timeout_seconds", "60");
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        state = StateFolder.open(folder.resolve("state"));
        watch = Main.watch(config(), state, time.clock());
    }

    WatchConfig config() throws WatchConfig.Invalid {
        return WatchConfig.of(properties);
    }

    static void secret(Path file, String text) throws IOException {
        Files.writeString(file, text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    void restart() throws Exception {
        state.close();
        state = StateFolder.open(folder.resolve("state"));
        watch = Main.watch(config(), state, time.clock());
    }

    /** One look and what was reported of it. */
    StorageReport look() throws InterruptedException {
        int before = portal.reports().size();
        pause = watch.once();
        if (portal.reports().size() != before + 1) {
            throw new AssertionError("no report came");
        }
        return portal.reports().getLast();
    }

    /** One look of which no report comes. */
    void lookInVain() throws InterruptedException {
        pause = watch.once();
    }

    static List<String> kinds(StorageReport report) {
        return report.getTroublesList().stream()
                .map(StorageTrouble::getKind)
                .sorted()
                .toList();
    }

    static String text(StorageReport report, String kind) {
        return report.getTroublesList().stream()
                .filter(trouble -> trouble.getKind().equals(kind))
                .map(StorageTrouble::getText)
                .findFirst()
                .orElse("");
    }

    static StoragePool pool(StorageReport report, String name) {
        return report.getPoolsList().stream()
                .filter(pool -> pool.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no pool " + name));
    }

    static StorageMover mover(StorageReport report, String pool, long id) {
        List<StorageMover> found = report.getMoversList().stream()
                .filter(mover -> mover.getPool().equals(pool) && mover.getMoverId() == id)
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " movers " + id + " of " + pool);
        }
        return found.getFirst();
    }

    @Override
    public void close() throws IOException {
        state.close();
        portal.close();
    }
}
