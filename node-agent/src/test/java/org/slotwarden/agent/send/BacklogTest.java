package org.slotwarden.agent.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotReport;

class BacklogTest {

    private final SpoolSpace space = new SpoolSpace(1 << 30);
    private final Backlog backlog = new Backlog(space);

    private Spool spool(Path file, int reports) throws Exception {
        Spool spool = Spool.open(file, "slot", 1 << 20, space);
        for (int i = 1; i <= reports; i++) {
            spool.append(
                    SlotReport.newBuilder().addSamples(JobSample.newBuilder().setTimeMs(i)));
        }
        return spool;
    }

    private AgentStatus status(Spool... open) {
        return backlog.into(AgentStatus.newBuilder().setTimeMs(1000), List.of(open), 7);
    }

    @Test
    void slotsThatWaitOnDiskOnlyCountUntilTheyAreInMemoryAgain(@TempDir Path folder) throws Exception {
        Path parked = folder.resolve("parked");
        Path held = folder.resolve("held");
        Spool one = spool(parked, 3);
        Spool two = spool(held, 2);
        long bytes = Files.size(parked) + Files.size(held) + 7;
        AgentStatus both = status(one, two);
        assertThat(both.getReportsWaiting()).isEqualTo(5);
        assertThat(both.getSpoolBytes()).isEqualTo(bytes);

        space.parks(one);
        one.close();
        assertThat(status(two)).isEqualTo(both.toBuilder().setSlots(1).build());
        assertThat(space.bytes()).isEqualTo(bytes - 7);

        try (Spool again = spool(parked, 0)) {
            space.returned(again);
            assertThat(status(again, two)).isEqualTo(both);
        }
        two.close();
        space.noneParked();
        assertThat(space.bytes()).isZero();
    }
}
