package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

class ProcessTagsTest {

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final Map<Integer, Integer> reads = new HashMap<>();
    private final Set<Integer> silent = new HashSet<>();
    private final ProcessTags tags = new ProcessTags(new ProcessAge(proc, KernelUnits.read(proc)), (asked, told) -> {
        for (ProcessStat process : asked) {
            reads.merge(process.pid(), 1, Integer::sum);
            if (!silent.contains(process.pid())) {
                told.accept(process, List.of("even-" + process.pid() % 2));
            }
        }
    });

    @Test
    void anOldProcessIsReadOnceAndAYoungOneWithEveryLookButOncePerLook() throws Exception {
        try (Load young = Load.shell("exec sleep 60")) {
            ProcessTable table = ProcessTable.scan(proc);
            tags.of(table);
            tags.of(table);
            assertThat(reads).containsEntry(1, 1).containsEntry(young.pid(), 1);
            tags.of(table.refresh());
            assertThat(reads).containsEntry(1, 1).containsEntry(young.pid(), 2);
        }
    }

    @Test
    void findsByTag() throws Exception {
        try (Load load = Load.shell("exec sleep 60")) {
            ProcessTable table = ProcessTable.scan(proc);
            assertThat(tags.of(table).getOrDefault("even-" + load.pid() % 2, List.of()))
                    .extracting(ProcessStat::pid)
                    .contains(load.pid());
            assertThat(tags.of(table).getOrDefault("even-" + (load.pid() + 1) % 2, List.of()))
                    .extracting(ProcessStat::pid)
                    .doesNotContain(load.pid());
        }
    }

    @Test
    void whatIsNotToldIsAskedAgainAndAnOldProcessStaysKnown() {
        silent.add(1);
        ProcessTable table = ProcessTable.scan(proc);
        ProcessStat init = Objects.requireNonNull(table.get(1));
        tags.of(table);
        assertThat(tags.tags(init)).isEmpty();
        silent.clear();
        tags.of(table.refresh());
        assertThat(tags.tags(init)).containsExactly("even-1");
        tags.of(table.refresh());
        assertThat(reads).containsEntry(1, 2);
        assertThat(tags.of(table).get("even-1")).extracting(ProcessStat::pid).contains(1);
    }

    @Test
    void forgetsWhatItRead() {
        ProcessTable table = ProcessTable.scan(proc);
        tags.of(table);
        tags.forget();
        tags.of(table);
        assertThat(reads).containsEntry(1, 2);
    }

    @Test
    void marksOfOneKindBelongTogether() {
        assertThat(new EnvironmentMark("SLURM_JOB_ID=5", false).family()).isEqualTo("SLURM_JOB_ID=");
        assertThat(new EnvironmentMark("_CONDOR_ANCESTOR_4711=", true).family()).isEqualTo("_CONDOR_ANCESTOR_");
        assertThat(new EnvironmentMark("_CONDOR_ANCESTOR_4711", true).family()).isEqualTo("_CONDOR_ANCESTOR_");
    }
}
