package org.slotwarden.agent.slot;

import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.ProcessTable;

class CountersBeforeReportTest {

    /** The kernel tells writes in their order. Killed between the two, the next run must not know less than was told. */
    @Test
    void countersAreOnDiskBeforeTheReportThatTellsThem(@TempDir Path folder) throws Exception {
        TestNode node = new TestNode(folder, 1 << 20);
        Path place = Files.createDirectory(folder.resolve("slot"));
        List<String> written = new ArrayList<>();
        try (Load job = Load.shell("sleep 600");
                WatchService watch = folder.getFileSystem().newWatchService()) {
            String records = "batch_system=local\0job_id=1\0job_pid=" + job.pid() + "\0";
            Files.write(place.resolve(Slot.PROLOGUE), records.getBytes(StandardCharsets.UTF_8));
            Slot slot = Slot.open(place, node.here);
            ProcessTable table = new ProcessTable(node.proc, node.here.probes().kept());
            table.refresh();
            var key = place.register(watch, ENTRY_MODIFY);
            slot.sample(table, 0, Instant.now(), false);
            await().until(() -> {
                key.pollEvents().forEach(event -> written.add(String.valueOf(event.context())));
                return written.contains(Slot.SPOOL);
            });
            assertThat(slot.membersSeen()).isTrue();
            slot.remove();
        }
        assertThat(written).containsSubsequence("counters", Slot.SPOOL);
    }
}
