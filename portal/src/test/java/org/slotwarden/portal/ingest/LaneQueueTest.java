package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.job.SlotNews;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.portal.series.JobSample;

class LaneQueueTest {

    private final LaneQueue queue = new LaneQueue();

    @Test
    void manyNodesAreStoredTogether_inTheOrderInWhichTheyCame() throws InterruptedException {
        for (int node = 1; node <= 40; node++) {
            add(node, 100);
        }

        assertThat(nodes(take())).startsWith(1L, 2L, 3L).hasSize(40).doesNotHaveDuplicates();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aGroupIsBounded_andWhoCouldNotComeAlongIsNext() throws InterruptedException {
        for (int node = 1; node <= 100; node++) {
            add(node, 100);
            add(node, 100);
        }

        // Two of each node, as long as there is room.
        List<Long> first = nodes(take());
        assertThat(first.size() * 101).isBetween(LaneQueue.MOST_AT_ONCE, LaneQueue.MOST_AT_ONCE + 202);
        List<Long> second = nodes(take());
        assertThat(second).doesNotContainAnyElementsOf(first);
        assertThat(nodes(take())).isNotEmpty().doesNotContainAnyElementsOf(first);
    }

    @Test
    void manySmallBatchesOfOneNodeLetOthersThrough() throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            add(1, 100);
        }
        add(2, 1);

        List<Long> first = nodes(take());

        assertThat(first).contains(2L);
        assertThat(Collections.frequency(first, 1L) * 101).isLessThanOrEqualTo(LaneQueue.SHARE);
    }

    @Test
    void largeBatchesOfOneNodeHaveEverySecondTurn_alone() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            add(1, 3000);
            add(2, 10);
            add(3, 10);
        }
        List<List<Long>> groups = new ArrayList<>();
        while (!queue.isEmpty()) {
            groups.add(nodes(take()));
        }

        assertThat(groups.getFirst()).containsExactly(2L, 2L, 2L, 2L, 3L, 3L, 3L, 3L);
        assertThat(groups.subList(1, groups.size())).hasSize(4).allMatch(group -> group.equals(List.of(1L)));

        add(1, 3000);
        add(1, 3000);
        add(2, 10);
        assertThat(List.of(nodes(take()), nodes(take()), nodes(take())))
                .contains(List.of(2L))
                .containsOnly(List.of(1L), List.of(2L));
    }

    @Test
    void whenAllHaveMuch_severalAreStoredTogether() throws InterruptedException {
        for (int node = 1; node <= 10; node++) {
            add(node, 900);
        }

        assertThat(nodes(take())).hasSize(6);
        assertThat(nodes(take())).containsExactly(7L, 8L, 9L, 10L);
    }

    @Test
    void beginsAndEndsOfSlotsCountForMore() throws InterruptedException {
        List<SlotReader.Read> begins = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            begins.add(new SlotReader.Read(news("slot" + i, Instant.EPOCH), List.of()));
        }
        add(1, begins);
        add(2, 10);

        assertThat(nodes(take())).containsExactly(2L);
        assertThat(nodes(take())).containsExactly(1L);
    }

    @Test
    void whoHasWaitedLongestIsKnown() {
        assertThat(queue.oldest()).isNull();
        add(1, 1, Instant.EPOCH.plusSeconds(2));
        add(2, 1, Instant.EPOCH.plusSeconds(1));

        assertThat(queue.oldest()).isEqualTo(Instant.EPOCH.plusSeconds(1));
    }

    private List<LaneQueue.Waiting> take() throws InterruptedException {
        return queue.take(Duration.ZERO);
    }

    private static List<Long> nodes(List<LaneQueue.Waiting> group) {
        return group.stream().map(waiting -> waiting.contents().node().id()).toList();
    }

    @Test
    void reportsWithoutSamplesCountToo() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            add(1, Collections.nCopies(3000, new SlotReader.Read(news("a", null), List.of())));
        }
        add(2, 1);

        assertThat(nodes(take())).containsExactly(2L);
    }

    private void add(long node, int samples) {
        add(node, samples, Instant.EPOCH);
    }

    private void add(long node, int samples, Instant since) {
        List<JobSample> some = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            some.add(new JobSample(Instant.EPOCH.plusSeconds(i), Map.of()));
        }
        queue.add(new LaneQueue.Waiting(contents(node, List.of(new SlotReader.Read(news("a", null), some))), since));
    }

    private void add(long node, List<SlotReader.Read> slots) {
        queue.add(new LaneQueue.Waiting(contents(node, slots), Instant.EPOCH));
    }

    private static SlotNews news(String slot, @Nullable Instant startedAt) {
        return new SlotNews(slot, null, null, null, startedAt, null, null, null, null);
    }

    private static Contents contents(long node, List<SlotReader.Read> slots) {
        return new Contents(
                new ReportingNode(node, "n" + node),
                Instant.EPOCH,
                "test",
                null,
                null,
                List.of(),
                slots,
                List.of(),
                List.of(),
                null);
    }
}
