package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.ReportAnswer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Many nodes at once. */
@PortalTest
class ConcurrencyTest {

    private static final int NODES = 6;
    private static final int JOBS = 10;

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @LocalServerPort
    int port;

    @Test
    void allNodesOfTheSameJobsAtTheSameMoment_makeOneRowOfEach() throws Exception {
        var together = new CyclicBarrier(NODES);
        List<Callable<ReportAnswer>> tellings = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            String node = "n" + i;
            var agent = new TestAgent(port, node, tokens.issue(node));
            List<SlotStory> stories = new ArrayList<>();
            for (int job = 0; job < JOBS; job++) {
                // Each node in another order: the worst for locks.
                int number = (i % 2 == 0) ? job : JOBS - job;
                stories.add(slot("s" + i + "-" + number, "job" + number)
                        .started(start)
                        .sample(start.plusSeconds(30), 10, 100));
            }
            tellings.add(() -> {
                together.await();
                return agent.tell(stories.toArray(SlotStory[]::new));
            });
        }

        assertThat(run(tellings))
                .allSatisfy(answer -> assertThat(answer.getAcknowledgedCount()).isEqualTo(2 * JOBS));
        List<JobSummary> all = all();
        assertThat(all).hasSize(JOBS + 1);
        assertThat(all.stream().mapToInt(job -> job.nodes().size()).sum()).isEqualTo(NODES * JOBS);
        assertThat(all)
                .allSatisfy(job -> assertThat(job.cpuSeconds())
                        .isEqualTo(10.0 * job.nodes().size()));
    }

    @Test
    void theSameBatchAtTheSameMomentCountsOnce() throws Exception {
        var together = new CyclicBarrier(4);
        var agent = new TestAgent(port, "n1", tokens.issue("n1"));
        SlotStory story = slot("a", "7").started(start).sample(start.plusSeconds(30), 10, 100);
        Callable<ReportAnswer> telling = () -> {
            together.await();
            return agent.tell(story);
        };

        assertThat(run(List.of(telling, telling, telling, telling)))
                .allSatisfy(answer -> assertThat(answer.getAcknowledgedCount()).isEqualTo(2));
        assertThat(all())
                .singleElement()
                .satisfies(job -> assertThat(job.cpuSeconds()).isEqualTo(10));
    }

    private static List<ReportAnswer> run(List<Callable<ReportAnswer>> tellings)
            throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<ReportAnswer> answers = new ArrayList<>();
            for (Future<ReportAnswer> telling : threads.invokeAll(tellings)) {
                answers.add(telling.get());
            }
            return answers;
        }
    }

    private List<JobSummary> all() {
        return jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 100, new Viewer("admin", true))
                .jobs();
    }
}
