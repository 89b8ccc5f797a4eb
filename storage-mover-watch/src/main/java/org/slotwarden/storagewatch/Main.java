package org.slotwarden.storagewatch;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.storagewatch.billing.BillingFile;
import org.slotwarden.storagewatch.billing.BillingPipe;
import org.slotwarden.storagewatch.billing.Records;
import org.slotwarden.storagewatch.dcache.Access;
import org.slotwarden.storagewatch.dcache.Dcache;
import org.slotwarden.storagewatch.dcache.DcacheFrontend;
import org.slotwarden.storagewatch.dcache.HostBook;
import org.slotwarden.storagewatch.dcache.PublicPages;
import org.slotwarden.storagewatch.http.Trust;
import org.slotwarden.storagewatch.send.Portal;
import org.slotwarden.storagewatch.send.Releases;
import org.slotwarden.storagewatch.storage.Storage;
import org.slotwarden.storagewatch.storage.Troubles;

/** {@code storage-mover-watch CONFIG}: watches until it is ended. {@code --check CONFIG}: says what works. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private static final int UNUSABLE = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        boolean check = arguments.length == 2 && arguments[0].equals("--check");
        if (!check && (arguments.length != 1 || arguments[0].startsWith("-"))) {
            System.err.println("usage: storage-mover-watch [--check] CONFIG");
            System.exit(UNUSABLE);
        }
        Path file = Path.of(arguments[arguments.length - 1]);
        try {
            WatchConfig config = WatchConfig.read(file);
            if (check) {
                System.exit(new Check(config, System.out, Clock.systemUTC()).run() ? 0 : 1);
            }
            try (StateFolder state = StateFolder.open(config.state())) {
                LOG.info(
                        "storage watch {} of {} begins, reports go to {}",
                        version(),
                        config.storage(),
                        config.portal());
                watch(config, state, Clock.systemUTC()).run();
            }
        } catch (WatchConfig.Invalid e) {
            System.err.println("storage-mover-watch: " + file + ": " + e.getMessage());
            System.exit(UNUSABLE);
        } catch (IOException e) {
            System.err.println("storage-mover-watch: " + e.getMessage());
            System.exit(1);
        }
    }

    static Watch watch(WatchConfig config, StateFolder state, Clock clock) throws IOException {
        Troubles troubles = new Troubles(clock);
        Storage storage = storage(config, state.folder(), troubles, clock);
        return new Watch(
                config,
                version(),
                storage,
                records(config.billing(), state),
                new Portal(config.portal(), config.portalToken(), config.portalTrust()),
                new Releases(storage, config.mayRelease(), state.file("releases"), clock),
                troubles,
                clock);
    }

    private static Storage storage(WatchConfig config, Path state, Troubles troubles, Clock clock) {
        Access access = config.dcache();
        HostBook hosts = new HostBook(config.hosts());
        URI url = access.url();
        return new Dcache(
                url == null ? null : new DcacheFrontend(url, access, state, hosts, troubles, clock),
                pages(access, hosts, troubles, clock));
    }

    static @Nullable PublicPages pages(Access access, HostBook hosts, Troubles troubles, Clock clock) {
        URI url = access.publicUrl();
        Trust trust = new Trust(access.trust().caFile(), access.trust().certificateFile(), null, null);
        return url == null ? null : new PublicPages(url, trust, access.timeout(), hosts, troubles, clock);
    }

    /** A file may appear later; what is there and is neither file nor folder is a pipe. */
    private static Records records(@Nullable Path billing, StateFolder state) {
        if (billing == null) {
            return Records.NONE;
        }
        boolean pipe = Files.exists(billing) && !Files.isRegularFile(billing) && !Files.isDirectory(billing);
        return pipe ? new BillingPipe(billing) : new BillingFile(billing, state.file("billing"));
    }

    static String version() {
        @Nullable String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
