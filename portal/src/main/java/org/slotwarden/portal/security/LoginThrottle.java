package org.slotwarden.portal.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Slows down the guessing of passwords. After {@link #FREE_ATTEMPTS} failures of one account from one
 * address, no attempt counts for a second, then two, then four, up to a quarter of an hour. Somebody
 * else's failures do not lock an account's owner out, because his address is another.
 *
 * <p>Kept in memory, for the {@link #MOST_KEPT} pairs that failed last: enough for one portal, and
 * whoever can fill it from that many addresses is not held up by it anyway.
 */
@Component
final class LoginThrottle {

    static final int FREE_ATTEMPTS = 5;
    static final int MOST_KEPT = 10_000;
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private record Origin(String account, String address) {
        Origin {
            // Names have 64 characters at most: what is longer is nobody's, and must not fill the memory.
            account = account.length() <= 64 ? account : account.substring(0, 64);
        }
    }

    private record Failures(int count, Instant lockedUntil) {}

    private final Clock clock;
    private final Map<Origin, Failures> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Origin, Failures> eldest) {
            return size() > MOST_KEPT;
        }
    };

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean isLocked(String account, String address) {
        Failures known = failures.get(new Origin(account, address));
        return known != null && clock.instant().isBefore(known.lockedUntil());
    }

    synchronized void failed(String account, String address) {
        Origin origin = new Origin(account, address);
        Failures before = failures.remove(origin); // and put back as the youngest
        int count = before == null ? 1 : before.count() + 1;
        failures.put(origin, new Failures(count, clock.instant().plus(lock(count))));
    }

    /** How often this account failed from this address since it last succeeded. */
    synchronized int failures(String account, String address) {
        Failures known = failures.get(new Origin(account, address));
        return known == null ? 0 : known.count();
    }

    synchronized void succeeded(String account, String address) {
        failures.remove(new Origin(account, address));
    }

    private static Duration lock(int failures) {
        if (failures < FREE_ATTEMPTS) {
            return Duration.ZERO;
        }
        Duration doubled = Duration.ofSeconds(1L << Math.min(failures - FREE_ATTEMPTS, 20));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }
}
