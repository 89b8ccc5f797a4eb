package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One copy, for all who ask, of what is dear to make. It is made when somebody asks for it, by one at a time. A copy
 * older than {@link #FRESH} is made anew while whoever asks is given the old one; older than {@link #USABLE} it is
 * waited for. So it costs nothing when nobody asks, and no more for a thousand who ask than for one.
 *
 * <p>Only for what all of them may see.
 */
final class SharedCopy<T> {
    static final Duration FRESH = Duration.ofSeconds(1);
    static final Duration USABLE = Duration.ofSeconds(5);

    /** @param at the moment before it was made: what happened later may be missing */
    record Made<T>(T copy, Instant at) {}

    private final Supplier<T> maker;
    private final Clock clock;
    private @Nullable Made<T> latest;
    private @Nullable CompletableFuture<Made<T>> underWay;

    SharedCopy(Supplier<T> maker, Clock clock) {
        this.maker = maker;
        this.clock = clock;
    }

    /** @throws RuntimeException that the maker threw, when there is no usable copy; the next who asks tries again */
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
            return coming.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
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
