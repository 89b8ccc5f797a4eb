package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Which slots are one run of one job: docs/decisions/0006-job-identity.md, case by case. */
@PortalTest
class JobIdentityTest {

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(3));

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @LocalServerPort
    int port;

    TestAgent one;
    TestAgent two;

    @BeforeEach
    void nodes() {
        one = new TestAgent(port, "n1", tokens.issue("n1"));
        two = new TestAgent(port, "n2", tokens.issue("n2"));
    }

    @Test
    void twoNodesOfOneJob() {
        one.tell(slot("a", "7").started(START));
        two.tell(slot("b", "7").started(START.plusSeconds(2)));

        JobSummary job = only();
        assertThat(job.nodes()).containsExactly("n1", "n2");
        assertThat(job.startedAt()).isEqualTo(START);
    }

    @Test
    void theSecondNodeMayStartHoursLater_andTheFirstMayBeHeardLast() {
        two.tell(slot("b", "7").started(START.plus(Duration.ofHours(2))));
        one.tell(slot("a", "7").started(START));

        assertThat(only().startedAt()).isEqualTo(START);
    }

    @Test
    void theSameIdInAnotherClusterOrBatchSystemIsAnotherJob_andCaseCounts() {
        one.tell(
                slot("a", "7").started(START),
                slot("b", "7").facts(job -> job.setCluster("west")).started(START),
                slot("c", "7").facts(job -> job.setCluster("West")).started(START),
                slot("d", "7").facts(job -> job.setBatchSystem("pbs")).started(START));

        assertThat(all()).hasSize(4);
    }

    @Test
    void aNodeHasOneSlotInARun() {
        one.tell(slot("a", "7").started(START));
        one.tell(slot("b", "7").started(START.plusSeconds(60)));

        assertThat(all()).extracting(JobSummary::state).containsExactly(JobState.VANISHED, JobState.RUNNING);
    }

    @Test
    void anotherOwnerIsAnotherJob() {
        one.tell(slot("a", "7").started(START));
        two.tell(slot("b", "7").facts(job -> job.setUser("bert").setUid(1001)).started(START.plusSeconds(60)));

        assertThat(all()).extracting(JobSummary::user).containsExactly("anna", "bert");
    }

    @Test
    void aNodeThatIsNotOfTheJobStartsAnotherRun() {
        one.tell(slot("a", "7").facts(job -> job.addNodes("n1")).started(START));
        two.tell(slot("b", "7").facts(job -> job.addNodes("n2")).started(START.plusSeconds(60)));

        assertThat(all()).hasSize(2);
    }

    @Test
    void anIdThatStartsAgainIsAnotherJob() {
        one.tell(slot("a", "7").started(START).ended(START.plusSeconds(600), 0));
        two.tell(slot("b", "7").started(START.plusSeconds(660)));

        assertThat(all()).extracting(JobSummary::state).containsExactly(JobState.COMPLETED, JobState.RUNNING);
    }

    @Test
    void aSlotThatIsToldAfterTheEndBelongsToTheRunThatWasThere() {
        one.tell(slot("a", "7").started(START).ended(START.plusSeconds(600), 0));
        one.tell(slot("c", "7").started(START.plusSeconds(1200)));
        two.tell(slot("b", "7").started(START.plusSeconds(1)).ended(START.plusSeconds(601), 0));

        List<JobSummary> jobs = all();
        assertThat(jobs).hasSize(2);
        assertThat(jobs.getFirst().nodes()).containsExactly("n1", "n2");
        assertThat(jobs.getFirst().endedAt()).isEqualTo(START.plusSeconds(601));
    }

    @Test
    void aHigherRestartCountIsARequeue() {
        one.tell(slot("a", "7").facts(job -> job.setRestartCount(0)).started(START));
        two.tell(slot("b", "7").facts(job -> job.setRestartCount(1)).started(START.plusSeconds(600)));

        assertThat(all()).extracting(JobSummary::state).containsExactly(JobState.REQUEUED, JobState.RUNNING);
    }

    @Test
    void aRequeueIsOne_whicheverRunIsToldFirst_andWhateverItsExitCode() {
        two.tell(slot("b", "7").facts(job -> job.setRestartCount(2)).started(START.plusSeconds(1200)));
        one.tell(slot("a", "7")
                .facts(job -> job.setRestartCount(0))
                .started(START)
                .ended(START.plusSeconds(300), 0));
        one.tell(slot("c", "7").facts(job -> job.setRestartCount(1)).started(START.plusSeconds(600)));

        assertThat(all())
                .extracting(JobSummary::state)
                .containsExactly(JobState.REQUEUED, JobState.REQUEUED, JobState.RUNNING);
    }

    @Test
    void theRestartCountOfAnEpilogueIsNotBelieved() {
        one.tell(slot("a", "7").facts(job -> job.setRestartCount(0)).started(START));
        two.tell(slot("b", "7").facts(job -> job.setRestartCount(1)).known().ended(START.plusSeconds(600), 0));

        JobSummary job = only();
        assertThat(job.nodes()).containsExactly("n1", "n2");
        assertThat(job.restartCount()).isZero();
    }

    @Test
    void anEpilogueForAnUnknownJobIsAJobThatEnded() {
        one.tell(slot("a", "7").known().ended(START, 3));

        JobSummary job = only();
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.startedAt()).isNull();
        assertThat(job.endedAt()).isEqualTo(START);
    }

    @Test
    void whatIsKnownStays_andWhatWasNotIsFilledIn() {
        one.tell(slot("a", "7").facts(job -> job.clearName().clearUser()).started(START));
        two.tell(slot("b", "7")
                .facts(job -> job.setName("late").setQueue("other"))
                .started(START));

        assertThat(only())
                .extracting(JobSummary::name, JobSummary::user, JobSummary::queue)
                .containsExactly("late", "anna", "short");
    }

    private JobSummary only() {
        assertThat(all()).hasSize(1);
        return all().getFirst();
    }

    private List<JobSummary> all() {
        return jobs.search(JobFilter.ALL, new JobSort(JobSort.Key.STARTED, false), 0, 100, new Viewer("admin", true))
                .jobs();
    }
}
