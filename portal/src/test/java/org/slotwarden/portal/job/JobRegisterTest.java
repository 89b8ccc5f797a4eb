package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.NodeTokens;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What several nodes tell together comes out as if they had told it one after the other. */
@PortalTest
class JobRegisterTest {

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(3));

    @Autowired
    JobRegister register;

    @Autowired
    NodeTokens tokens;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transaction;

    private final List<Long> nodes = new ArrayList<>();

    @BeforeEach
    void threeNodes() {
        for (String name : List.of("n0", "n1", "n2")) {
            tokens.issue(name);
            nodes.add(jdbc.sql("SELECT id FROM node WHERE name = ?")
                    .param(name)
                    .query(Long.class)
                    .single());
        }
    }

    @Test
    void manyJobsThatBeginTogetherAreEachWhatWasToldOfThem() {
        List<SlotNews> begins = IntStream.range(0, 230)
                .mapToObj(number -> news("s" + number, "" + number, null, START.plusSeconds(number), null))
                .toList();

        Map<String, SlotPlace> places = tell(List.of(told(0, begins))).getFirst();

        assertThat(jdbc.sql("SELECT name FROM job WHERE id = ?")
                        .param(job(places, "s229"))
                        .query(String.class)
                        .single())
                .isEqualTo("name of 229");
        assertThat(jdbc.sql("""
                        SELECT COUNT(*) FROM job j JOIN slot s ON s.job_id = j.id
                        WHERE j.name = CONCAT('name of ', j.batch_job_id) AND s.slot_key = CONCAT('s', j.batch_job_id)
                            AND j.started_at = s.started_at AND s.node_id = ? AND j.state = 'RUNNING' AND j.uid = 1000
                        """).param(nodes.getFirst()).query(Long.class).single())
                .isEqualTo(230);
    }

    @Test
    void aJobOfManyNodesIsOneRun() {
        tell(List.of(
                told(0, List.of(news("a", "7", null, START, null))),
                told(1, List.of(news("b", "7", null, START.plusSeconds(1), null))),
                told(2, List.of(news("c", "7 ", null, START.plusSeconds(2), null)))));

        assertThat(runs("")).containsExactly("1 RUNNING n0,n1,n2 0..");
    }

    @Test
    void whatBeginsAfterTheEndThatIsToldTogetherWithItIsAnotherRun() {
        tell(List.of(
                told(0, List.of(news("a", "7", null, START, START.plusSeconds(60)))),
                told(1, List.of(news("b", "7", null, START.plusSeconds(600), null)))));

        assertThat(runs("")).containsExactly("1 COMPLETED n0 0..60", "2 RUNNING n1 600..");
    }

    @Test
    void aSlotOfOneNameIsOfTheNodeThatToldOfItFirst() {
        List<Map<String, SlotPlace>> places = tell(List.of(
                told(0, List.of(news("a", "7", null, START, null))),
                told(1, List.of(news("a", "8", null, START, null)))));

        assertThat(places.get(0).get("a")).isInstanceOf(SlotPlace.Known.class);
        assertThat(places.get(1).get("a")).isInstanceOf(SlotPlace.Foreign.class);
        assertThat(runs("")).containsExactly("1 RUNNING n0 0..");
    }

    @Test
    void aSlotWhoseJobNobodyToldIsNotKnown() {
        List<Map<String, SlotPlace>> places =
                tell(List.of(told(0, List.of(new SlotNews("a", null, null, null, null, null, null, null, null)))));

        assertThat(places.getFirst()).containsEntry("a", new SlotPlace.Unknown());
    }

    @Test
    void aRunThatANewerOneEndedStaysGivenUp_whateverElseIsToldOfItInTheSameGroup() {
        tell(List.of(told(0, List.of(news("a", "7", null, START, null)))));

        tell(List.of(
                told(1, List.of(news("b", "7", null, START.plusSeconds(1), null))),
                told(0, List.of(news("c", "7", null, START.plusSeconds(600), null)))));

        assertThat(runs("")).containsExactly("1 VANISHED n0,n1 0..0", "2 RUNNING n0 600..");
    }

    @Test
    void anEndStaysWhenMoreIsToldOfTheSlotInTheSameGroup() {
        tell(List.of(told(0, List.of(news("a", "7", null, START, null)))));

        List<Map<String, SlotPlace>> places = tell(List.of(
                told(0, List.of(news("a", "7", null, null, START.plusSeconds(60)))),
                told(0, List.of(news("a", "7", null, START, null)))));

        assertThat(runs("")).containsExactly("1 COMPLETED n0 0..60");
        assertThat(places)
                .allSatisfy(place -> assertThat(place.get("a"))
                        .isInstanceOfSatisfying(
                                SlotPlace.Known.class,
                                slot -> assertThat(slot.ended()).isTrue()));
    }

    @Test
    void whatWasPassedOverIsNotAcknowledged_thoughALaterBatchOfTheGroupOpensTheSlot() {
        List<Map<String, SlotPlace>> places = tell(List.of(
                told(
                        0,
                        List.of(new SlotNews(
                                "a",
                                null,
                                null,
                                null,
                                null,
                                null,
                                new SlotEnd(START.plusSeconds(60), SlotEnd.Cause.EPILOGUE, null, 0, null),
                                null,
                                null))),
                told(0, List.of(news("a", "7", null, START, null)))));

        assertThat(places.get(0)).containsEntry("a", new SlotPlace.Unknown());
        assertThat(places.get(1).get("a")).isInstanceOf(SlotPlace.Known.class);
        assertThat(runs("")).containsExactly("1 RUNNING n0 0..");
    }

    @Test
    void aNodeThatBeginsOneJobAHundredTimesIsToldToComeAgainWithWhatIsLeft() {
        List<SlotNews> begins = IntStream.range(0, 100)
                .mapToObj(number -> news("s" + number, "7", null, START.plusSeconds(60 * number), null))
                .toList();

        Map<String, SlotPlace> places = tell(List.of(told(0, begins))).getFirst();

        assertThat(places.values().stream().filter(SlotPlace.Known.class::isInstance))
                .hasSize(50);
        assertThat(places.values().stream().filter(SlotPlace.Unknown.class::isInstance))
                .hasSize(50);
        assertThat(runs("")).hasSize(50);
    }

    @Test
    void longListsOfNodesGoInStatementsOfTheirOwn_soThatEachFitsIntoAPacket() {
        List<String> nodes = IntStream.range(0, 8000)
                .mapToObj(number -> "node-%0190d".formatted(number))
                .toList();
        List<SlotNews> begins = IntStream.range(0, 4)
                .mapToObj(number -> news("s" + number, "" + number, null, START, null, nodes))
                .toList();

        Long statements = transaction.execute(status -> {
            long before = inserts();
            register.tell(List.of(told(0, begins)), Instant.now());
            return inserts() - before;
        });

        // The slots go in one.
        assertThat(statements).isEqualTo(4 + 1);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM job WHERE LENGTH(node_list) > 1500000 AND node_count = 8000")
                        .query(Long.class)
                        .single())
                .isEqualTo(4);
    }

    private long inserts() {
        return jdbc.sql("SHOW SESSION STATUS LIKE 'Com_insert'")
                .query((row, number) -> row.getLong("Value"))
                .single();
    }

    @Test
    void howeverManyAreAskedFor_theyAreLookedUpByTheirKeys() {
        String ids = IntStream.range(0, 3000).mapToObj(Integer::toString).collect(Collectors.joining(", "));

        assertThat(jdbc.sql("EXPLAIN SELECT id FROM job FORCE INDEX (PRIMARY) WHERE id IN (" + ids + ") FOR UPDATE")
                        .query((row, number) -> row.getString("select_type"))
                        .list())
                .containsExactly("SIMPLE");
    }

    /** Requeues, restarts of the controller, slots told late: as it comes. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
                29, 30
            })
    void togetherOrOneAfterTheOther_itComesOutTheSame(long seed) {
        List<Told> story = story(new Random(seed));

        story.forEach(one -> tell(List.of(one.of("alone-"))));
        Random cuts = new Random(seed);
        for (int from = 0; from < story.size(); ) {
            int to = Math.min(story.size(), from + 1 + cuts.nextInt(12));
            tell(story.subList(from, to).stream()
                    .map(one -> one.of("together-"))
                    .toList());
            from = to;
        }

        assertThat(runs("together-")).isEqualTo(runs("alone-")).hasSizeGreaterThan(6);
    }

    /** One report of a node. */
    private record Told(
            int node,
            long nodeId,
            String slot,
            String job,
            @Nullable Integer restarts,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {

        NodeNews of(String prefix) {
            return new NodeNews(
                    nodeId, "n" + node, List.of(news(prefix + slot, prefix + job, restarts, startedAt, endedAt)));
        }
    }

    private List<Told> story(Random random) {
        List<Told> story = new ArrayList<>();
        for (int job = 0; job < 6; job++) {
            int begin = 0;
            boolean counts = random.nextBoolean();
            for (int run = 0; run < 1 + random.nextInt(3); run++) {
                int end = begin + 60 + random.nextInt(600);
                List<Told> ofRun = new ArrayList<>();
                for (int node = 0; node < 3; node++) {
                    if (random.nextInt(3) > 0) {
                        String slot = "s" + job + "-" + run + "-" + node;
                        Instant startedAt = START.plusSeconds(begin);
                        Instant endedAt = START.plusSeconds(end);
                        Integer restarts = counts ? (Integer) run : null;
                        boolean atOnce = random.nextInt(4) == 0;
                        ofRun.add(new Told(
                                node, nodes.get(node), slot, "" + job, restarts, startedAt, atOnce ? endedAt : null));
                        if (!atOnce && random.nextInt(5) > 0) {
                            ofRun.add(new Told(node, nodes.get(node), slot, "" + job, restarts, null, endedAt));
                        }
                    }
                }
                story.addAll(ofRun);
                begin = end + 30 + random.nextInt(300);
            }
        }
        // Nodes tell in turns, and now and then one tells late; each in its order.
        List<Told> mixed = new ArrayList<>();
        while (!story.isEmpty()) {
            String slot = story.get(random.nextInt(Math.min(4, story.size()))).slot();
            Told next = story.stream()
                    .filter(one -> one.slot().equals(slot))
                    .findFirst()
                    .orElseThrow();
            story.remove(next);
            mixed.add(next);
        }
        return mixed;
    }

    private List<Map<String, SlotPlace>> tell(List<NodeNews> group) {
        return Objects.requireNonNull(transaction.execute(status -> register.tell(group, Instant.now())));
    }

    private NodeNews told(int node, Collection<SlotNews> news) {
        return new NodeNews(nodes.get(node), "n" + node, news);
    }

    private static long job(Map<String, SlotPlace> places, String slot) {
        return ((SlotPlace.Known) Objects.requireNonNull(places.get(slot))).jobId();
    }

    private List<String> runs(String prefix) {
        return jdbc.sql("""
                        SELECT CONCAT(IF(:prefix = '', '', CONCAT(SUBSTRING(batch_job_id, LENGTH(:prefix) + 1), ' ')),
                            run, ' ', state, ' ',
                            (SELECT GROUP_CONCAT(n.name ORDER BY n.name) FROM slot s JOIN node n ON n.id = s.node_id
                             WHERE s.job_id = j.id), ' ',
                            COALESCE(TIMESTAMPDIFF(SECOND, :start, started_at), '?'), '..',
                            COALESCE(TIMESTAMPDIFF(SECOND, :start, ended_at), ''))
                        FROM job j WHERE batch_job_id LIKE CONCAT(:prefix, '%') ORDER BY batch_job_id, run
                        """)
                .param("prefix", prefix)
                .param("start", START)
                .query((row, number) -> row.getString(1))
                .list();
    }

    private static SlotNews news(
            String slot,
            String job,
            @Nullable Integer restarts,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {
        return news(slot, job, restarts, startedAt, endedAt, List.of());
    }

    private static SlotNews news(
            String slot,
            String job,
            @Nullable Integer restarts,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            List<String> nodes) {
        var facts = new JobFacts(
                "slurm",
                "",
                job,
                restarts,
                null,
                null,
                "name of " + job,
                "anna",
                1000L,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                nodes,
                null,
                null,
                null,
                null,
                null,
                null);
        return new SlotNews(
                slot,
                facts,
                4,
                null,
                startedAt,
                30.0,
                endedAt == null ? null : new SlotEnd(endedAt, SlotEnd.Cause.EPILOGUE, null, 0, null),
                null,
                null);
    }
}
