package org.slotwarden.agent.evidence;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.EvidenceRequest;

/** A program: one look at all processes of a folder that looks like {@code /proc}, in a heap as small as its options say. */
final class LookAtMany {

    private LookAtMany() {}

    /** @param arguments the folder, and the user whose job it is */
    public static void main(String... arguments) throws InterruptedException {
        ProcFiles proc = new ProcFiles(Path.of(arguments[0]));
        BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        BlockingQueue<Evidence> told = new LinkedBlockingQueue<>();
        EvidenceLooks looks = new EvidenceLooks(EvidenceScope.FULL, proc, new KernelUnits(4096, 100), tasks::add);
        begin(looks, proc, Long.parseLong(arguments[1]), told);
        @Nullable Evidence evidence = told.poll();
        while (evidence == null) {
            Runnable task = tasks.poll(1, TimeUnit.MINUTES);
            if (task == null) {
                System.exit(3);
            }
            task.run();
            evidence = told.poll();
        }
        System.out.printf(
                "of %d, %d processes, %d files, %d hosts%n",
                evidence.getProcessesFound(),
                evidence.getProcessesCount(),
                evidence.getFilesCount(),
                evidence.getHostsCount());
    }

    /** Nobody but the look knows of the processes afterwards. */
    private static void begin(EvidenceLooks looks, ProcFiles proc, long uid, BlockingQueue<Evidence> told) {
        List<ProcessStat> members = new ArrayList<>();
        for (String name : requireNonNull(proc.list(""))) {
            // As an agent has them: those of a crowd share their name.
            ProcessStat read = name.equals("stat") ? null : ProcessStat.read(proc, name);
            if (read != null) {
                members.add(new ProcessStat(
                        read.pid(), "worker", 'S', read.parent(), 1, 0, 0, 0, 0, 0, 0, 1, read.startTicks(), 1));
            }
        }
        looks.begin(
                EvidenceRequest.newBuilder().setRequestId(1).setSlotId("s").build(),
                new EvidenceSubject(members, new JobPlaces(uid, "/", null, null, null), null),
                result -> told.add(result.evidence()));
    }
}
