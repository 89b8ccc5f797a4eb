package org.slotwarden.portal.rule;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.judging.rule.SiteRule;
import org.slotwarden.portal.user.Viewer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What admins do with rules; nobody else sees them. */
@Service
public class Rules {

    /** Rules, live or not. */
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

    Rules(RuleStore store, ApplicationEventPublisher events, Clock clock) {
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /** By name. */
    @Transactional(readOnly = true)
    public List<Rule> all(Viewer viewer) {
        demandAdmin(viewer);
        return store.rules();
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
        var unused = draft.checked();
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
        SiteRule rule = draft.checked();
        if (store.taken(rule.name())) {
            throw new RuleConflict("There is a rule of this name");
        }
        if (store.count() >= MOST) {
            throw new RuleConflict("There are " + MOST + " rules, more there may not be");
        }
        long id = store.create(rule.name());
        return add(id, 1, rule, viewer);
    }

    /**
     * Adds a version, which is not live.
     *
     * @return empty when there is no such rule
     * @throws RuleRefused with what is wrong, and where
     */
    @Transactional
    public Optional<Rule> addVersion(long id, RuleDraft draft, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Rule before = store.find(id).orElseThrow();
        SiteRule rule = draft.named(before.name()).checked();
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
     * @throws RuleConflict when this very version was not tried on history, or too many rules are live
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
