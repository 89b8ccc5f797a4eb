package org.slotwarden.portal.flag;

import org.slotwarden.portal.storage.JobHolding;
import org.slotwarden.portal.storage.StorageQueries;
import org.springframework.stereotype.Component;

/** What a job that hoards movers has of the queue of which it has most, beside what the judge says of their rise. */
@Component
class MoversHeld {

    private final StorageQueries storage;

    MoversHeld(StorageQueries storage) {
        this.storage = storage;
    }

    /** The judge's sentence with it; as it is when no storage system says so any more. */
    String with(String sentence, long jobId) {
        return storage.holdings(jobId).stream()
                .findFirst()
                .map(one -> sentence + "; " + words(one))
                .orElse(sentence);
    }

    static String words(JobHolding one) {
        StringBuilder words = new StringBuilder("holds ").append(one.movers());
        if (one.active() != null && one.active() >= one.movers() && one.active() > 0) {
            long percent = Math.round(100.0 * one.movers() / one.active());
            words.append(" of the ")
                    .append(one.active())
                    .append(" movers in use (")
                    .append(percent)
                    .append(" %)");
        } else {
            words.append(" movers");
        }
        words.append(" of queue ").append(one.queue()).append(" on ").append(one.pool());
        if (one.maxActive() != null) {
            words.append(", ").append(one.maxActive()).append(" at most");
        }
        if (one.queueQueued() != null && one.queueQueued() > 0) {
            words.append(", for which ").append(one.queueQueued()).append(" wait");
        }
        if (one.idle() > 0) {
            words.append("; ")
                    .append(one.idle())
                    .append(one.idle() == 1 ? " of its own lies idle" : " of its own lie idle");
        }
        return words.toString();
    }
}
