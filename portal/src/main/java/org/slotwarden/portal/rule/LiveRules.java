package org.slotwarden.portal.rule;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.RuleHealth;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.judging.rule.SiteRule;
import org.slotwarden.portal.database.RowCache;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/** The rules that judge jobs now, compiled, and how they fare. What another portal changed is seen within seconds. */
@Component
public class LiveRules implements RowCache {

    private static final Logger log = LoggerFactory.getLogger(LiveRules.class);

    private final RuleStore store;
    private final ApplicationEventPublisher events;
    private final double timeScale;
    private volatile RuleSet current = RuleSet.NONE;
    private long lastDone = -1;
    /** Of rules that are not live any more. */
    private long failedBefore;

    private long skippedBefore;

    LiveRules(
            RuleStore store,
            ApplicationEventPublisher events,
            @Value("${slotwarden.flags.time-scale:1}") double timeScale,
            MeterRegistry registry) {
        this.store = store;
        this.events = events;
        this.timeScale = timeScale;
        FunctionCounter.builder(
                        "slotwarden.rules.failed",
                        this,
                        rules -> rules.total(rules.failedBefore, RuleHealth.Figures::failed))
                .description("Evaluations of site rules that failed")
                .register(registry);
        FunctionCounter.builder(
                        "slotwarden.rules.skipped",
                        this,
                        rules -> rules.total(rules.skippedBefore, RuleHealth.Figures::skipped))
                .description("Evaluations of site rules that were left out, as the rule takes too much time")
                .register(registry);
    }

    /** Any thread may ask at any time. */
    public RuleSet current() {
        return current;
    }

    /** Ids of the versions that are live. */
    public Set<Long> versions() {
        return current.entries().stream().map(entry -> entry.rule().id()).collect(Collectors.toSet());
    }

    /** What all rules together take for each sample of a job, in nanoseconds. */
    public double nanosEachSample() {
        return current.budget().nanosEachSample();
    }

    /** How the live version of a rule fares since the portal was started, or the rule was switched on. */
    public Optional<RuleHealth.Figures> health(String rule) {
        return current.entries().stream()
                .filter(entry -> entry.rule().name().equals(rule))
                .map(entry -> entry.health().figures())
                .findFirst();
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(Rules.Changed changed) {
        // Whatever its number is: somebody who did something later may have been seen before.
        forget();
        look();
    }

    /** Before the first sample is judged: flags of rules that are not known would be taken back. */
    @PostConstruct
    synchronized void load() {
        RuleSet before = current;
        List<SiteRule> live = new ArrayList<>();
        for (RuleVersion version : store.live()) {
            try {
                live.add(SiteRule.of(
                                version.id(),
                                version.name(),
                                version.version(),
                                version.expression(),
                                version.dwellSeconds(),
                                version.clearSeconds(),
                                version.severity(),
                                version.hint(),
                                store.liveSince(version.ruleId()).toEpochMilli() / 1e3)
                        .scaled(timeScale));
            } catch (RuleException e) {
                // It was one when it was saved: by an older portal, perhaps, that allowed more.
                log.error("The rule {} is left out: {}", version.name(), e.getMessage());
            }
        }
        RuleSet now = RuleSet.sharing(live, before);
        retire(before, now);
        current = now;
    }

    /** Also whatever another portal on the same database did. */
    @Scheduled(initialDelay = 0, fixedDelay = 2000)
    void look() {
        synchronized (this) {
            long done = store.lastDone();
            if (done == lastDone) {
                return;
            }
            load();
            lastDone = done;
        }
        events.publishEvent(new LiveRulesChanged());
    }

    @Override
    public synchronized void forget() {
        lastDone = -1;
    }

    private void retire(RuleSet before, RuleSet now) {
        for (RuleSet.Entry entry : before.entries()) {
            if (!now.entries().contains(entry)) {
                failedBefore += entry.health().figures().failed();
                skippedBefore += entry.health().figures().skipped();
            }
        }
    }

    private synchronized double total(long before, ToLongFunction<RuleHealth.Figures> figure) {
        return before
                + current.entries().stream()
                        .mapToLong(entry -> figure.applyAsLong(entry.health().figures()))
                        .sum();
    }

    /** By version that stands on flags and is not live: why it is not. */
    public Map<Long, String> whyNot(Set<Long> versions) {
        return store.whyNot(versions);
    }
}
