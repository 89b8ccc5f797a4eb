package org.slotwarden.portal.rule;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.RuleHealth;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.judging.rule.SiteRule;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Tries versions of rules on history: one at a time, on a thread of low priority, for a limited time. */
@Service
public class Trials {

    /** Hours that may be asked for: 30 days. */
    public static final int MOST_HOURS = 720;

    private static final int MOST_JOBS = 20_000;
    private static final Logger log = LoggerFactory.getLogger(Trials.class);

    private final RuleStore store;
    private final TrialStore kept;
    private final Rules rules;
    private final PastJobs past;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Duration longest;
    private final double timeScale;
    private @Nullable Run running;

    Trials(
            RuleStore store,
            TrialStore kept,
            Rules rules,
            PastJobs past,
            TransactionTemplate transaction,
            Clock clock,
            @Value("${slotwarden.rules.trial-time:2m}") Duration longest,
            @Value("${slotwarden.flags.time-scale:1}") double timeScale) {
        this.store = store;
        this.kept = kept;
        this.rules = rules;
        this.past = past;
        this.transaction = transaction;
        this.clock = clock;
        this.longest = longest;
        this.timeScale = timeScale;
    }

    /**
     * Begins to try a version.
     *
     * @return false when there is no such version
     * @throws RuleConflict when another trial runs, or the rule is retired
     */
    public synchronized boolean begin(long ruleId, int version, int hours, Viewer viewer) {
        Optional<RuleVersion> wanted = version(ruleId, version, viewer);
        if (wanted.isEmpty()) {
            return false;
        }
        if (rules.find(ruleId, viewer).filter(Rule::retired).isPresent()) {
            throw Rules.retired();
        }
        if (running != null) {
            throw new RuleConflict("Another trial runs: wait for its end, or cancel it");
        }
        Run run = new Run(wanted.get(), Math.clamp(hours, 1, MOST_HOURS), viewer.name());
        running = run;
        Thread.ofPlatform()
                .name("rule-trial")
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .start(() -> work(run));
        return true;
    }

    /** The trial that runs, or else the latest; empty when there was none. */
    public Optional<Trial> latest(long ruleId, int version, Viewer viewer) {
        Optional<RuleVersion> wanted = version(ruleId, version, viewer);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Run run = running();
        if (run != null && run.version.id() == wanted.get().id()) {
            return Optional.of(run.trial(Trial.State.RUNNING, null));
        }
        return kept.latest(wanted.get().id());
    }

    /** @return false when this version is not being tried */
    public boolean cancel(long ruleId, int version, Viewer viewer) {
        Optional<RuleVersion> wanted = version(ruleId, version, viewer);
        Run run = running();
        if (wanted.isEmpty() || run == null || run.version.id() != wanted.get().id()) {
            return false;
        }
        run.cancelled = true;
        return true;
    }

    private synchronized @Nullable Run running() {
        return running;
    }

    private Optional<RuleVersion> version(long ruleId, int version, Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins try rules");
        }
        return rules.versions(ruleId, viewer).stream()
                .filter(one -> one.version() == version)
                .findFirst();
    }

    private void work(Run run) {
        Trial.State state = Trial.State.FAILED;
        try {
            boolean all = past.judge(
                    run.set, run.startedAt.minus(Duration.ofHours(run.hours)), MOST_JOBS, run::goesOn, run::add);
            state = run.cancelled ? Trial.State.CANCELLED : all ? Trial.State.COMPLETE : Trial.State.OUT_OF_TIME;
        } catch (RuntimeException | Error e) {
            log.error("Version {} of rule {} could not be tried", run.version.version(), run.version.name(), e);
        }
        try {
            keep(run, run.trial(state, clock.instant()));
        } catch (RuntimeException e) {
            log.error("The trial of rule {} could not be stored", run.version.name(), e);
        } finally {
            synchronized (this) {
                running = null;
            }
        }
    }

    private void keep(Run run, Trial trial) {
        Long id = transaction.execute(status -> {
            store.audit(run.version.ruleId(), run.by, RuleAction.TRIED, run.version.version(), clock.instant());
            return kept.keep(run.version.id(), trial);
        });
        trial.firsts().forEach(flagged -> kept.add(Objects.requireNonNull(id), flagged));
    }

    @PreDestroy
    void stop() {
        Run run = running();
        if (run != null) {
            run.cancelled = true;
        }
    }

    private final class Run {
        private final RuleVersion version;
        private final int hours;
        private final String by;
        private final RuleSet set;
        private final Instant startedAt = clock.instant();
        private final long began = System.nanoTime();
        private final List<PastJobs.Verdict> firsts = new ArrayList<>();
        private volatile boolean cancelled;
        private int jobs;
        private int flagged;
        private double seconds;

        Run(RuleVersion version, int hours, String by) {
            this.version = version;
            this.hours = hours;
            this.by = by;
            try {
                this.set = RuleSet.alone(List.of(SiteRule.of(
                                version.id(),
                                version.name(),
                                version.version(),
                                version.expression(),
                                version.dwellSeconds(),
                                version.clearSeconds(),
                                version.severity(),
                                version.hint(),
                                Double.NEGATIVE_INFINITY)
                        .scaled(timeScale)));
            } catch (RuleException e) {
                throw new RuleRefused(e.field(), e.line(), e.column(), e.getMessage());
            }
        }

        boolean goesOn() {
            return !cancelled && System.nanoTime() - began < longest.toNanos();
        }

        synchronized void add(PastJobs.Verdict verdict) {
            jobs++;
            seconds += verdict.seconds();
            if (verdict.raisedAt() != null) {
                flagged++;
                if (firsts.size() < Trial.MOST_SHOWN) {
                    firsts.add(verdict);
                }
            }
        }

        synchronized Trial trial(Trial.State state, @Nullable Instant endedAt) {
            RuleHealth.Figures health = set.entries().getFirst().health().figures();
            return new Trial(
                    state,
                    hours,
                    by,
                    startedAt,
                    endedAt,
                    jobs,
                    seconds / 3600,
                    flagged,
                    health.evaluated(),
                    health.unknown(),
                    health.failed(),
                    health.lastFailure(),
                    List.copyOf(firsts));
        }
    }
}
