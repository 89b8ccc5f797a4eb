package org.slotwarden.portal.flag;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobFlags;
import org.slotwarden.portal.notice.FlagNotices;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes the flags in the database what the judge says, and asks nodes for what is to be known of them. */
@Component
class FlagSettling {

    private final Duration updateEvery;
    private final FlagStore store;
    private final RuleFlags ruleFlags;
    private final JobFlags jobFlags;
    private final HeldBackSamples heldBack;
    private final EvidenceRequests evidence;
    private final FlagNotices notices;
    private final MoversHeld movers;
    private final TransactionTemplate transaction;
    private final Clock clock;

    FlagSettling(
            FlagProperties properties,
            FlagStore store,
            RuleFlags ruleFlags,
            JobFlags jobFlags,
            HeldBackSamples heldBack,
            EvidenceRequests evidence,
            FlagNotices notices,
            MoversHeld movers,
            TransactionTemplate transaction,
            Clock clock) {
        this.updateEvery = properties.updateEveryInEffect();
        this.store = store;
        this.ruleFlags = ruleFlags;
        this.jobFlags = jobFlags;
        this.heldBack = heldBack;
        this.evidence = evidence;
        this.notices = notices;
        this.movers = movers;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** A flag that was raised just now. */
    record Raised(long flagId, FlagKind kind, FlagStore.Verdict verdict) {}

    /** @param at time of the sample that was judged last */
    void settle(long jobId, LiveCase current, Instant at) {
        Set<FlagKind> standing = current.track().standing();
        List<RuleCase.Standing> ruled = current.track().ruled();
        if (standing.isEmpty() && ruled.isEmpty() && current.flags().isEmpty()) {
            return;
        }
        LiveCase.Flags flags = current.flagsToChange();
        if (!standing.equals(flags.byKind().keySet()) || RuleFlags.changes(flags.byRule(), ruled)) {
            transaction.executeWithoutResult(status -> raiseAndClear(jobId, current, at));
        }
        for (FlagKind kind : standing) {
            FlagStore.Standing flag = Objects.requireNonNull(flags.byKind().get(kind));
            Severity severity = graver(flag.severity(), current.track().severity(kind));
            if (severity != flag.severity() || !at.isBefore(flag.writtenAt().plus(updateEvery))) {
                FlagStore.Verdict verdict = verdict(jobId, current, kind, severity, at);
                if (severity != flag.severity()) {
                    transaction.executeWithoutResult(status -> {
                        store.renew(flag.id(), verdict);
                        if (severity == Severity.KILL) {
                            evidence.ask(jobId, verdict.slotId(), flag.id(), kind.kindName(), true);
                        }
                        notices.flagged(flag.id(), kind, flag.severity(), severity, verdict.sentence());
                    });
                } else {
                    store.renew(flag.id(), verdict);
                }
                flags.byKind().put(kind, flag.written(severity, at));
            }
        }
        ruleFlags.renew(flags.byRule(), ruled, at, updateEvery);
    }

    private void raiseAndClear(long jobId, LiveCase current, Instant at) {
        Set<FlagKind> standing = current.track().standing();
        LiveCase.Flags flags = current.flagsToChange();
        List<Raised> raised = new ArrayList<>();
        for (FlagKind kind : FlagKind.values()) {
            FlagStore.Standing flag = flags.byKind().get(kind);
            if (standing.contains(kind) && flag == null) {
                FlagStore.Verdict verdict =
                        verdict(jobId, current, kind, current.track().severity(kind), at);
                FlagStore.Standing stands = store.raise(jobId, kind, verdict, at);
                flags.byKind().put(kind, stands);
                raised.add(new Raised(stands.id(), kind, verdict));
            } else if (!standing.contains(kind) && flag != null) {
                store.clear(flag.id(), at);
                flags.byKind().remove(kind);
            }
        }
        raised.addAll(
                ruleFlags.raiseAndClear(jobId, flags.byRule(), current.track().ruled(), at, clock.instant()));
        jobFlags.show(jobId, flags.kinds());
        // Last: the job's row is locked by now, as everybody locks it before its slots.
        for (Raised flag : raised) {
            FlagStore.Verdict verdict = flag.verdict();
            heldBack.askForFlag(jobId, verdict.slotId(), flag.flagId());
            if (verdict.severity() != Severity.INFO) {
                evidence.ask(jobId, verdict.slotId(), flag.flagId(), flag.kind().kindName(), false);
            }
            notices.flagged(flag.flagId(), flag.kind(), null, verdict.severity(), verdict.sentence());
        }
    }

    private FlagStore.Verdict verdict(long jobId, LiveCase current, FlagKind kind, Severity severity, Instant at) {
        Finding finding = current.track().finding(kind);
        String sentence = kind == FlagKind.MOVER_HOARD ? movers.with(finding.sentence(), jobId) : finding.sentence();
        return new FlagStore.Verdict(current.track().slot(kind), severity, sentence, Evidence.of(finding, at));
    }

    private static Severity graver(Severity one, Severity other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** What stands ends with the job. */
    void end(long jobId, Instant at) {
        transaction.executeWithoutResult(status -> {
            store.end(jobId, at);
            jobFlags.show(jobId, Set.of());
        });
    }

    /**
     * Takes back what rules said of a job that are not live any more.
     *
     * @param current null: the job is not in memory
     */
    void dropRules(long jobId, @Nullable LiveCase current, Instant now) {
        transaction.executeWithoutResult(status -> {
            LiveCase.Flags none = LiveCase.Flags.none();
            LiveCase.Flags flags = new LiveCase.Flags(
                    store.standing(Set.of(jobId)).getOrDefault(jobId, none.byKind()),
                    store.standingByRule(Set.of(jobId)).getOrDefault(jobId, none.byRule()));
            ruleFlags.dropOthers(flags.byRule(), now);
            jobFlags.show(jobId, flags.kinds());
            if (current != null) {
                current.flagsToChange().byRule().clear();
                current.flagsToChange().byRule().putAll(flags.byRule());
            }
        });
    }
}
