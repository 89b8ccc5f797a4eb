package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.wire.v1.JobFacts;

/** Real processes, some of which seem to hang with their memory map locked. */
@Timeout(300)
class EnvironmentReadsTest {

    private static final String JOB = String.valueOf(System.nanoTime());
    private static final int MANY = 20;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final Map<Integer, CountDownLatch> hanging = new ConcurrentHashMap<>();
    private final AtomicInteger hung = new AtomicInteger();
    private final EnvironmentReads reads = new EnvironmentReads(proc, this::read);
    private final ProcessEnvironments environments =
            new ProcessEnvironments(reads, new ProcessAge(proc, KernelUnits.read(proc)));
    private final ProcessTable table = ProcessTable.scan(proc);
    private final List<Load> loads = new ArrayList<>();

    @BeforeEach
    void jobs() throws Exception {
        for (int i = 0; i < 3; i++) {
            loads.add(Load.shell("exec sleep 600", Map.of("SLURM_JOB_ID", JOB, "SLURM_JOB_NAME", "fit")));
        }
    }

    @AfterEach
    void end() throws Exception {
        hanging.values().forEach(CountDownLatch::countDown);
        for (Load load : loads) {
            load.close();
        }
    }

    private boolean read(ProcFiles into, int pid) {
        @Nullable CountDownLatch lock = hanging.get(pid);
        if (lock != null) {
            hung.incrementAndGet();
            try {
                lock.await();
            } catch (InterruptedException e) {
                return false;
            }
        }
        return into.read(pid + "/environ");
    }

    private Collection<Integer> look() {
        return environments.with(new EnvironmentMark("SLURM_JOB_ID=" + JOB, false), table.refresh()).stream()
                .map(ProcessStat::pid)
                .toList();
    }

    private List<ProcessStat> members() {
        return loads.stream()
                .map(load -> Objects.requireNonNull(table.refresh().get(load.pid())))
                .toList();
    }

    private int pid(int load) {
        return loads.get(load).pid();
    }

    @Test
    void oneThatHangsHidesNoOtherAndIsFoundWhenItIsReleased() {
        hanging.put(pid(0), new CountDownLatch(1));
        Instant begin = Instant.now();
        // On a machine that is busy the other thread may need more than one look.
        await().until(() -> Set.copyOf(look()).equals(Set.of(pid(1), pid(2))));
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofMinutes(1));
        for (int i = 0; i < MANY; i++) {
            look();
        }
        assertThat(look()).containsExactlyInAnyOrder(pid(1), pid(2));
        assertThat(hung).as("threads that hang on it").hasValueLessThanOrEqualTo(2);

        hanging.get(pid(0)).countDown();
        await().until(() -> Set.copyOf(look()).equals(Set.of(pid(0), pid(1), pid(2))));
    }

    @Test
    void othersAreFoundInTheLookInWhichOneBeginsToHang() {
        hanging.put(pid(0), new CountDownLatch(1));
        List<ProcessStat> members = members();
        // Not each time on a machine that is busy.
        await().until(() -> {
            List<Integer> told = new ArrayList<>();
            new EnvironmentReads(proc, this::read)
                    .read(members, "", (text, length) -> "", text -> false, (process, text) -> told.add(process.pid()));
            return told.equals(List.of(pid(1), pid(2)));
        });
    }

    @Test
    void asManyMayHangAsWillAndNoLookWaitsForThem() throws Exception {
        for (int i = loads.size(); i < MANY; i++) {
            loads.add(Load.shell("exec sleep 600", Map.of("SLURM_JOB_ID", JOB)));
        }
        loads.forEach(load -> hanging.put(load.pid(), new CountDownLatch(1)));
        await().until(() -> {
            look();
            return hung.get() >= 17; // one that works and those that were left alone
        });
        for (int i = 0; i < MANY; i++) {
            assertThat(look()).isEmpty();
        }
        assertThat(hung).as("threads").hasValue(17);
        hanging.values().forEach(CountDownLatch::countDown);
        await().until(() -> look().size() == loads.size());
    }

    @Test
    void aJobsNameIsFoundBesideAProcessThatHangs() {
        hanging.put(pid(0), new CountDownLatch(1));
        List<ProcessStat> members = members();
        JobFacts.Builder known = JobFacts.newBuilder();
        await().until(() -> {
            JobEnvironment.read(reads, members, JOB, known::mergeFrom);
            return known.getName().equals("fit");
        });
    }
}
