package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@PortalTest
class LiveJobsTest {

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(120);

    @Autowired
    NodeTokens tokens;

    @Autowired
    LiveJobs live;

    @LocalServerPort
    int port;

    /** 1 uses most cores, 2 most memory; of 3 nothing was measured, and 4 has ended with more than all of them. */
    @BeforeEach
    void fourJobs() {
        var agent = new TestAgent(port, "n1", tokens.issue("n1"));
        tell(agent, "1", "anna", 3, 1000);
        tell(agent, "2", "bert", 1, 5000);
        agent.tell(slot("s3", "3").facts(facts -> facts.setUser("anna")).started(start));
        tell(agent, "4", "carl", 9, 9000);
        agent.tell(slot("s4", "4").ended(start.plusSeconds(90), 0));
    }

    private void tell(TestAgent agent, String job, String user, double cores, long memory) {
        agent.tell(slot("s" + job, job)
                .facts(facts -> facts.setUser(user))
                .started(start)
                .sample(start.plusSeconds(30), 0, memory)
                .sample(start.plusSeconds(60), 30 * cores, memory));
    }

    @Test
    void whoHasMostComesFirst_andOfWhomNothingIsKnownLast() {
        LiveJobs.Overview all = live.overview(5, new Viewer("admin", true));
        assertThat(all.byCoresUsed()).extracting(JobSummary::jobId).containsExactly("1", "2", "3");
        assertThat(all.byMemoryUsed()).extracting(JobSummary::jobId).containsExactly("2", "1", "3");

        LiveJobs.Overview two = live.overview(2, new Viewer("admin", true));
        assertThat(two.byCoresUsed()).extracting(JobSummary::jobId).containsExactly("1", "2");
        assertThat(two.byMemoryUsed()).extracting(JobSummary::jobId).containsExactly("2", "1");
    }

    @Test
    void whatIsKnownIsAddedUp() {
        LiveJobs.Totals totals = live.overview(1, new Viewer("admin", true)).totals();

        assertThat(totals.running()).isEqualTo(3);
        assertThat(totals.silent()).isZero();
        assertThat(totals.users()).isEqualTo(2);
        assertThat(totals.coresUsed()).isCloseTo(4.0, within(1e-6));
        assertThat(totals.memoryUsed()).isEqualTo(6000);
    }

    @Test
    void othersJobsAreNotThere() {
        LiveJobs.Overview annas = live.overview(5, new Viewer("anna", false));

        assertThat(annas.byMemoryUsed()).extracting(JobSummary::jobId).containsExactly("1", "3");
        assertThat(annas.totals().running()).isEqualTo(2);
        assertThat(annas.totals().memoryUsed()).isEqualTo(1000);
        assertThat(live.overview(5, new Viewer("nobody", false)).totals().memoryUsed())
                .as("known of none")
                .isNull();
    }
}
