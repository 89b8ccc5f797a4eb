package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.FakePortal.Reply;
import org.slotwarden.wire.v1.SlotReport;

/** A node of many short jobs whose portal is away for long. */
class ParkedSlotsTest {

    private static final int JOBS = 1500;
    private static final String PARKS = "further ones wait on disk only";

    private final FakePortal portal = new FakePortal();
    private final AgentProcess agent;

    ParkedSlotsTest(@TempDir Path root) throws Exception {
        // Starts and ends alone take more, and none may be given up for it.
        this.agent = new AgentProcess(root, portal.url()).with("spool_bytes", 64 << 10);
    }

    @BeforeAll
    static void slowMachines() {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(3));
    }

    @AfterEach
    void end() throws Exception {
        agent.close();
        portal.close();
    }

    private int descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/" + agent.process().pid() + "/fd"))) {
            return open.toList().size();
        }
    }

    @Test
    void manyEndedSlotsWaitOnDiskAndEveryEndArrivesOnce() throws Exception {
        portal.behave(batch -> Reply.status(503, "away"));
        for (int job = 0; job < JOBS; job++) {
            agent.epilogue(String.valueOf(job), "exit_code=0");
        }
        agent.start();
        agent.awaitInboxEmpty();
        assertThat(agent.log()).contains(PARKS);
        await().until(() -> agent.log().contains("65536 are allowed: the largest are thinned"));
        assertThat(agent.slotFolders()).hasSize(JOBS);
        assertThat(descriptors()).isLessThan(200);

        agent.kill();
        int triedBefore = portal.batches().size();
        agent.start();
        await().until(() -> agent.log().split(PARKS, -1).length == 3);
        await().until(() -> portal.batches().size() > triedBefore
                && portal.batches().getLast().getAgentStatus().getReportsWaiting() >= JOBS);
        assertThat(descriptors()).isLessThan(200);

        List<String> ended = new CopyOnWriteArrayList<>();
        portal.behave(batch -> {
            batch.getSlotReportsList().stream().filter(SlotReport::hasEnd).forEach(end -> ended.add(end.getSlotId()));
            return Reply.of(FakePortal.acknowledge(batch));
        });
        await().until(() -> agent.slotFolders().isEmpty());
        assertThat(ended).doesNotHaveDuplicates().hasSize(JOBS);
        assertThat(portal.batches())
                .as("slots held in memory, and one that is about to be parked")
                .allMatch(batch -> batch.getAgentStatus().getSlots() <= 501);
        assertThat(agent.log()).doesNotContain("ERROR");
    }
}
