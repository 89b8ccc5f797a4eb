package org.slotwarden.judging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The flags of a job that stand. Of what the detectors found it says what is told, what is held back because another
 * flag explains it, and what becomes worth a kill.
 */
final class StandingFlags {

    private static final FlagKind[] KINDS =
            EnumSet.complementOf(EnumSet.of(FlagKind.SITE_RULE)).toArray(FlagKind[]::new);

    /** Kinds that do harm or waste beyond the job itself, and that two signals may call worth a kill. */
    private static final Set<FlagKind> KILLABLE = EnumSet.of(
            FlagKind.PROCESS_STORM,
            FlagKind.PROCESS_LEAK,
            FlagKind.SOCKET_LEAK,
            FlagKind.FILE_LEAK,
            FlagKind.MEMORY_LEAK,
            FlagKind.DISK_FILL,
            FlagKind.NETWORK_FLOOD,
            FlagKind.IO_STORM,
            FlagKind.HANG,
            FlagKind.CPU_OVERUSE);

    private final JobDetectors detectors;
    /** Seconds. */
    private final double causeLingers;

    /** By kind; null before the first. */
    private @Nullable Flag @Nullable [] flags;

    private double @Nullable [] explainedAt;

    /**
     * @param causeLingers seconds for which a cause that is gone still explains its symptoms
     */
    StandingFlags(JobDetectors detectors, double causeLingers) {
        this.detectors = detectors;
        this.causeLingers = causeLingers;
    }

    private static final class Flag {
        private Finding finding;
        /** Seconds in which it was seen to hold since it was warned of. */
        private double heldFor;

        private String reason = "";

        private Flag(Finding finding) {
            this.finding = finding;
        }
    }

    Set<FlagKind> kinds() {
        Set<FlagKind> standing = EnumSet.noneOf(FlagKind.class);
        for (FlagKind kind : KINDS) {
            if (raised(kind) != null) {
                standing.add(kind);
            }
        }
        return standing;
    }

    /**
     * @throws IllegalArgumentException when no such flag stands
     */
    Severity severity(FlagKind kind) {
        return flag(kind).finding.severity();
    }

    /**
     * The evidence as of the last sample.
     *
     * @throws IllegalArgumentException when no such flag stands
     */
    Finding finding(FlagKind kind) {
        Flag flag = flag(kind);
        Detector stands = detectors.standing(kind);
        return stands == null ? flag.finding : stands.finding().withSeverity(flag.finding.severity(), flag.reason);
    }

    private @Nullable Flag raised(FlagKind kind) {
        return flags == null ? null : flags[kind.ordinal()];
    }

    private void raised(FlagKind kind, @Nullable Flag flag) {
        if (flags == null) {
            flags = new Flag[KINDS.length];
        }
        flags[kind.ordinal()] = flag;
    }

    private Flag flag(FlagKind kind) {
        Flag flag = raised(kind);
        if (flag == null) {
            throw new IllegalArgumentException(kind.kindName() + " does not stand");
        }
        return flag;
    }

    /**
     * Follows what the detectors say after a sample.
     *
     * @param time of the sample, in seconds
     * @return what changes by it, causes before symptoms
     */
    List<Change> follow(double time) {
        List<Change> changes = new ArrayList<>(0);
        for (FlagKind kind : KINDS) {
            Detector stands = detectors.standing(kind);
            Flag flag = raised(kind);
            if (flag == null) {
                if (stands != null && mayRaise(stands, time)) {
                    flag = new Flag(stands.finding());
                    raised(kind, flag);
                    changes.add(new Change(Change.What.RAISED, time, flag.finding));
                }
            } else if (stands == null) {
                raised(kind, null);
                changes.add(new Change(Change.What.CLEARED, time, flag.finding));
            } else if (grows(flag, stands)) {
                changes.add(new Change(Change.What.SEVERITY_RISEN, time, flag.finding));
            }
        }
        return changes;
    }

    /** What is worth knowing only explains nothing graver. */
    private boolean mayRaise(Detector stands, double time) {
        FlagKind kind = stands.kind();
        boolean waits = false;
        for (FlagKind cause : Causes.of(kind)) {
            Flag explains = raised(cause);
            boolean asGrave = explains == null
                    || explains.finding.severity().compareTo(stands.finding().severity()) >= 0;
            if (explains != null && asGrave) {
                if (explainedAt == null) {
                    explainedAt = new double[KINDS.length];
                    Arrays.fill(explainedAt, Double.NEGATIVE_INFINITY);
                }
                explainedAt[kind.ordinal()] = time;
                return false;
            }
            waits |= asGrave && Causes.waits(kind) && detectors.suspected(cause);
        }
        return !waits && (explainedAt == null || time - explainedAt[kind.ordinal()] >= causeLingers);
    }

    /**
     * Seen to hold, since it was warned of, for as long as it dwelt, and now, and something else says so, too. What was
     * not measured is no proof: not a gap, nor a slot that is not heard of any more.
     */
    private boolean grows(Flag flag, Detector stands) {
        if (flag.finding.severity() == Severity.KILL) {
            return false;
        }
        boolean warned = flag.finding.severity() == Severity.WARN;
        if (warned) {
            double elapsed = detectors.elapsed(stands);
            if (!KILLABLE.contains(stands.kind()) || Double.isNaN(elapsed) || !stands.holds()) {
                return false;
            }
            flag.heldFor += elapsed;
            if (flag.heldFor < flag.finding.dwellSeconds()) {
                return false;
            }
        }
        Finding now = stands.finding();
        if (!warned) {
            flag.heldFor = 0;
            boolean graver = now.severity().compareTo(flag.finding.severity()) > 0;
            flag.finding = graver ? now : flag.finding;
            return graver;
        }
        FlagKind other = otherWarning(stands.kind());
        if (!now.secondSignal() && other == null) {
            return false;
        }
        flag.reason = "; worth a kill: it was warned of, stood for %s more and %s"
                .formatted(
                        Wording.duration(flag.heldFor),
                        other == null
                                ? "a hard limit is near, others suffer, or it had reported progress before"
                                : other.kindName() + " stands, too");
        flag.finding = now.withSeverity(Severity.KILL, flag.reason);
        return true;
    }

    /** What explains this kind, or is explained by it, is the same signal again. */
    private @Nullable FlagKind otherWarning(FlagKind kind) {
        for (FlagKind another : KINDS) {
            Flag flag = raised(another);
            if (flag != null
                    && flag.finding.kind() != kind
                    && KILLABLE.contains(flag.finding.kind())
                    && !Causes.of(flag.finding.kind()).contains(kind)
                    && !Causes.of(kind).contains(flag.finding.kind())
                    && flag.finding.severity() != Severity.INFO
                    && holds(flag.finding.kind())) {
                return flag.finding.kind();
            }
        }
        return null;
    }

    private boolean holds(FlagKind kind) {
        Detector stands = detectors.standing(kind);
        return stands != null && stands.holds();
    }
}
