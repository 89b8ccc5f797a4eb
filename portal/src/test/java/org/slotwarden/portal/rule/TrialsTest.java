package org.slotwarden.portal.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.transaction.support.TransactionTemplate;

/** What a trial must have come to before a version goes live, and who may do any of it. */
@PortalTest
class TrialsTest {

    private static final Viewer ADMIN = new Viewer("root", true);
    private static final Viewer ANNA = new Viewer("anna", false);

    @Autowired
    RuleStore store;

    @Autowired
    TrialStore kept;

    @Autowired
    Rules rules;

    @Autowired
    LiveRules live;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    @AfterEach
    void noRulesForOthers() {
        RuleDesk.clear(jdbc, live);
    }

    private Trials trials(PastJobs past, Duration longest) {
        return new Trials(store, kept, rules, past, transaction, Clock.systemUTC(), longest, 1);
    }

    private static RuleDraft draft(String name) {
        return new RuleDraft(name, "cores > 2", 120.0, 60.0, null, null);
    }

    private Trial ended(Trials trials, long id) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> trials.latest(id, 1, ADMIN),
                        trial -> trial.filter(one -> !one.running()).isPresent())
                .orElseThrow();
    }

    @Test
    void one_trial_runs_at_a_time_and_one_that_was_cancelled_does_not_count() {
        CountDownLatch begun = new CountDownLatch(1);
        Trials trials = trials(
                (rule, from, most, goesOn, told) -> {
                    begun.countDown();
                    await().atMost(Duration.ofMinutes(1)).until(() -> !goesOn.getAsBoolean());
                    return false;
                },
                Duration.ofHours(1));
        long id = rules.create(draft("One"), ADMIN).id();
        long other = rules.create(draft("Other"), ADMIN).id();
        assertThat(trials.begin(id, 1, 24, ADMIN)).isTrue();
        await().until(() -> begun.getCount() == 0);
        assertThatThrownBy(() -> trials.begin(other, 1, 24, ADMIN)).isInstanceOf(RuleConflict.class);
        assertThat(trials.cancel(other, 1, ADMIN)).isFalse();
        assertThat(trials.cancel(id, 1, ADMIN)).isTrue();

        assertThat(ended(trials, id).state()).isEqualTo(Trial.State.CANCELLED);
        assertThatThrownBy(() -> rules.switchOn(id, 1, ADMIN)).isInstanceOf(RuleConflict.class);
        await().until(() -> trials.begin(other, 1, 24, ADMIN));
        trials.cancel(other, 1, ADMIN);
        ended(trials, other);
    }

    @Test
    void one_that_ran_out_of_time_counts_and_one_that_failed_does_not() {
        long slow = rules.create(draft("Slow"), ADMIN).id();
        Trials outOfTime = trials((rule, from, most, goesOn, told) -> false, Duration.ofNanos(1));
        outOfTime.begin(slow, 1, 24, ADMIN);
        assertThat(ended(outOfTime, slow).state()).isEqualTo(Trial.State.OUT_OF_TIME);
        assertThat(rules.switchOn(slow, 1, ADMIN)).isPresent();

        long broken = rules.create(draft("Broken"), ADMIN).id();
        Trials fails = trials(
                (rule, from, most, goesOn, told) -> {
                    throw new IllegalStateException("as if");
                },
                Duration.ofMinutes(1));
        fails.begin(broken, 1, 24, ADMIN);
        assertThat(ended(fails, broken).state()).isEqualTo(Trial.State.FAILED);
        assertThatThrownBy(() -> rules.switchOn(broken, 1, ADMIN)).isInstanceOf(RuleConflict.class);
    }

    @Test
    void fifty_rules_may_be_live() {
        Trials trials = trials((rule, from, most, goesOn, told) -> true, Duration.ofMinutes(1));
        for (int i = 0; i <= Rules.MOST_LIVE; i++) {
            long id = rules.create(draft("Rule " + i), ADMIN).id();
            await().pollInterval(Duration.ofMillis(5)).until(() -> begins(trials, id));
            ended(trials, id);
            if (i < Rules.MOST_LIVE) {
                rules.switchOn(id, 1, ADMIN);
            } else {
                assertThatThrownBy(() -> rules.switchOn(id, 1, ADMIN))
                        .isInstanceOf(RuleConflict.class)
                        .hasMessageContaining("50 rules are live");
            }
        }
    }

    /** False while the one before is being stored. */
    private static boolean begins(Trials trials, long id) {
        try {
            return trials.begin(id, 1, 24, ADMIN);
        } catch (RuleConflict e) {
            return false;
        }
    }

    @Test
    void whoever_is_no_admin_neither_sees_nor_does_anything_whatever_leads_there() {
        Trials trials = trials((rule, from, most, goesOn, told) -> true, Duration.ofMinutes(1));
        long id = rules.create(draft("One"), ADMIN).id();
        for (ThrowingCallable tried : List.<ThrowingCallable>of(
                () -> rules.all(ANNA),
                () -> rules.retired(ANNA),
                () -> rules.find(id, ANNA),
                () -> rules.versions(id, ANNA),
                () -> rules.done(id, ANNA),
                () -> rules.check(draft("Two"), ANNA),
                () -> rules.create(draft("Two"), ANNA),
                () -> rules.addVersion(id, draft("One"), ANNA),
                () -> rules.switchOn(id, 1, ANNA),
                () -> rules.switchOff(id, ANNA),
                () -> rules.retire(id, ANNA),
                () -> trials.begin(id, 1, 24, ANNA),
                () -> trials.latest(id, 1, ANNA),
                () -> trials.cancel(id, 1, ANNA))) {
            assertThatThrownBy(tried).isInstanceOf(AccessDeniedException.class);
        }
        assertThat(rules.find(id, ADMIN).map(Rule::latest).map(RuleVersion::version))
                .isEqualTo(Optional.of(1));
        assertThat(rules.all(ADMIN)).hasSize(1);
    }
}
