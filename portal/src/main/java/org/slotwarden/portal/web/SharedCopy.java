package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/**
 * One copy, for all who ask, of what is dear to make. It is made when somebody asks for it, by one at a time. A copy
 * older than {@link #FRESH} is made anew while whoever asks is given the old one; older than {@link #USABLE} it is
 * waited for, {@link #WAITED} at most. So it costs nothing when nobody asks, and no more for a thousand who ask than for one.
 *
 * <p>Only for what all of them may see.
 */
final class SharedCopy<T> {
    static final Duration FRESH = Duration.ofSeconds(1);
    static final Duration USABLE = Duration.ofSeconds(5);
    static final Duration WAITED = Duration.ofSeconds(20);

    /** @param at the moment before it was made: what happened later may be missing */
    record Made<T>(T copy, Instant at) {}

    private final Supplier<T> maker;
    private final Clock clock;
    private final Duration waited;
    private @Nullable Made<T> latest;
    private @Nullable CompletableFuture<Made<T>> underWay;

    SharedCopy(Supplier<T> maker, Clock clock) {
        this(maker, clock, WAITED);
    }

    /** @param waited for a copy, at most; whoever makes it goes on, and the next who ask wait for the same one */
    SharedCopy(Supplier<T> maker, Clock clock, Duration waited) {
        this.maker = maker;
        this.clock = clock;
        this.waited = waited;
    }

    /**
     * @throws RuntimeException that the maker threw, when there is no usable copy; the next who asks tries again
     * @throws QueryTimeoutException when none is made in time
     */
    Made<T> get() {
        CompletableFuture<Made<T>> coming;
        synchronized (this) {
            Made<T> made = latest;
            if (made != null && youngerThan(FRESH, made)) {
                return made;
            }
            if (underWay == null) {
                underWay = make();
            }
            if (made != null && youngerThan(USABLE, made)) {
                return made;
            }
            coming = underWay;
        }
        try {
            return coming.get(waited.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new QueryTimeoutException("What all see is not there after " + waited.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryTimeoutException("Nobody waits any more for what all see", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Who asks from now on gets one that is made after this. */
    synchronized void forget() {
        latest = null;
        underWay = null;
    }

    /** A clock that was set back makes no copy last. */
    private boolean youngerThan(Duration age, Made<T> made) {
        Duration old = Duration.between(made.at(), clock.instant());
        return !old.isNegative() && old.compareTo(age) < 0;
    }

    private CompletableFuture<Made<T>> make() {
        CompletableFuture<Made<T>> coming = new CompletableFuture<>();
        Instant now = clock.instant();
        Thread.ofVirtual().start(() -> {
            try {
                Made<T> made = new Made<>(maker.get(), now);
                over(coming, made);
                coming.complete(made);
            } catch (Throwable e) {
                over(coming, null);
                coming.completeExceptionally(e);
            }
        });
        return coming;
    }

    private synchronized void over(CompletableFuture<Made<T>> made, @Nullable Made<T> result) {
        if (underWay == made) {
            underWay = null;
            if (result != null) {
                latest = result;
            }
        }
    }
}
