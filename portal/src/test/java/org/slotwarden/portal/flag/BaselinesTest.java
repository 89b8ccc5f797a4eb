package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.Baseline;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is usual for a user's workflow is taken from the jobs that ended well. */
@PortalTest
class BaselinesTest {

    private static final Viewer ADMIN = new Viewer("admin", true);
    private static final long GIGABYTE = 1_000_000_000;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @LocalServerPort
    int port;

    @Autowired
    NodeTokens tokens;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    FlagQueries flags;

    @Autowired
    JobQueries jobs;

    private TestAgent agent;
    private Baselines baselines;

    @BeforeEach
    void node() {
        agent = new TestAgent(port, "wn1", tokens.issue("wn1"));
        baselines = new Baselines(jdbc, Clock.systemUTC());
    }

    /** Jobs of anna, of which each used two cores for an hour, and some gigabytes. */
    private void ended(String name, int first, int number, double gigabytes, int exitCode) {
        agent.tell(IntStream.range(first, first + number)
                .mapToObj(i -> {
                    Instant start = now.minus(Duration.ofDays(1)).plusSeconds(60L * i);
                    return slot(name + i, name + i)
                            .facts(facts -> facts.setName(name + "_" + i))
                            .started(start)
                            .sample(start.plusSeconds(3600), 7200, Math.round((gigabytes + 0.01 * (i % 10)) * GIGABYTE))
                            .ended(start.plusSeconds(3600), exitCode);
                })
                .toArray(SlotStory[]::new));
    }

    @Test
    void jobsWhoseNamesDifferInNumbersOnlyAreOneWorkflow() {
        ended("reco", 1, 25, 3, 0);
        ended("merge", 1, 25, 9, 0);

        Baseline usual = Objects.requireNonNull(baselines.of("anna", "reco_4711"));

        assertThat(usual.jobs()).isEqualTo(25);
        assertThat(usual.peakMemoryBytes().median()).isBetween(3.0 * GIGABYTE, 3.1 * GIGABYTE);
        assertThat(usual.walltimeSeconds().median()).isBetween(3599.0, 3601.0);
        assertThat(usual.cores().median()).isBetween(1.99, 2.01);
        assertThat(baselines.of("anna", "simulation_1")).isNull();
        assertThat(baselines.of("bert", "reco_4711")).isNull();
        assertThat(baselines.of(null, "reco_1")).isNull();
        assertThat(baselines.of("anna", null)).isNull();
    }

    @Test
    void jobsThatFailed_andTooFew_sayNothing() {
        ended("reco", 1, 19, 3, 0);
        ended("reco", 20, 30, 3, 1);

        assertThat(baselines.of("anna", "reco_4711")).isNull();
    }

    @Test
    void aJobUnlikeTheUsersOthersIsFlaggedWithTheirFigures() {
        ended("reco", 1, 25, 3, 0);
        SlotStory job = slot("reco99", "reco99").facts(facts -> facts.setName("reco_99"));
        job.started(now.minusSeconds(1500));
        for (int age = 1500; age >= 0; age -= 30) {
            job.sample(now.minusSeconds(age), (1500 - age) * 2.0, 12 * GIGABYTE);
        }

        agent.tell(job);

        long id = jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 100, ADMIN).jobs().stream()
                .filter(one -> one.jobId().equals("reco99"))
                .findFirst()
                .orElseThrow()
                .id();
        List<Flag> raised = await().until(() -> flags.ofJob(id, ADMIN), found -> !found.isEmpty());
        assertThat(raised).singleElement().satisfies(flag -> {
            assertThat(flag.kind()).isEqualTo(FlagKind.OUTLIER);
            assertThat(flag.severity()).isEqualTo(Severity.INFO);
            assertThat(flag.sentence()).contains("25 earlier jobs", "11.2 GiB", "2.8 GiB");
        });
    }
}
