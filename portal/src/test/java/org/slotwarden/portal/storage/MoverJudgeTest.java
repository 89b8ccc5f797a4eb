package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.storage.Evidence.Connection;
import org.slotwarden.portal.storage.Evidence.Slot;

class MoverJudgeTest {

    private static final Instant OPENED = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant BEFORE = OPENED.minusSeconds(3600);
    private static final Instant LATER = OPENED.plusSeconds(120);
    private static final String HOST = "10.0.0.1";
    private static final String POOL = "10.8.0.1";
    private static final String DOOR = "10.9.0.1";

    private final Map<String, Set<Long>> nodes = new HashMap<>(Map.of(HOST, Set.of(1L)));
    private final List<Slot> slots = new ArrayList<>();

    // ----------------------------------------------------------------------------------------------- where and when

    @Test
    void theOnlyJobOfItsUserIsIt_forCertain() {
        slots.add(silent(1, 1001));
        slots.add(silent(2, 1002));

        assertVerdict(of(1001L), Confidence.CERTAIN, 1L);
        slots.set(0, slot(1, 1001));
        assertThat(of(1001L).reason()).contains("has told of no connection");
        assertVerdict(of(1001L), Confidence.LIKELY, 1L);
    }

    @Test
    void anAddressOfNoNodeIsNobodys_andSoIsOneThatIsNotTold() {
        slots.add(slot(1, 1001));

        assertVerdict(judge(client("172.16.0.9", 1001L)), Confidence.NONE, null);
        assertVerdict(judge(client(null, 1001L)), Confidence.NONE, null);
        assertThat(judge(client("172.16.0.9", 1001L)).reason()).contains("172.16.0.9");
    }

    @Test
    void aJobOfAnotherUserIsNeverIt() {
        slots.add(slot(1, 1001));

        assertVerdict(of(1002L), Confidence.NONE, null);
    }

    @Test
    void whereUserIdsDifferFromThoseOfTheStorageTheyAreNoEvidence() {
        slots.add(slot(1, 1001));

        Verdict verdict = new MoverJudge(evidence(), false).judge(aCase(client(HOST, 77L), OPENED));
        assertVerdict(verdict, Confidence.LIKELY, 1L);
    }

    @Test
    void aJobThatBeganLaterOrEndedBeforeIsNotIt_butForWhatClocksDiffer() {
        slots.add(slot(1, 1001, OPENED.plusSeconds(6), null));
        slots.add(slot(2, 1001, BEFORE, OPENED.minusSeconds(6)));
        assertVerdict(of(1001L), Confidence.NONE, null);

        slots.add(slot(3, 1001, OPENED.plusSeconds(4), null));
        assertVerdict(of(1001L), Confidence.CERTAIN, 3L);
    }

    @Test
    void aMoverThatOutlivesItsJobIsStillTheJobs() {
        slots.add(slot(1, 1001, BEFORE, OPENED.plusSeconds(60)));

        Verdict verdict = of(1001L);
        assertVerdict(verdict, Confidence.CERTAIN, 1L);
        assertThat(verdict.jobEndedAt()).isEqualTo(OPENED.plusSeconds(60));
    }

    @Test
    void behindASharedAddressNothingIsCertain() {
        nodes.put(HOST, Set.of(1L, 2L));
        slots.add(slot(1, 1001));

        Verdict verdict = of(1001L);
        assertVerdict(verdict, Confidence.LIKELY, 1L);
        assertThat(verdict.reason()).contains("the 2 nodes that come from " + HOST);
    }

    @Test
    void anAddressThatAProxyToldMayBeMadeUp() {
        slots.add(slot(1, 1001));

        var client = new SeenMover.Client("10.5.5.5", List.of(HOST), null, null, null, 1001L, null, null);
        assertVerdict(judge(client), Confidence.LIKELY, 1L);
    }

    @Test
    void anonymousClientsOfAHostWithOneJobAreLikelyIts() {
        slots.add(slot(1, 1001));

        assertVerdict(of(null), Confidence.LIKELY, 1L);
    }

