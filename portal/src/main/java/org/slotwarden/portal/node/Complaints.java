package org.slotwarden.portal.node;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Logs what is wrong with a node's reports once: an agent says the same thing again every half minute. */
@Component
public class Complaints {

    private static final Logger log = LoggerFactory.getLogger(Complaints.class);

    /** The same complaint is logged again after this time. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final int MOST_REMEMBERED = 10_000;

    private record Complaint(String node, String what) {}

    private final Clock clock;
    private final Map<Complaint, Instant> logged = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Complaint, Instant> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    Complaints(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param node its name, or its address where it could not say who it is
     * @param what without anything that an agent can make up, so that it repeats
     */
    public synchronized void about(String node, String what) {
        Instant now = clock.instant();
        Instant before = logged.get(new Complaint(node, what));
        if (before == null || before.isBefore(now.minus(REMEMBERED))) {
            logged.put(new Complaint(node, what), now);
            log.warn("Node {}: {}", node, what);
        }
    }
}
