package org.slotwarden.portal.policy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.batch.BatchSystems;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Says what versions of policies would have done, and keeps it: without one, a version cannot act. */
@Service
public class Backtests {

    /** When nothing is said. */
    public static final Duration USUAL = Duration.ofDays(30);

    private static final Duration LEAST = Duration.ofDays(1);
    private static final Duration MOST = Duration.ofDays(366);

    private final Policies policies;
    private final PolicyStore store;
    private final PastFlags flags;
    private final PolicySettings settings;
    private final BatchSystems batch;
    private final Audit audit;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final ReentrantLock working = new ReentrantLock();

    Backtests(
            Policies policies,
            PolicyStore store,
            PastFlags flags,
            PolicySettings settings,
            BatchSystems batch,
            Audit audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.policies = policies;
        this.store = store;
        this.flags = flags;
        this.settings = settings;
        this.batch = batch;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Makes one.
     *
     * @param version null: the newest
     * @param from null: 30 days before {@code to}
     * @param to null: now
     * @return empty when there is no such policy, or no such version
     * @throws BadParameterException when the stretch of time is shorter than a day or longer than a year
     * @throws PolicyConflict while another one is made
     */
    public Optional<Backtest> make(
            long policyId, @Nullable Integer version, @Nullable Instant from, @Nullable Instant to, Viewer viewer) {
        Optional<PolicyVersion> wanted = policies.versions(policyId, viewer).stream()
                .filter(one -> version == null || one.version() == version)
                .findFirst();
        Instant now = clock.instant();
        Instant end = to == null ? now : to;
        Instant begin = from == null ? end.minus(USUAL) : from;
        Duration length = Duration.between(begin, end);
        if (length.compareTo(LEAST) < 0 || length.compareTo(MOST) > 0) {
            throw new BadParameterException("from", "must be a day to a year before to");
        }
        return wanted.map(one -> {
            if (!working.tryLock()) {
                throw new PolicyConflict("Another back-test is being made: wait for its end");
            }
            try {
                return make(policyId, one, begin, end.isAfter(now) ? now : end, viewer);
            } finally {
                working.unlock();
            }
        });
    }

    private Backtest make(long policyId, PolicyVersion version, Instant from, Instant to, Viewer viewer) {
        long began = System.nanoTime();
        BacktestRun run = new BacktestRun(version.terms(), settings.siteActsPerHour(), batch, to);
        flags.each(from, to, version.terms().asksForNodes(), run::add);
        long finished = flags.finishedJobs(from, to);
        double seconds = Math.rint((System.nanoTime() - began) / 1e6) / 1e3;
        Backtest made = run.result(version.version(), from, viewer.name(), clock.instant(), seconds, finished);
        String name = policies.find(policyId, viewer).map(Policy::name).orElse("");
        transaction.executeWithoutResult(status -> {
            store.keep(version.id(), made);
            audit.add(
                    Actor.of(viewer),
                    "policy-backtest",
                    "policy " + policyId,
                    null,
                    name + ", version " + version.version() + ": from " + from + " to " + to);
        });
        return made;
    }

    /** The latest of a version. */
    public Optional<Backtest> latest(long policyId, int version, Viewer viewer) {
        return policies.version(policyId, version, viewer).flatMap(one -> store.backtest(one.id()));
    }
}
