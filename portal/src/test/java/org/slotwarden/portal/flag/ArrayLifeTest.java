package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Members of an array, from the agent's reports to a flag on the one that is unlike the others. */
@PortalTest
class ArrayLifeTest {

    private static final Viewer ADMIN = new Viewer("root", true);
    private static final int MEMBERS = 8;
    private static final int ODD = 5;
    private static final long USUAL = 200L << 20;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @LocalServerPort
    int port;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    FlagQueries flags;

    @Autowired
    FlagJudge judge;

    @Autowired
    Judgement judgement;

    @Autowired
    JobArrays arrays;

    @Autowired
    JdbcClient jdbc;

    private TestAgent agent;

    @BeforeEach
    void node() {
        agent = new TestAgent(port, "wn1", nodeTokens.issue("wn1"));
    }

    private Instant minutes(double minutes) {
        return now.plusMillis(Math.round(minutes * 60_000));
    }

    private List<SlotStory> members(String array, double startedAt) {
        List<SlotStory> members = new ArrayList<>();
        for (int index = 0; index < MEMBERS; index++) {
            int number = index;
            members.add(SlotStory.slot("slot-" + array + "-" + index, array + "_" + index)
                    .facts(facts -> facts.setRequestedCores(1).setArrayId(array).setArrayIndex(number))
                    .started(minutes(startedAt)));
        }
        return members;
    }

    /** All members are sampled every half minute, one after the other; the odd one has five times the memory. */
    private void live(List<SlotStory> members, double startedAt, double from, double to) {
        List<SlotReport> first = new ArrayList<>();
        members.forEach(member -> first.addAll(member.reports()));
        agent.send(first);
        for (double minute = from; minute <= to; minute += 0.5) {
            Instant at = minutes(minute);
            double seconds = (minute - startedAt) * 60;
            List<SlotReport> reports = new ArrayList<>();
            for (int index = 0; index < members.size(); index++) {
                long memory = index == ODD ? 5 * USUAL : USUAL + index * 1_000_000;
                reports.add(members.get(index)
                        .sample(at.plusMillis(index), 0.9 * seconds, memory)
                        .reports()
                        .getLast());
            }
            agent.send(reports);
        }
    }

    private long id(String jobId) {
        return jdbc.sql("SELECT id FROM job WHERE batch_job_id = ?")
                .param(jobId)
                .query(Long.class)
                .single();
    }

    private List<Flag> ofMember(String array, int index) {
        return flags.ofJob(id(array + "_" + index), ADMIN);
    }

    private Flag awaitOdd(String array) {
        return await().atMost(Duration.ofMinutes(1))
                .until(() -> ofMember(array, ODD), found -> !found.isEmpty())
                .getFirst();
    }

    private void betweenReports(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        judge.submit(0, () -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /** As a start of the portal does. */
    private void restart(String array) throws InterruptedException {
        betweenReports(() -> {
            arrays.forget();
            for (int index = 0; index < MEMBERS; index++) {
                judgement.forget(id(array + "_" + index));
            }
        });
    }

    @Test
    void theMemberWithFiveTimesTheMemoryIsFlagged_withTheOthersFigures() throws InterruptedException {
        live(members("40", -16), -16, -16, 0);

        Flag flag = awaitOdd("40");
        betweenReports(() -> {});
        assertThat(flag.kind()).isEqualTo(FlagKind.OUTLIER);
        assertThat(flag.severity()).isEqualTo(Severity.WARN);
        assertThat(flag.raisedAt()).isBetween(minutes(-6), minutes(-4));
        assertThat(flag.firstSentence())
                .startsWith("Unlike 7 other members of its array at the same age: memory 1000 MiB, their median 203");
        for (int index = 0; index < MEMBERS; index++) {
            assertThat(ofMember("40", index)).as("member %d", index).hasSize(index == ODD ? 1 : 0);
        }
    }

    @Test
    void aRestartInTheMiddle_andMembersThatHaveEndedMeanwhile_changeNothing() throws InterruptedException {
        List<SlotStory> through = members("41", -16);
        List<SlotStory> restarted = members("42", -16);
        for (List<SlotStory> some : List.of(through, restarted)) {
            live(some, -16, -16, -7);
        }
        restart("42");
        live(through, -16, -6.5, 0);
        live(restarted, -16, -6.5, 0);

        Flag one = awaitOdd("41");
        Flag other = awaitOdd("42");
        assertThat(other.raisedAt()).isEqualTo(one.raisedAt());
        assertThat(other.firstSentence()).isEqualTo(one.firstSentence());
        assertThat(other.since()).isEqualTo(one.since());

        // It stands after one more start, when the others have ended.
        List<SlotReport> ends = new ArrayList<>();
        for (int index = 0; index < MEMBERS; index++) {
            if (index != ODD) {
                ends.add(restarted.get(index).ended(minutes(0.1), 0).reports().getLast());
            }
        }
        agent.send(ends);
        restart("42");
        agent.send(List.of(restarted
                .get(ODD)
                .sample(minutes(0.5), 0.9 * 990, 5 * USUAL)
                .reports()
                .getLast()));
        betweenReports(() -> {});
        assertThat(ofMember("42", ODD))
                .singleElement()
                .satisfies(flag -> assertThat(flag.state()).isEqualTo(FlagState.OPEN));
    }

    @Test
    void otherArraysAreNoPeers_norAreThreeMembersEnough() throws InterruptedException {
        List<SlotStory> few = members("43", -16).subList(ODD - 2, ODD + 1);
        List<SlotReport> first = new ArrayList<>();
        few.forEach(member -> first.addAll(member.reports()));
        agent.send(first);
        live(members("44", -16).subList(0, 4), -16, -16, 0);
        for (double minute = -16; minute <= 0; minute += 0.5) {
            for (int index = 0; index < few.size(); index++) {
                agent.send(List.of(few.get(index)
                        .sample(minutes(minute), 0.9 * (minute + 16) * 60, index == 2 ? 5 * USUAL : USUAL)
                        .reports()
                        .getLast()));
            }
        }
        betweenReports(() -> {});
        assertThat(ofMember("43", ODD)).isEmpty();
    }
}
