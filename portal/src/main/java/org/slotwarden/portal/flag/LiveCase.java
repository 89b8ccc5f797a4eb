package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;

/** A live job in memory: what the judge knows of it, and its flags that stand in the database. */
final class LiveCase {

    /** What stands in the database, kept as it is there. */
    record Flags(Map<FlagKind, FlagStore.Standing> byKind, Map<Long, FlagStore.Standing> byRule) {

        private static final Flags NOTHING = new Flags(Map.of(), Map.of());

        static Flags none() {
            return new Flags(new EnumMap<>(FlagKind.class), new HashMap<>());
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

    /** Null: none, as most jobs. */
    private @Nullable Flags flags;

    private JobTrack track;
    private Instant askedAt;
    private boolean whole;

    /** @param askedAt when what the job asked for was looked up */
    LiveCase(JobTrack track, Flags flags, Instant askedAt) {
        this.track = track;
        this.flags = flags.isEmpty() ? null : flags;
        this.askedAt = askedAt;
    }

    /** To be read. */
    Flags flags() {
        return flags == null ? Flags.NOTHING : flags;
    }

    /** The same, to be kept as they will be in the database. */
    Flags flagsToChange() {
        if (flags == null) {
            flags = Flags.none();
        }
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
                && (!flags().isEmpty()
                        || !track.standing().isEmpty()
                        || !track.ruled().isEmpty()
                        || ((track.undecided() || track.lacksPeers()) && budget.allows()));
    }
}
