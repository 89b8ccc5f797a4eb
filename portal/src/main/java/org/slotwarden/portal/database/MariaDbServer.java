package org.slotwarden.portal.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process of a MariaDB server. */
final class MariaDbServer {

    private static final Logger log = LoggerFactory.getLogger(MariaDbServer.class);

    /** Recovery after a crash is part of a start, and takes minutes when much had been written. */
    private static final Duration LONGEST_START = Duration.ofMinutes(10);

    private static final Duration LONGEST_STOP = Duration.ofMinutes(1);
    private static final int LINES_KEPT = 20;

    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile boolean stopping;

    private MariaDbServer(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().name("mariadb-log").start(this::readLog);
    }

    /**
     * Starts a server and waits until it takes connections.
     *
     * @throws IOException with the server's last words, when it does not start
     */
    static MariaDbServer start(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        MariaDbServer server = new MariaDbServer(process);
        try {
            server.ready.get(LONGEST_START.toSeconds(), TimeUnit.SECONDS);
            return server;
        } catch (ExecutionException e) {
            throw new IOException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (TimeoutException | InterruptedException e) {
            server.stop();
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IOException("The database server was not ready after " + LONGEST_START, e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the server has ended, for whatever reason. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    void stop() throws InterruptedException {
        stopping = true;
        stop(process.toHandle());
    }

    /**
     * Stops the server that a portal left behind when it was killed. Only a process of that very
     * program is taken for it: the id in the file may belong to somebody else by now.
     */
    static void stopLeftover(Path pidFile, Path program) throws IOException, InterruptedException {
        if (!Files.exists(pidFile)) {
            return;
        }
        Optional<ProcessHandle> leftover = parse(Files.readString(pidFile)).flatMap(ProcessHandle::of);
        if (leftover.isPresent() && runs(leftover.get(), program)) {
            log.warn(
                    "Stopping the database server that an earlier portal left behind, process {}",
                    leftover.get().pid());
            stop(leftover.get());
        }
        Files.deleteIfExists(pidFile);
    }

    private static Optional<Long> parse(String pid) {
        return pid.strip().matches("[1-9][0-9]{0,8}") ? Optional.of(Long.valueOf(pid.strip())) : Optional.empty();
    }

    private static boolean runs(ProcessHandle process, Path program) throws IOException {
        return process.info()
                .command()
                .filter(program.toRealPath().toString()::equals)
                .isPresent();
    }

    private static void stop(ProcessHandle process) throws InterruptedException {
        process.destroy();
        try {
            process.onExit().get(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn(
                    "The database server did not stop within {}, and is killed: it will recover at its next start",
                    LONGEST_STOP);
            process.destroyForcibly();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void readLog() {
        ArrayDeque<String> last = new ArrayDeque<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("[ERROR]")) {
                    log.warn("{}", line);
                } else {
                    log.debug("{}", line);
                }
                if (line.contains(": ready for connections.")) {
                    ready.complete(null);
                }
                last.addLast(line);
                if (last.size() > LINES_KEPT) {
                    last.removeFirst();
                }
            }
        } catch (IOException e) {
            log.debug("The database server's log ended", e);
        }
        String lastWords = String.join("\n", last);
        if (!ready.completeExceptionally(new IOException("The database server ended:\n" + lastWords)) && !stopping) {
            log.error(
                    "The database server (process {}) ended by itself, and is started again. Its last words:\n{}",
                    pid(),
                    lastWords);
        }
    }
}
