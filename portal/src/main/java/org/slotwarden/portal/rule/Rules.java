package org.slotwarden.portal.rule;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.judging.rule.SiteRule;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What admins do with rules; nobody else sees them. */
@Service
public class Rules {

    /** Rules, live or not, but for those that are retired. */
    public static final int MOST = 200;

    /** Rules that judge each sample of each job. */
    public static final int MOST_LIVE = 50;

    private static final int MOST_VERSIONS = 500;
    private static final Logger log = LoggerFactory.getLogger(Rules.class);

    /** Something was done with rules, in this portal. */
    record Changed() {}

    private final RuleStore store;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final Duration longest;

    /**
     * @param history how far back samples are read again after a restart
     * @param timeScale what dwell and time to clear are multiplied with
     */
    Rules(
            RuleStore store,
            ApplicationEventPublisher events,
            Clock clock,
            @Value("${slotwarden.flags.history:12h}") Duration history,
            @Value("${slotwarden.flags.time-scale:1}") double timeScale) {
        this.store = store;
        this.events = events;
        this.clock = clock;
        // Time on the other side is subtracted, so that a dwell may have begun long before.
        this.longest = Duration.ofMillis(Math.round(history.toMillis() / 2.0 / timeScale));
    }

    /** By name, but for those that are retired. */
    @Transactional(readOnly = true)
    public List<Rule> all(Viewer viewer) {
        demandAdmin(viewer);
        return store.rules();
    }

    /** Those that were retired last first, 200 at most. */
    @Transactional(readOnly = true)
    public List<Rule> retired(Viewer viewer) {
        demandAdmin(viewer);
        return store.retired();
    }

    @Transactional(readOnly = true)
    public Optional<Rule> find(long id, Viewer viewer) {
        demandAdmin(viewer);
        return store.find(id);
    }

    /** The newest first. */
    @Transactional(readOnly = true)
    public List<RuleVersion> versions(long id, Viewer viewer) {
        demandAdmin(viewer);
        return store.versions(id);
    }

    /** The newest first. */
    @Transactional(readOnly = true)
    public List<RuleDone> done(long id, Viewer viewer) {
        demandAdmin(viewer);
        return store.done(id);
    }

    /** @throws RuleRefused with what is wrong, and where */
    public void check(RuleDraft draft, Viewer viewer) {
        demandAdmin(viewer);
        var unused = draft.checked(longest);
    }

    /**
     * Makes a rule, which is not live.
     *
     * @throws RuleRefused with what is wrong, and where
     * @throws RuleConflict when the name is taken, or there are too many rules
     */
    @Transactional
    public Rule create(RuleDraft draft, Viewer viewer) {
        demandAdmin(viewer);
        SiteRule rule = draft.checked(longest);
        if (store.count() >= MOST) {
            throw new RuleConflict("There are " + MOST + " rules, more there may not be: retire one");
        }
        try {
            return add(store.create(rule.name()), 1, rule, viewer);
        } catch (DuplicateKeyException e) {
            throw new RuleConflict("There is a rule of this name");
        }
    }

    /**
     * Adds a version, which is not live.
     *
     * @return empty when there is no such rule
     * @throws RuleRefused with what is wrong, and where
     * @throws RuleConflict when it is retired, or has too many versions
     */
    @Transactional
    public Optional<Rule> addVersion(long id, RuleDraft draft, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Rule before = store.find(id).orElseThrow();
        demandInUse(before);
        SiteRule rule = draft.named(before.name()).checked(longest);
        if (before.latest().version() >= MOST_VERSIONS) {
            throw new RuleConflict("This rule has " + MOST_VERSIONS + " versions, more there may not be");
        }
        return Optional.of(add(id, before.latest().version() + 1, rule, viewer));
    }

    private Rule add(long id, int version, SiteRule rule, Viewer viewer) {
        store.add(id, version, rule, viewer.name(), clock.instant());
        done(id, RuleAction.SAVED, version, viewer);
        return store.find(id).orElseThrow();
    }

    /**
     * Lets a version judge jobs, in the place of the one that did.
     *
     * @return empty when there is no such rule, or no such version
     * @throws RuleConflict when this very version was not tried on history, the rule is retired, or too many are live
     */
    @Transactional
    public Optional<Rule> switchOn(long id, int version, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Optional<RuleVersion> wanted = store.versions(id).stream()
                .filter(one -> one.version() == version)
                .findFirst();
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Rule before = store.find(id).orElseThrow();
        demandInUse(before);
        if (before.liveVersion() != null && before.liveVersion() == version) {
            return Optional.of(before);
        }
        if (!wanted.get().tried()) {
            throw new RuleConflict("Version " + version + " was not tried on history yet");
        }
        if (!before.live() && store.live().size() >= MOST_LIVE) {
            throw new RuleConflict(MOST_LIVE + " rules are live, more there may not be");
        }
        store.live(id, version, clock.instant());
        done(id, RuleAction.SWITCHED_ON, version, viewer);
        return store.find(id);
    }

    /** @return empty when there is no such rule */
    @Transactional
    public Optional<Rule> switchOff(long id, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Rule before = store.find(id).orElseThrow();
        if (before.liveVersion() != null) {
            store.live(id, null, null);
            done(id, RuleAction.SWITCHED_OFF, before.liveVersion(), viewer);
        }
        return store.find(id);
    }

    /**
     * Puts a rule away that is switched off: it can only be read from now on, and its name is free.
     *
     * @return empty when there is no such rule
     * @throws RuleConflict when it is live
     */
    @Transactional
    public Optional<Rule> retire(long id, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Rule before = store.find(id).orElseThrow();
        if (before.live()) {
            throw new RuleConflict("Version " + before.liveVersion() + " judges jobs: switch it off first");
        }
        if (!before.retired()) {
            store.retire(id, clock.instant());
            done(id, RuleAction.RETIRED, before.latest().version(), viewer);
        }
        return store.find(id);
    }

    private static void demandInUse(Rule rule) {
        if (rule.retired()) {
            throw retired();
        }
    }

    static RuleConflict retired() {
        return new RuleConflict("This rule is retired: it can only be read");
    }

    private void done(long id, RuleAction action, int version, Viewer viewer) {
        store.audit(id, viewer.name(), action, version, clock.instant());
        log.info("{} {} of rule {}", viewer.name(), action.words(version), id);
        events.publishEvent(new Changed());
    }

    private static void demandAdmin(Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins see and change rules");
        }
    }
}
