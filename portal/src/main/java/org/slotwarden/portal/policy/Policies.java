package org.slotwarden.portal.policy;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.user.Viewer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What admins do with policies; nobody else sees them. */
@Service
@Transactional
public class Policies {

    /** Policies, whatever their state. */
    public static final int MOST = 100;

    private static final int MOST_VERSIONS = 500;
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,59}");

    private final PolicyStore store;
    private final CaseStore cases;
    private final Audit audit;
    private final PolicySettings settings;
    private final Clock clock;

    Policies(PolicyStore store, CaseStore cases, Audit audit, PolicySettings settings, Clock clock) {
        this.store = store;
        this.cases = cases;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** By name. */
    @Transactional(readOnly = true)
    public List<Policy> all(Viewer viewer) {
        demandAdmin(viewer);
        return store.policies();
    }

    @Transactional(readOnly = true)
    public Optional<Policy> find(long id, Viewer viewer) {
        demandAdmin(viewer);
        return store.find(id);
    }

    /** The newest first. */
    @Transactional(readOnly = true)
    public List<PolicyVersion> versions(long id, Viewer viewer) {
        demandAdmin(viewer);
        return store.versions(id);
    }

    @Transactional(readOnly = true)
    public Optional<PolicyVersion> version(long id, int version, Viewer viewer) {
        return versions(id, viewer).stream()
                .filter(one -> one.version() == version)
                .findFirst();
    }

    /** What was done, or would have been, the newest first. */
    public record Acts(List<PolicyAct> acts, long total) {}

    @Transactional(readOnly = true)
    public Acts acts(long id, int page, int size, Viewer viewer) {
        demandAdmin(viewer);
        return new Acts(cases.acts(id, page, size), cases.countActs(id));
    }

    /** What was done to a job, or would have been, by all policies, the oldest first. */
    @Transactional(readOnly = true)
    public List<PolicyAct> actsOfJob(long jobId, Viewer viewer) {
        demandAdmin(viewer);
        return cases.actsOfJob(jobId);
    }

    /** Jobs at which a policy is now. */
    @Transactional(readOnly = true)
    public long openCases(long id, Viewer viewer) {
        demandAdmin(viewer);
        return cases.countOpen(id);
    }

    /** Whether another admin has to approve. */
    public boolean secondAdmin() {
        return settings.secondAdmin();
    }

    /**
     * Makes a policy, in dry run.
     *
     * @throws PolicyRefused with what is wrong, and where
     * @throws PolicyConflict when the name is taken, or there are too many policies
     */
    public Policy create(@Nullable String name, @Nullable PolicyTerms terms, Viewer viewer) {
        demandAdmin(viewer);
        String called = name == null ? "" : name.strip();
        if (!NAME.matcher(called).matches()) {
            throw new PolicyRefused(
                    "name",
                    "must be 1 to 60 letters, digits, blanks, dots, hyphens or underscores, a letter or digit first");
        }
        PolicyTerms checked = checked(terms);
        if (store.taken(called)) {
            throw new PolicyConflict("There is a policy of this name");
        }
        if (store.count() >= MOST) {
            throw new PolicyConflict("There are " + MOST + " policies, more there may not be");
        }
        return add(store.create(called), 1, checked, viewer);
    }

    /**
     * Adds a version. It is followed in dry run, unless another version acts: then that one goes on until this one is
     * switched on.
     *
     * @return empty when there is no such policy
     * @throws PolicyRefused with what is wrong, and where
     */
    public Optional<Policy> addVersion(long id, @Nullable PolicyTerms terms, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Policy before = store.find(id).orElseThrow();
        PolicyTerms checked = checked(terms);
        if (before.latest().version() >= MOST_VERSIONS) {
            throw new PolicyConflict("This policy has " + MOST_VERSIONS + " versions, more there may not be");
        }
        if (before.state() == PolicyState.OFF) {
            store.state(id, PolicyState.DRY_RUN, null, null);
        }
        return Optional.of(add(id, before.latest().version() + 1, checked, viewer));
    }

    /**
     * Rules of the site that the newest version names, or the one that acts, and that were retired since: no job is
     * flagged by them any more.
     */
    @Transactional(readOnly = true)
    public List<String> retiredRules(Policy policy, Viewer viewer) {
        demandAdmin(viewer);
        Integer live = policy.liveVersion();
        Stream<PolicyVersion> acting = live == null || live == policy.latest().version()
                ? Stream.of()
                : version(policy.id(), live, viewer).stream();
        return Stream.concat(Stream.of(policy.latest()), acting)
                .flatMap(version -> version.terms().rules().stream())
                .distinct()
                .filter(name -> !store.ruleExists(name))
                .toList();
    }

    private PolicyTerms checked(@Nullable PolicyTerms terms) {
        if (terms == null) {
            throw new PolicyRefused("terms", "are missing");
        }
        return terms.checked(store::ruleExists);
    }

    private Policy add(long id, int version, PolicyTerms terms, Viewer viewer) {
        store.add(id, version, terms, viewer.name(), clock.instant());
        return done(id, "policy-saved", version, "", viewer);
    }

    /**
     * Lets a version act; where the site wants a second admin, asks for the approval.
     *
     * @return empty when there is no such policy, or no such version
     * @throws PolicyConflict when no back-test of this very version was made
     */
    public Optional<Policy> switchOn(long id, int version, Viewer viewer) {
        return lockedToAct(id, version, viewer).map(before -> {
            if (before.on() && before.liveVersion() != null && before.liveVersion() == version) {
                return before;
            }
            if (settings.secondAdmin()) {
                store.asked(id, version, viewer.name(), clock.instant());
                return done(id, "policy-asked", version, "asked to switch it on", viewer);
            }
            return on(id, version, "", viewer);
        });
    }

    /**
     * Lets the version act that another admin asked for.
     *
     * @return empty when there is no such policy, or no such version
     * @throws PolicyConflict when nobody asked for it, or the viewer did
     */
    public Optional<Policy> approve(long id, int version, Viewer viewer) {
        return lockedToAct(id, version, viewer).map(before -> {
            if (before.askedVersion() == null || before.askedVersion() != version) {
                throw new PolicyConflict("Nobody asked to switch version " + version + " on");
            }
            if (viewer.name().equals(before.askedBy())) {
                throw new PolicyConflict("You asked for it yourself: another admin has to approve");
            }
            return on(id, version, "asked by " + before.askedBy(), viewer);
        });
    }

    private Optional<Policy> lockedToAct(long id, int version, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        return version(id, version, viewer).map(wanted -> {
            if (!wanted.backtested()) {
                throw new PolicyConflict(
                        "No back-test of version " + version + " was made yet that covers the last week or more");
            }
            return store.find(id).orElseThrow();
        });
    }

    private Policy on(long id, int version, String about, Viewer viewer) {
        store.state(id, PolicyState.ON, version, clock.instant());
        cases.endAll(id, "version " + version + " was switched on", clock.instant());
        return done(id, "policy-on", version, about, viewer);
    }

    /**
     * Lets a policy act no more. What it was at ends, without an act.
     *
     * @param dryRun whether it is still followed, and what it would have done recorded
     * @return empty when there is no such policy
     */
    public Optional<Policy> switchOff(long id, boolean dryRun, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Policy before = store.find(id).orElseThrow();
        PolicyState wanted = dryRun ? PolicyState.DRY_RUN : PolicyState.OFF;
        if (before.state() == wanted && before.askedVersion() == null) {
            return Optional.of(before);
        }
        store.state(id, wanted, null, null);
        if (before.state() != wanted) {
            cases.endAll(id, "the policy was switched off", clock.instant());
        }
        int version = before.liveVersion() == null ? before.latest().version() : before.liveVersion();
        return Optional.of(done(
                id,
                dryRun ? "policy-dry-run" : "policy-off",
                version,
                before.askedVersion() == null ? "" : "takes back what " + before.askedBy() + " asked",
                viewer));
    }

    /** Last in its transaction: see {@link Audit}. */
    private Policy done(long id, String action, int version, String about, Viewer viewer) {
        Policy now = store.find(id).orElseThrow();
        audit.add(
                Actor.of(viewer),
                action,
                "policy " + id,
                null,
                now.name() + ", version " + version + (about.isEmpty() ? "" : ": " + about));
        return now;
    }

    private static void demandAdmin(Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins see and change policies");
        }
    }
}
