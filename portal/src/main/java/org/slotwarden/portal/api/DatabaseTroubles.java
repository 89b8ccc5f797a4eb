package org.slotwarden.portal.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.DatabaseAway;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Answers requests that the database gave no answer to: 503, which goes with {@code Retry-After} (RFC 9110, 15.6.4),
 * and an id that stands in the log. There, each reason has one entry a minute with all that is known of the first
 * request; the others of that minute share its id, and the next entry says how many they were.
 */
@Component
class DatabaseTroubles {

    static final Duration ONE_ENTRY_IN = Duration.ofMinutes(1);
    static final String COME_BACK = String.valueOf(DatabaseAway.COME_BACK.toSeconds());

    private static final Logger log = LoggerFactory.getLogger(DatabaseTroubles.class);

    private static final class Entry {
        final String id = UUID.randomUUID().toString();
        final Instant at;
        int others;

        Entry(Instant at) {
            this.at = at;
        }
    }

    private final Map<DatabaseAway, Entry> latest = new EnumMap<>(DatabaseAway.class);
    private final Clock clock;

    DatabaseTroubles(Clock clock) {
        this.clock = clock;
    }

    ProblemDetail problem(DatabaseAway why, Throwable failure) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                why.words() + ": come back later. The portal's log says more under this id");
        problem.setProperty("id", id(why, failure));
        return problem;
    }

    ResponseEntity<ProblemDetail> answer(DatabaseAway why, Throwable failure) {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, COME_BACK)
                .body(problem(why, failure));
    }

    private synchronized String id(DatabaseAway why, Throwable failure) {
        Instant now = clock.instant();
        Entry known = latest.get(why);
        // A clock that was set back must not silence the log.
        if (known != null && !now.isBefore(known.at) && now.isBefore(known.at.plus(ONE_ENTRY_IN))) {
            known.others++;
            return known.id;
        }
        Entry entry = new Entry(now);
        latest.put(why, entry);
        log.warn(
                "{}: a request is answered 503, id {}{}",
                why.words(),
                entry.id,
                known == null || known.others == 0 ? "" : ", as were " + known.others + " more after id " + known.id,
                failure);
        return entry.id;
    }
}
