package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Patience;
import org.slotwarden.wire.v1.SlotReport;

/** Jobs of Slurm's that end faster than its controller tells how. */
@ExtendWith(Patience.class)
class SlotEndingTest {

    private final Path folder;
    private final TestNode node;
    private final Path state;
    private final Path scontrol;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    SlotEndingTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        this.node = new TestNode(Files.createDirectory(folder.resolve("slots")), 1 << 30);
        this.state = folder.resolve("state");
        this.scontrol = Files.writeString(
                folder.resolve("scontrol"),
                "#!/bin/sh\nwhile [ ! -s " + state + " ]; do sleep 0.05; done\n"
                        + "printf 'JobId=%s JobState=%s \\n' \"$4\" \"$(cat " + state + ")\"\n");
        Files.setPosixFilePermissions(scontrol, PosixFilePermissions.fromString("rwx------"));
    }

    private void work() throws Exception {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static List<String> states(Slot slot) throws Exception {
        List<String> states = new ArrayList<>();
        for (long sequence : slot.spool().waiting()) {
            SlotReport report =
                    SlotReport.parseFrom(Objects.requireNonNull(slot.spool().read(sequence)));
            if (report.hasEnd()) {
                states.add(report.getEnd().getBatchState());
            }
        }
        return states;
    }

    @Test
    void beyondTheBoundTheOneAskedAboutForLongestIsReportedWithoutItsStateAndLeftAlone() throws Exception {
        try (BatchQuestions questions = new BatchQuestions(new Scontrol(scontrol, Duration.ofMinutes(1)), tasks::add)) {
            SlotEnding ending = new SlotEnding(questions, () -> {}, 2);
            List<Slot> slots = new ArrayList<>();
            for (int job = 1; job <= 3; job++) {
                Slot slot = Slot.open(node.slot("slot-" + job, "slurm", job), node.here);
                slots.add(slot);
                ending.begin(slot, slot.epilogue().orElseThrow());
            }
            Slot first = slots.get(0);
            assertThat(ending.isAsking(first)).isFalse();
            assertThat(states(first)).containsExactly("");
            assertThat(slots.subList(1, 3)).allMatch(ending::isAsking).noneMatch(Slot::ended);

            Files.writeString(state, "TIMEOUT");
            await().until(() -> {
                work();
                return slots.subList(1, 3).stream().noneMatch(ending::isAsking);
            });
            await().until(() -> {
                work();
                return tasks.isEmpty();
            });
            assertThat(states(slots.get(1))).contains("TIMEOUT");
            assertThat(states(slots.get(2))).contains("TIMEOUT");
            assertThat(states(first)).as("its answer, too, came late").containsExactly("");
            assertThat(folder).isDirectory();
        }
    }
}
