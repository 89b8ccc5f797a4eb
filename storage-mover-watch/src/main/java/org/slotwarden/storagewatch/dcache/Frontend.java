package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.http.Remote;

/**
 * dCache's frontend, asked in sequence: its rate limiter refuses parallel requests. When it wants to be left alone
 * for a time that this look still has, that time is waited.
 */
final class Frontend {

    /** Of an answer that is a list: more is refused. */
    static final long MAX_LIST_BYTES = 16L << 20;

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(2);

    private final Remote remote;
    private final Login login;
    private final Duration timeout;
    private long deadline;
    private Duration leaveAlone = Duration.ZERO;

    Frontend(URI url, Access access, Login login) {
        this.remote = new Remote("dCache", url, access.trust());
        this.login = login;
        this.timeout = access.timeout();
    }

    /** From now on, so much time may be spent waiting for dCache's leave. */
    void begin(Duration look) {
        deadline = System.nanoTime() + look.toNanos();
        leaveAlone = Duration.ZERO;
    }

    /** No time is left in this look. */
    boolean over() {
        return System.nanoTime() > deadline;
    }

    /** What dCache wanted and this look could not wait for. */
    Duration leaveAlone() {
        return leaveAlone;
    }

    static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    <T> T get(String path, long mostBytes, Remote.BodyReader<T> reader) throws Refusal, InterruptedException {
        return ask("GET", path, mostBytes, reader);
    }

    void delete(String path) throws Refusal, InterruptedException {
        ask("DELETE", path, 1 << 20, (body, headers) -> body.readAllBytes());
    }

    private <T> T ask(String method, String path, long mostBytes, Remote.BodyReader<T> reader)
            throws Refusal, InterruptedException {
        if (login.refusedAt().isPresent()) {
            throw new Refusal(
                    Refusal.Kind.REFUSED_LOGIN,
                    "dCache refused the login at " + login.refusedAt().orElseThrow()
                            + ". It blocks an address after three such, so this secret is not tried again for"
                            + " six hours, or until its file is another one");
        }
        Duration next = DEFAULT_WAIT;
        while (true) {
            try {
                return remote.ask(method, path, login.headers(), null, timeout, mostBytes, reader);
            } catch (IOException e) {
                throw new Refusal(Refusal.Kind.REFUSED_LOGIN, "the secret for dCache cannot be used: " + e);
            } catch (Refusal e) {
                if (e.kind() == Refusal.Kind.REFUSED_LOGIN) {
                    login.refused();
                }
                if (e.kind() != Refusal.Kind.BUSY) {
                    throw e;
                }
                Duration wait = e.retryAfter() == null ? next : e.retryAfter();
                next = next.multipliedBy(2);
                if (System.nanoTime() + wait.toNanos() > deadline) {
                    leaveAlone = wait;
                    throw e;
                }
                Thread.sleep(wait.toMillis() + ThreadLocalRandom.current().nextLong(100));
            }
        }
    }
}
