package org.slotwarden.portal.policy;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.policy.CaseStep.Standing;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Follows policies. All that it knows from one look to the next stands in the database, so that another portal, or this
 * one after a restart, goes on where it was: nothing is done twice, and no grace is shorter than it was.
 */
@Component
class PolicyEngine {

    private static final Logger log = LoggerFactory.getLogger(PolicyEngine.class);

    private final PolicyStore policies;
    private final CaseStore cases;
    private final CaseStep step;
    private final Clock clock;
    private final ReentrantLock looking = new ReentrantLock();

    PolicyEngine(PolicyStore policies, CaseStore cases, CaseStep step, Clock clock) {
        this.policies = policies;
        this.cases = cases;
        this.step = step;
        this.clock = clock;
    }

    /** At a fixed rate: what runs with a fixed delay waits for others that do. */
    @Scheduled(
            initialDelayString = "${slotwarden.policies.look-every:10s}",
            fixedRateString = "${slotwarden.policies.look-every:10s}")
    void lookInTurn() {
        if (!looking.tryLock()) {
            return;
        }
        try {
            look();
        } catch (DataAccessException | TransactionException e) {
            log.warn("Policies could not be followed, which is tried again: {}", e.toString());
        } finally {
            looking.unlock();
        }
    }

    /** Begins, follows and ends cases, and takes the steps that are due. */
    void look() {
        List<Running> running = policies.running();
        List<CaseStore.Open> open = cases.open();
        if (running.isEmpty() && open.isEmpty()) {
            return;
        }
        boolean nodes = running.stream().anyMatch(policy -> policy.terms().asksForNodes());
        Map<Long, FlaggedJob> jobs = cases.flagged(null, nodes);
        Map<Long, Running> byId = new HashMap<>();
        running.forEach(policy -> byId.put(policy.policyId(), policy));
        record Pair(long policyId, long jobId) {}
        Set<Pair> known = new HashSet<>();
        for (CaseStore.Open one : open) {
            known.add(new Pair(one.policyId(), one.jobId()));
            attempt(one, byId.get(one.policyId()), jobs.get(one.jobId()));
        }
        Instant now = clock.instant();
        for (Running policy : running) {
            for (FlaggedJob job : jobs.values()) {
                if (!known.contains(new Pair(policy.policyId(), job.id()))) {
                    policy.terms().about(job).stream()
                            .findFirst()
                            .ifPresent(flag -> cases.begin(
                                    policy,
                                    job.id(),
                                    flag,
                                    now,
                                    now.plus(policy.terms().dwell())
                                            .plus(policy.terms()
                                                    .stages()
                                                    .getFirst()
                                                    .after())));
                }
            }
        }
    }

    /** One case that fails, as two portals wanted the same rows, holds no other up. */
    private void attempt(CaseStore.Open one, @Nullable Running policy, @Nullable FlaggedJob job) {
        try {
            Instant now = clock.instant();
            Standing standing = CaseStep.standing(one, policy, job, now);
            if (standing.over() != null) {
                cases.end(one.id(), standing.over(), now);
                return;
            }
            if (standing.changes(one)) {
                cases.follow(one.id(), standing.flag().id(), standing.killSince());
            }
            if (CaseStep.due(one, standing, now)) {
                step.take(one);
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("A step of policy {} at job {} is put off: {}", one.policyId(), one.jobId(), e.toString());
        } catch (RuntimeException e) {
            // One job of which something is not as it should be keeps policies off no other.
            log.error("Policy {} at job {}", one.policyId(), one.jobId(), e);
        }
    }
}
