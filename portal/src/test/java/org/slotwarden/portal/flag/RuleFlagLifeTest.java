package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.rule.LiveRules;
import org.slotwarden.portal.rule.RuleDesk;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A flag of a rule is a flag like any other. */
@PortalTest
class RuleFlagLifeTest {

    private static final Viewer ADMIN = new Viewer("root", true);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @LocalServerPort
    int port;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    FlagQueries flags;

    @Autowired
    FlagJudge judge;

    @Autowired
    Judgement judgement;

    @Autowired
    HeldBackSamples heldBack;

    @Autowired
    LiveRules live;

    @Autowired
    JdbcClient jdbc;

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private RuleDesk desk;

    @BeforeEach
    void nodeAndAdmin() {
        agent = new TestAgent(port, "wn1", nodeTokens.issue("wn1"));
        accounts.create("root", "correct horse battery", Role.ADMIN);
        desk = new RuleDesk(
                HttpVisitor.withToken(port, tokens.issue("root", "test", null).token()));
    }

    @AfterEach
    void noRulesForOthers() {
        RuleDesk.clear(jdbc, live);
    }

    private void live(String rule) {
        long id = desk.create(rule);
        desk.tried(id, 1);
        desk.switchOn(id, 1);
        RuleDesk.backdate(jdbc, live, now.minusSeconds(3600));
    }

    /** Of four cores three are busy, sampled each half minute since five minutes. */
    private SlotStory job(String id, double to) {
        SlotStory story = SlotStory.slot("slot-" + id, id)
                .facts(facts -> facts.setRequestedCores(4))
                .started(minutes(-5));
        for (double minute = -5; minute <= to; minute += 0.5) {
            story.sample(minutes(minute), 3 * (minute + 5) * 60, 1_000_000);
        }
        return story;
    }

    private Instant minutes(double minutes) {
        return now.plusMillis(Math.round(minutes * 60_000));
    }

    private Flag awaitFlag() {
        return await().atMost(Duration.ofMinutes(1))
                .until(() -> flags.search(FlagFilter.ALL, 0, 10, ADMIN).flags(), found -> !found.isEmpty())
                .getFirst();
    }

    /** Runs between what was told before and what will be told, on the thread that judges. */
    private void betweenReports(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        judge.submit(0, () -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_warning_asks_for_evidence_and_for_what_was_held_back() {
        live(RuleDesk.rule("Busy", "cores > 2"));
        agent.tell(job("1", -2));

        Flag flag = awaitFlag();
        assertThat(heldBack.ofJob(flag.jobId(), 10))
                .extracting(HeldBackSamples.Request::cause)
                .containsExactly("flag " + flag.id());
        assertThat(agent.send(List.of()).getSendEvidenceOfList())
                .extracting(EvidenceRequest::getSlotId, EvidenceRequest::getReason)
                .containsExactly(tuple("slot-1", "site_rule"));
    }

    @Test
    void what_is_told_for_information_asks_for_no_evidence() {
        live(RuleDesk.rule("Busy", "cores > 2").replace("warn", "info"));
        agent.tell(job("1", -2));

        Flag flag = awaitFlag();
        assertThat(heldBack.ofJob(flag.jobId(), 10)).hasSize(1);
        assertThat(agent.send(List.of()).getSendEvidenceOfList()).isEmpty();
    }

    @Test
    void a_restart_while_a_flag_stands_changes_nothing() throws InterruptedException {
        live(RuleDesk.rule("Busy", "cores > 2"));
        agent.tell(job("1", -2));
        Flag before = awaitFlag();

        betweenReports(() -> judgement.forget(before.jobId()));
        agent.tell(job("1", -1));
        betweenReports(() -> {});

        assertThat(flags.ofJob(before.jobId(), ADMIN)).singleElement().satisfies(flag -> {
            assertThat(flag.id()).isEqualTo(before.id());
            assertThat(flag.state()).isEqualTo(FlagState.OPEN);
            assertThat(flag.sentence()).contains("began 4 min ago");
        });
    }

    @Test
    void precision_is_counted_by_rule_whatever_its_version_and_those_of_one_name_apart() {
        live(RuleDesk.rule("Busy", "cores > 2"));
        agent.tell(job("1", -2));
        Flag flag = awaitFlag();
        long id = Objects.requireNonNull(flag.rule()).id();
        desk.send("DELETE", "/" + id + "/live", "");
        desk.send("DELETE", "/" + id, "");
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        !flags.ofJob(flag.jobId(), ADMIN).getFirst().state().standing());
        live(RuleDesk.rule("Busy", "cores > 2.5"));
        agent.tell(job("2", -2));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> flags.search(FlagFilter.ALL, 0, 10, ADMIN).total() == 2);

        assertThat(new FlagVerdicts(flags, jdbc, Clock.systemUTC(), event -> {}).precision(Duration.ofDays(1)))
                .extracting(Precision::title, Precision::raised)
                .containsExactly(tuple("Busy", 1L), tuple("Busy (retired)", 1L));
    }
}
