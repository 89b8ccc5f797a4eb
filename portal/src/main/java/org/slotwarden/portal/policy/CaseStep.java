package org.slotwarden.portal.policy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.notice.NoticeKind;
import org.slotwarden.portal.notice.Notices;
import org.slotwarden.portal.order.OrderKind;
import org.slotwarden.portal.order.OrderRefused;
import org.slotwarden.portal.order.OrderWish;
import org.slotwarden.portal.order.Orders;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes one step of a case: a stage, what it does, and the entry of it, in one transaction. All that it depends on is
 * read again within it.
 */
@Component
class CaseStep {

    private static final Duration HOUR = Duration.ofHours(1);

    private final PolicyStore policies;
    private final CaseStore cases;
    private final Orders orders;
    private final Notices notices;
    private final Audit audit;
    private final PolicySettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    CaseStep(
            PolicyStore policies,
            CaseStore cases,
            Orders orders,
            Notices notices,
            Audit audit,
            PolicySettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.policies = policies;
        this.cases = cases;
        this.orders = orders;
        this.notices = notices;
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Where a case stands.
     *
     * @param over why it is over; null: it is not, and all else is known
     * @param flag that it goes by from now on
     */
    record Standing(
            @Nullable String over,
            @Nullable Running policyOrNull,
            @Nullable FlaggedJob jobOrNull,
            FlaggedJob.@Nullable Standing flagOrNull,
            @Nullable Instant killSince) {

        private static Standing over(String why) {
            return new Standing(why, null, null, null, null);
        }

        Running policy() {
            return Objects.requireNonNull(policyOrNull);
        }

        FlaggedJob job() {
            return Objects.requireNonNull(jobOrNull);
        }

        FlaggedJob.Standing flag() {
            return Objects.requireNonNull(flagOrNull);
        }

        boolean changes(CaseStore.Open known) {
            return flag().id() != known.flagId() || !Objects.equals(killSince, known.killSince());
        }
    }

    /**
     * @param policy what is followed of it now; null: nothing
     * @param job null: it has ended, or no flag stands on it
     */
    static Standing standing(CaseStore.Open known, @Nullable Running policy, @Nullable FlaggedJob job, Instant now) {
        if (policy == null || policy.versionId() != known.versionId() || policy.dryRun() != known.dryRun()) {
            return Standing.over("the policy was changed or switched off");
        }
        if (job == null) {
            return Standing.over("the flag does not stand any more, or the job has ended");
        }
        List<FlaggedJob.Standing> about = policy.terms().about(job);
        Optional<FlaggedJob.Standing> same =
                about.stream().filter(flag -> flag.id() == known.flagId()).findFirst();
        if (same.isEmpty()) {
            return Standing.over(
                    policy.terms().concerns(job)
                            ? "the flag does not stand any more"
                            : "the policy is not for this job any more");
        }
        FlaggedJob.Standing gravest = about.getFirst();
        FlaggedJob.Standing flag = gravest.severity().compareTo(same.get().severity()) > 0 ? gravest : same.get();
        Instant killSince = flag.severity() != Severity.KILL
                ? null
                : flag.id() == known.flagId() && known.killSince() != null ? known.killSince() : now;
        return new Standing(null, policy, job, flag, killSince);
    }

    /** Whether the next stage is to be done now. */
    static boolean due(CaseStore.Open known, Standing standing, Instant now) {
        PolicyTerms terms = standing.policy().terms();
        Optional<PolicyTerms.Stage> stage = terms.stage(known.stage());
        if (stage.isEmpty() || known.nextAt() == null || now.isBefore(known.nextAt())) {
            return false;
        }
        return !stage.get().what().stopsTheJob() || stopDue(known, standing, known.nextAt(), now);
    }

    /**
     * A kill, or what else stops a job, wants more than its time: a flag that is worth one, has been for the dwell, and
     * was judged again since the grace is over. What nobody has heard of since then may have changed.
     */
    private static boolean stopDue(CaseStore.Open known, Standing standing, Instant nextAt, Instant now) {
        FlaggedJob job = standing.job();
        return standing.killSince() != null
                && !now.isBefore(
                        standing.killSince().plus(standing.policy().terms().dwell()))
                && (known.warnedAt() == null || !now.isBefore(known.warnedAt().plus(PolicyTerms.LEAST_GRACE)))
                && job.state() == JobState.RUNNING
                && !job.heardAt().isBefore(nextAt);
    }

    /** Does nothing when the step was taken by another portal, or is not to be taken any more. */
    void take(CaseStore.Open known) {
        try {
            transaction.executeWithoutResult(status -> take(known, null));
        } catch (OrderRefused e) {
            // All of it was rolled back, as the order cannot be given.
            transaction.executeWithoutResult(status -> take(known, e.why()));
        }
    }

    /** @param impossible why the stage cannot be done; null: it is not known that it cannot */
    private void take(CaseStore.Open before, @Nullable String impossible) {
        cases.takeTurn();
        Running policy = policies.lockRunning(before.policyId()).orElse(null);
        CaseStore.Open known = cases.lock(before.id()).orElse(null);
        if (known == null || known.stage() != before.stage()) {
            return;
        }
        Instant now = clock.instant();
        FlaggedJob job = cases.flagged(
                        known.jobId(), policy != null && policy.terms().asksForNodes())
                .get(known.jobId());
        Standing standing = standing(known, policy, job, now);
        if (standing.over() != null) {
            cases.end(known.id(), standing.over(), now);
            return;
        }
        if (!due(known, standing, now)) {
            return;
        }
        PolicyTerms terms = standing.policy().terms();
        PolicyTerms.Stage stage = terms.stage(known.stage()).orElseThrow();
        String whyNot = impossible != null ? impossible : whyNot(known, standing, stage.what(), now);
        StageKind done = whyNot == null ? stage.what() : StageKind.NOTIFY;
        Long order = null;
        if (done.stopsTheJob() && !known.dryRun()) {
            order = orders.give(known.jobId(), wish(stage), reason(standing), actor(standing.policy()))
                    .id();
        }
        cases.act(known, standing.job(), standing.flag(), now, stage.what(), done, whyNot, order);
        Instant next = terms.stage(known.stage() + 1)
                .map(following -> now.plus(following.after()))
                .orElse(null);
        cases.advance(known, done == StageKind.WARN ? now : null, next);
        if (!known.dryRun()) {
            tell(known, standing, done, whyNot, now);
            audit.add(
                    actor(standing.policy()),
                    "policy-" + done.word(),
                    "job " + known.jobId(),
                    known.jobId(),
                    "version " + standing.policy().version() + ", stage " + (known.stage() + 1) + ", "
                            + standing.flag().kind() + ": " + standing.flag().sentence()
                            + (whyNot == null ? "" : "; no " + stage.what().word() + ": " + whyNot));
        }
    }

    private static OrderWish wish(PolicyTerms.Stage stage) {
        return switch (stage.what()) {
            case HOLD -> new OrderWish.Hold();
            case REQUEUE -> new OrderWish.Requeue();
            case CANCEL -> new OrderWish.Cancel();
            case KILL -> new OrderWish.Kill(Objects.requireNonNullElse(stage.graceSeconds(), 0));
            case NOTIFY, WARN -> throw new IllegalArgumentException("No order");
        };
    }

    private static Actor actor(Running policy) {
        return Actor.policy(policy.name());
    }

    /** Why no more than a notice may be done; null: it may. */
    private @Nullable String whyNot(CaseStore.Open known, Standing standing, StageKind wanted, Instant now) {
        if (!wanted.act()) {
            return null;
        }
        PolicyTerms terms = standing.policy().terms();
        String user = standing.job().user();
        if (!terms.works(now)) {
            return "outside the working hours of the policy";
        }
        if (wanted == StageKind.WARN && user == null) {
            return "nobody knows whose job it is";
        }
        if (wanted.stopsTheJob() && known.warnedAt() == null) {
            return "its owner was not warned";
        }
        String other = wanted.stopsTheJob() ? underWay(known.jobId()) : null;
        if (other != null) {
            return "a " + other + " is under way already";
        }
        Optional<String> cannot = wanted.throughBatch() ? orders.notThroughBatch(known.jobId()) : Optional.empty();
        if (cannot.isPresent()) {
            return cannot.get();
        }
        CaseStore.Done done = cases.done(wanted.countedWith(), known.dryRun(), known.policyId(), user, now.minus(HOUR));
        return overCap(terms.caps(), settings.siteActsPerHour(), done.site(), done.user(), done.policy(), wanted);
    }

    private @Nullable String underWay(long jobId) {
        return orders.underWay(jobId).stream()
                .filter(OrderKind::stopsTheJob)
                .sorted()
                .map(OrderKind::kindName)
                .findFirst()
                .orElse(null);
    }

    /** What the caps say to one act more, after so many within an hour; null: nothing. */
    static @Nullable String overCap(
            PolicyTerms.Caps caps, int mostOfSite, int site, int user, int policy, StageKind wanted) {
        int ofSite = Math.min(caps.site(), mostOfSite);
        if (site >= ofSite) {
            return "above the cap of the site, " + ofSite + " of " + wanted.word() + " an hour";
        }
        if (user >= caps.user()) {
            return "above the cap of a user, " + caps.user() + " of " + wanted.word() + " an hour";
        }
        return policy >= caps.policy()
                ? "above the cap of the policy, " + caps.policy() + " of " + wanted.word() + " an hour"
                : null;
    }

    /** For the order, at most 200 characters. */
    private static String reason(Standing standing) {
        String reason =
                title(standing.flag()) + " (version " + standing.policy().version() + "): "
                        + standing.flag().sentence().replaceAll("\\p{Cntrl}", " ");
        return reason.length() <= 200 ? reason : reason.substring(0, reason.offsetByCodePoints(199, -1)) + "…";
    }

    private static String title(FlaggedJob.Standing flag) {
        return FlagKind.named(flag.kind())
                .map(FlagKind::title)
                .orElse(flag.kind().replaceFirst("^rule:", ""));
    }

    private void tell(CaseStore.Open known, Standing standing, StageKind done, @Nullable String whyNot, Instant now) {
        Running policy = standing.policy();
        FlaggedJob job = standing.job();
        FlaggedJob.Standing flag = standing.flag();
        String about = "Job " + job.batchJobId() + ": " + title(flag);
        String seen = title(flag) + ": " + flag.sentence();
        if (done == StageKind.WARN) {
            add(known, standing, job.user(), NoticeKind.WARN, about, seen + ". " + announced(known, policy), now);
            return;
        }
        String what = switch (done) {
            case HOLD, REQUEUE, CANCEL, KILL -> "A " + done.word() + " was ordered.";
            default -> whyNot == null ? "Nothing was done." : "Nothing was done, as " + whyNot + ".";
        };
        NoticeKind kind = switch (done) {
            case HOLD -> NoticeKind.HOLD;
            case REQUEUE -> NoticeKind.REQUEUE;
            case CANCEL -> NoticeKind.CANCEL;
            case KILL -> NoticeKind.KILL;
            case NOTIFY, WARN -> NoticeKind.NOTIFY;
        };
        add(known, standing, null, kind, about, what + " " + seen, now);
        if (done.act() && job.user() != null) {
            add(known, standing, job.user(), kind, about, what + " " + seen, now);
        }
    }

    private void add(
            CaseStore.Open known,
            Standing standing,
            @Nullable String user,
            NoticeKind kind,
            String subject,
            String text,
            Instant now) {
        FlaggedJob.Standing flag = standing.flag();
        notices.add(
                new Notices.News(user, known.jobId(), kind, flag.id(), flag.kind(), subject, text),
                actor(standing.policy()),
                now);
    }

    /** What comes next unless the flag is cleared. */
    private static String announced(CaseStore.Open known, Running policy) {
        Duration after = Duration.ZERO;
        for (int i = known.stage() + 1; i < policy.terms().stages().size(); i++) {
            PolicyTerms.Stage stage = policy.terms().stages().get(i);
            after = after.plus(stage.after());
            if (stage.what().stopsTheJob()) {
                return "If that does not end, the job will be " + stage.what().done() + ", not before "
                        + PolicyTerms.words(after) + " from now.";
            }
        }
        return "Please look at it.";
    }
}
