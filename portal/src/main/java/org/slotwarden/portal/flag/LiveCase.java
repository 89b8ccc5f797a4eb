package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slotwarden.judging.FlagKind;

/** A live job in memory: what the judge knows of it, and its flags that stand in the database. */
final class LiveCase {

    /** What stands in the database, kept as it is there. */
    record Flags(Map<FlagKind, FlagStore.Standing> byKind, Map<Long, FlagStore.Standing> byRule) {

        /** Most jobs have none: what is empty is to be small. */
        static Flags none() {
            return new Flags(new TreeMap<>(), new HashMap<>());
        }

        boolean isEmpty() {
            return byKind.isEmpty() && byRule.isEmpty();
        }

        /** Kinds of all of them, for lists of jobs. */
        Set<String> kinds() {
            Set<String> kinds =
                    byKind.keySet().stream().map(FlagKind::kindName).collect(Collectors.toCollection(HashSet::new));
            if (!byRule.isEmpty()) {
                kinds.add(FlagKind.SITE_RULE.kindName());
            }
            return kinds;
        }
    }

    private final Flags flags;
    private JobTrack track;
    private Instant askedAt;
    private boolean whole;

    /** @param askedAt when what the job asked for was looked up */
    LiveCase(JobTrack track, Flags flags, Instant askedAt) {
        this.track = track;
        this.flags = flags;
        this.askedAt = askedAt;
    }

    Flags flags() {
        return flags;
    }

    JobTrack track() {
        return track;
    }

    JobRequest request() {
        return track.request();
    }

    Instant askedAt() {
        return askedAt;
    }

    void asked(Instant at) {
        askedAt = at;
    }

    /** All of the last hours has been judged by this track. */
    void whole(JobTrack judged) {
        track = judged;
        whole = true;
    }

    /** The track knows a part of the job's life. */
    void part(JobTrack judged) {
        track = judged;
        whole = false;
    }

    /** What raises or clears a flag is never judged on a part of the job's life. */
    boolean needsHistory(HistoryBudget budget) {
        return !whole
                && (!flags.isEmpty()
                        || !track.standing().isEmpty()
                        || !track.ruled().isEmpty()
                        || ((track.undecided() || track.lacksPeers()) && budget.allows()));
    }
}
