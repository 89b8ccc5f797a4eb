package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slotwarden.agent.decision.Policy;
import org.slotwarden.agent.files.JobFiles;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.send.SpoolSpace;
import org.slotwarden.agent.slot.Slot.Surroundings;

/** A node with slots that are known from their epilogues. */
final class TestNode implements Slots.Listener {

    final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    final SpoolSpace space;
    final Surroundings here;
    final Path folder;
    final List<Slot> parked = new ArrayList<>();

    TestNode(Path folder, long spoolBytes) {
        KernelUnits units = KernelUnits.read(proc);
        this.folder = folder;
        this.space = new SpoolSpace(spoolBytes);
        this.here = new Surroundings(
                proc,
                units,
                JobProbe.Shared.of(proc, units),
                JobFiles.Shared.of(proc),
                Path.of("/sys/fs/cgroup"),
                new NodeProcesses(proc, units),
                null,
                "n1",
                30,
                1 << 20,
                space,
                new Policy(new Policy.Settings(
                        Duration.ofSeconds(1), 0.001, Duration.ofMinutes(1), 1 << 20, List.of(), 1)));
    }

    Slots slots(int maxWaiting) {
        return new Slots(new SlotFolders(folder, proc), here, this, maxWaiting);
    }

    Path slot(String id, String batchSystem, int jobId) throws IOException {
        Path slot = Files.createDirectory(folder.resolve(id));
        byte[] records = ("batch_system=" + batchSystem + "\0job_id=" + jobId + "\0exit_code=0\0")
                .getBytes(StandardCharsets.UTF_8);
        Files.write(slot.resolve(Slot.EPILOGUE), records);
        return slot;
    }

    @Override
    public void began(Slot slot) {}

    @Override
    public void epilogueCame(Slot slot, HandOver epilogue) {}

    @Override
    public boolean awaitsMore(Slot slot) {
        return false;
    }

    @Override
    public void parked(Slot slot) {
        parked.add(slot);
    }
}
