package org.slotwarden.portal.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.secret.SecretFile;
import org.slotwarden.portal.secret.Secrets;
import org.springframework.util.unit.DataSize;

/**
 * A MariaDB server of the portal's own, on a free port of the loopback interface, with its data in
 * the portal's data directory. It runs from construction to {@link #close}: when it dies by itself (killed for want
 * of memory), it is started again on the same port, so that the pool's next connections find it.
 *
 * <p>One account can log in, with a generated password that is kept, mode 0600, in the data
 * directory. Everything is in UTC and utf8mb4.
 */
public final class EmbeddedMariaDb implements AutoCloseable {

    /** Name of the schema and of the account. */
    public static final String NAME = "slotwarden";

    private static final Logger log = LoggerFactory.getLogger(EmbeddedMariaDb.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORTS_TRIED = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final String password;
    private final FileChannel lock;
    private final Path logIn;
    private final List<String> command;
    private final int port;
    private final Thread guard;
    private volatile MariaDbServer server;

    /**
     * Starts the server; makes its data when there is none, and recovers it when it was not stopped cleanly.
     *
     * @param directory where data, password and lock are kept
     * @param programs where the server's programs are unpacked, when they are not there
     * @param bufferPool memory for InnoDB's pages
     * @param options further options of the server
     * @throws IllegalStateException when another portal uses the directory
     * @throws UncheckedIOException when the server does not start; the message says why
     */
    public EmbeddedMariaDb(Path directory, Path programs, DataSize bufferPool, List<String> options) {
        DataDirectory.makePrivate(directory);
        password = SecretFile.readOrCreate(directory.resolve("database-password"), Secrets::password);
        lock = lock(directory.resolve("mariadb.lock"));
        try {
            MariaDbPrograms unpacked = MariaDbPrograms.unpack(programs);
            Path data = directory.resolve("mariadb");
            Path temporary = DataDirectory.makePrivate(directory.resolve("mariadb-tmp"));
            Path pidFile = directory.resolve("mariadb.pid");
            unpacked.install(data);
            MariaDbServer.stopLeftover(pidFile, unpacked.server());

            logIn = directory.resolve("mariadb-login.sql");
            command = unpacked.serverCommand(data);
            command.addAll(List.of(
                    "--tmpdir=" + temporary,
                    "--pid-file=" + pidFile,
                    "--init-file=" + logIn,
                    // Relative to the data directory: a socket's path may not be longer than 107 bytes.
                    "--socket=mariadb.sock",
                    "--bind-address=" + LOOPBACK,
                    // Making a certificate at every start takes seconds, and this is the loopback interface.
                    "--skip-ssl",
                    "--character-set-server=utf8mb4",
                    "--default-time-zone=+00:00",
                    "--innodb-buffer-pool-size=" + bufferPool.toBytes(),
                    // The server's own 200 a second are those of a disk that turns.
                    "--innodb-io-capacity=2000",
                    "--max-allowed-packet=64M"));
            command.addAll(options);
            Listening listening = startOnFreePort();
            server = listening.server();
            port = listening.port();
            guard = Thread.ofPlatform().daemon().name("mariadb-guard").start(this::startAgainWhenItEnds);
            log.info("MariaDB runs as process {} on port {} with its data in {}", server.pid(), port, data);
        } catch (IOException e) {
            release(lock);
            throw new UncheckedIOException("The database in " + directory + " does not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            release(lock);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the database was starting", e);
        }
    }

    public String jdbcUrl() {
        return "jdbc:mariadb://" + LOOPBACK + ":" + port + "/" + NAME;
    }

    public String password() {
        return password;
    }

    /** Process of the server. */
    public long pid() {
        return server.pid();
    }

    /** Stops the server cleanly. */
    @Override
    public void close() {
        try {
            guard.interrupt();
            guard.join();
            server.stop();
            log.info("MariaDB stopped");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release(lock);
        }
    }

    private record Listening(MariaDbServer server, int port) {}

    /** Between looking for a free port and taking it, another process may have taken it. */
    private Listening startOnFreePort() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            int free = freePort();
            try {
                return new Listening(startOn(free), free);
            } catch (IOException e) {
                if (attempt == PORTS_TRIED || !String.valueOf(e.getMessage()).contains("Bind on TCP/IP port")) {
                    throw e;
                }
            }
        }
    }

    private MariaDbServer startOn(int where) throws IOException, InterruptedException {
        SecretFile.write(logIn, logIn(password));
        try {
            List<String> onPort = new ArrayList<>(command);
            onPort.add("--port=" + where);
            return MariaDbServer.start(onPort);
        } finally {
            Files.deleteIfExists(logIn);
        }
    }

    private void startAgainWhenItEnds() {
        try {
            Duration pause = FIRST_PAUSE;
            while (true) {
                long begin = System.nanoTime();
                server.awaitEnd();
                if (System.nanoTime() - begin > LONGEST_PAUSE.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                try {
                    server = startOn(port);
                    log.warn("MariaDB runs again, as process {}", server.pid());
                } catch (IOException e) {
                    log.error("The database server does not start, and is tried again: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            log.debug("No longer guarded", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(LOOPBACK))) {
            return socket.getLocalPort();
        }
    }

    /** Run by the server before it takes connections: afterwards there is one account, and it has a password. */
    private static String logIn(String password) {
        return """
                CREATE DATABASE IF NOT EXISTS %1$s CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
                DELETE FROM mysql.global_priv WHERE User NOT IN ('%1$s', 'mariadb.sys');
                FLUSH PRIVILEGES;
                CREATE OR REPLACE USER %1$s@'%2$s' IDENTIFIED BY '%3$s';
                GRANT ALL ON %1$s.* TO %1$s@'%2$s';
                """.formatted(NAME, LOOPBACK, password);
    }

    private static FileChannel lock(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                log.debug("Locked by this very process", e);
            }
            release(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot lock " + file, e);
        }
        throw new IllegalStateException("Another portal uses " + file.getParent() + ": one data directory, one portal");
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("A lock file could not be closed", e);
        }
    }
}