    @Test
    void aJobWhoseUserIdIsNotKnownMayBeIt() {
        slots.add(slot(1, null));
        assertVerdict(of(1001L), Confidence.LIKELY, 1L);

        slots.add(slot(2, 1001));
        assertVerdict(of(1001L), Confidence.AMBIGUOUS, null);
    }

    // --------------------------------------------------------------------------------------------------- connections

    @Test
    void ofJobsOfOneUserTheOnlyOneConnectedToThePoolIsIt() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1001, connection("10.8.0.77", 2, OPENED, null)));

        assertVerdict(of(1001L), Confidence.CERTAIN, 1L);
    }

    @Test
    void asLongAsAnotherHasNotToldItIsAmbiguous_withBothNamed() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(10), null)));
        slots.add(silent(2, 1001));

        Verdict verdict = of(1001L);
        assertVerdict(verdict, Confidence.AMBIGUOUS, null);
        assertThat(verdict.candidates()).isEqualTo("1,2");
    }

    @Test
    void aMoverThatAgentsCannotHaveSeenYetIsAmbiguous() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.minusSeconds(100), null)));
        slots.add(slot(2, 1001));

        Instant soon = OPENED.plusSeconds(20);
        assertVerdict(
                new MoverJudge(evidence(), true).judge(aCase(client(HOST, 1001L), soon)), Confidence.AMBIGUOUS, null);
        assertVerdict(of(1001L), Confidence.CERTAIN, 1L);
    }

    @Test
    void ofAnAgentThatIsNotHeardOfNobodyIsLeftOut() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.minusSeconds(100), null)));
        slots.add(toldUntil(2, OPENED.minusSeconds(1), null));

        assertVerdict(of(1001L), Confidence.AMBIGUOUS, null);
    }

    @Test
    void aJobThatEndedBeforeItsAgentLookedMayHaveLeftIt_asLongAsAMoverOutlivesItsClient() {
        Instant end = OPENED.plusSeconds(10);
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.minusSeconds(100), null)));
        slots.add(toldUntil(2, end, end));

        assertVerdict(of(1001L), Confidence.LIKELY, 1L);
        Instant late = end.plus(MoverTimes.WITHOUT_CLIENT).plusSeconds(6);
        assertVerdict(new MoverJudge(evidence(), true).judge(aCase(client(HOST, 1001L), late)), Confidence.CERTAIN, 1L);
    }

    @Test
    void whereThePoolsHostIsNotKnownNothingIsCertainByConnections() {
        slots.add(slot(1, 1001, connection(DOOR, 7, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1001));
        Evidence without = new Evidence(nodes, Map.of(1L, slots), Map.of("door_a", Set.of(DOOR)), Set.of(DOOR));

        for (SeenMover.Client client : List.of(client(HOST, 1001L), process(7))) {
            assertVerdict(
                    new MoverJudge(without, true).judge(aCase(client, OPENED.plusSeconds(120))), Confidence.LIKELY, 1L);
        }
    }

    private static Slot toldUntil(long id, Instant sampledAt, @Nullable Instant endedAt) {
        return new Slot(
                id, id, 1, "n1", 1001L, BEFORE, endedAt, sampledAt, Duration.ofSeconds(30), true, 0, null, List.of());
    }

    @Test
    void connectionsThatAnAgentLeftOutMayBeIt() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(10), null)));
        slots.add(
                new Slot(2, 2, 1, "n1", 1001L, BEFORE, null, LATER, Duration.ofSeconds(30), true, 5, null, List.of()));

        assertVerdict(of(1001L), Confidence.AMBIGUOUS, null);
    }

    @Test
    void connectionsThatAreForgottenMayBeIt_butForWhatWasOpenedAfterThem() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(10), null)));
        slots.add(forgotten(OPENED.plusSeconds(20)));
        assertVerdict(of(1001L), Confidence.AMBIGUOUS, null);

        slots.set(1, forgotten(OPENED.minusSeconds(60)));
        assertVerdict(of(1001L), Confidence.CERTAIN, 1L);
    }

    private static Slot forgotten(Instant until) {
        return new Slot(2, 2, 1, "n1", 1001L, BEFORE, null, LATER, Duration.ofSeconds(30), true, 0, until, List.of());
    }

    @Test
    void whoseConnectionCameWithTheMoverIsLikelyIt_amongThoseThatWereThereBefore() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.minusSeconds(300), null)));
        slots.add(slot(2, 1001, connection(POOL, 2, OPENED.plusSeconds(20), null)));

        assertVerdict(of(1001L), Confidence.LIKELY, 2L);

        slots.add(slot(3, 1001, connection(POOL, 3, OPENED.plusSeconds(10), null)));
        Verdict verdict = of(1001L);
        assertVerdict(verdict, Confidence.AMBIGUOUS, null);
        assertThat(verdict.candidates()).isEqualTo("1,2,3");
    }

    @Test
    void aConnectionThatCameAfterwardsOrWasGoneBeforeIsNotIt() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(200), null)));
        slots.add(slot(2, 1001, connection(POOL, 2, BEFORE, OPENED.minusSeconds(60))));
        slots.add(slot(3, 1001, connection(POOL, 3, OPENED.plusSeconds(10), OPENED.plusSeconds(40))));

        assertVerdict(of(1001L), Confidence.CERTAIN, 3L);
    }

    @Test
    void whoseConnectionHasBeenGoneForLongerThanAMoverOutlivesItsClientIsNotIt() {
        slots.add(slot(1, 1001, connection(POOL, 1, BEFORE, null)));
        slots.add(slot(2, 1001, connection(POOL, 2, BEFORE, OPENED.plusSeconds(10))));

        Instant inTime = OPENED.plusSeconds(10).plus(MoverTimes.WITHOUT_CLIENT);
        assertVerdict(
                new MoverJudge(evidence(), true).judge(aCase(client(HOST, 1001L), inTime)), Confidence.AMBIGUOUS, null);
        assertVerdict(
                new MoverJudge(evidence(), true).judge(aCase(client(HOST, 1001L), inTime.plusSeconds(6))),
                Confidence.CERTAIN,
                1L);
    }

    @Test
    void anAgentThatLooksSeldomCannotHaveSeenWhatOneThatLooksOftenHas() {
        Slot seldom = new Slot(
                        2,
                        2,
                        1,
                        "n1",
                        1001L,
                        BEFORE,
                        null,
                        LATER,
                        Duration.ofSeconds(30),
                        true,
                        0,
                        null,
                        List.of(new Connection("10.8.0.77", 1, 1, 1L, BEFORE, BEFORE.plusSeconds(300), null)))
                .lookedAtAsSeldomAsSeen();
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(10), null)));
        slots.add(seldom);

        assertThat(seldom.interval()).isEqualTo(Duration.ofSeconds(300));
        assertVerdict(of(1001L), Confidence.AMBIGUOUS, null);
    }

    @Test
    void dcapUsesNoConnectionAgain() {
        slots.add(slot(1, 1001, connection(POOL, 8, OPENED.minusSeconds(300), null)));
        slots.add(slot(2, 1002, connection(POOL, 9, OPENED.plusSeconds(10), null)));

        assertVerdict(judge(process(7)), Confidence.LIKELY, 2L);
    }

    @Test
    void aConnectionToTheDoorMakesItLikely() {
        slots.add(slot(1, 1001, connection(DOOR, 1, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1001));

        assertVerdict(of(1001L), Confidence.LIKELY, 1L);
    }

    @Test
    void withoutAnyConnectionOfAnybodyItIsAmbiguous() {
        slots.add(slot(1, 1001));
        slots.add(slot(2, 1001));

        assertVerdict(of(1001L), Confidence.AMBIGUOUS, null);
    }

    // ------------------------------------------------------------------------------------------ ports and processes

    @Test
    void theClientsPortDecides() {
        slots.add(slot(1, 1001, connection(POOL, 1, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1001, connection(POOL, 2, OPENED.plusSeconds(10), null)));

        var client = new SeenMover.Client(HOST, List.of(), 30002, null, null, 1001L, null, POOL + ":20436");
        assertVerdict(judge(client), Confidence.CERTAIN, 2L);
        nodes.put(HOST, Set.of(1L, 2L));
        assertVerdict(judge(client), Confidence.LIKELY, 2L);
    }

    @Test
    void theClientsProcessDecidesAmongJobsOfSeveralUsers() {
        slots.add(slot(1, 1001, connection(POOL, 4711, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1002, connection(POOL, 4712, OPENED.plusSeconds(10), null)));

        assertVerdict(judge(process(4712)), Confidence.CERTAIN, 2L);
        assertVerdict(judge(process(9)), Confidence.AMBIGUOUS, null);
    }

    @Test
    void processesInContainersMayHaveTheSameNumber() {
        slots.add(slot(1, 1001, connection(POOL, 7, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1002, connection(POOL, 7, OPENED.plusSeconds(10), null)));

        Verdict verdict = judge(process(7));
        assertVerdict(verdict, Confidence.AMBIGUOUS, null);
        assertThat(verdict.reason()).contains("processes 7 of 2 jobs");
    }

    @Test
    void aProcessOfThatNumberWithAConnectionElsewhereIsNotIt() {
        slots.add(slot(1, 1001, connection("10.8.0.77", 7, OPENED.plusSeconds(10), null)));
        slots.add(slot(2, 1002));

        assertVerdict(judge(process(7)), Confidence.AMBIGUOUS, null);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    private Verdict of(@Nullable Long uid) {
        return judge(client(HOST, uid));
    }

    private Verdict judge(SeenMover.Client client) {
        return new MoverJudge(evidence(), true).judge(aCase(client, OPENED.plusSeconds(120)));
    }

    private static MoverJudge.Case aCase(SeenMover.Client client, Instant until) {
        return new MoverJudge.Case("pool_a", "door_a", OPENED, OPENED, until, client);
    }

    private Evidence evidence() {
        return new Evidence(
                nodes,
                Map.of(1L, slots),
                Map.of("pool_a", Set.of(POOL), "door_a", Set.of(DOOR)),
                Set.of(POOL, DOOR, "10.8.0.77"));
    }

    private static SeenMover.Client client(@Nullable String address, @Nullable Long uid) {
        return new SeenMover.Client(address, List.of(), null, null, null, uid, null, null);
    }

    private static SeenMover.Client process(long process) {
        return new SeenMover.Client(HOST, List.of(), null, process, null, null, null, null);
    }

    private static Slot slot(long id, @Nullable Integer uid, Connection... connections) {
        return new Slot(
                id,
                id,
                1,
                "n1",
                uid == null ? null : (Long) uid.longValue(),
                BEFORE,
                null,
                LATER,
                Duration.ofSeconds(30),
                true,
                0,
                null,
                Arrays.asList(connections));
    }

    private static Slot slot(long id, long uid, Instant startedAt, @Nullable Instant endedAt) {
        return new Slot(
                id, id, 1, "n1", uid, startedAt, endedAt, null, Duration.ofSeconds(30), false, 0, null, List.of());
    }

    private static Slot silent(long id, long uid) {
        return slot(id, uid, BEFORE, null);
    }

    /** From local port 30000 plus the process. */
    private static Connection connection(String address, int process, Instant firstSeenAt, @Nullable Instant goneAt) {
        return new Connection(
                address, 20436, 30000 + process, (long) process, firstSeenAt.minusSeconds(30), firstSeenAt, goneAt);
    }

    private static void assertVerdict(Verdict verdict, Confidence confidence, @Nullable Long job) {
        assertThat(verdict.confidence()).as(verdict.reason()).isEqualTo(confidence);
        assertThat(verdict.jobId()).as(verdict.reason()).isEqualTo(job);
    }
}
