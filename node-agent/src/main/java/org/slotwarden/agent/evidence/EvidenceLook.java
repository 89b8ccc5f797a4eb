package org.slotwarden.agent.evidence;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.diagnostics.ThreadCpu;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.OutputEvidence;
import org.slotwarden.wire.v1.ProcessEvidence;

/**
 * One look at a job, in steps on a thread that may hang: first what never does (the kernel's own tables), then what
 * may. Each step leaves what it found in the {@link EvidenceParts}.
 */
final class EvidenceLook {

    /** Between the two looks at CPU times, which the kernel tells in hundredths of a second. */
    private static final long MEASURED_NANOS = 1_000_000_000L;

    private static final int MOST_PROCESSES = 20_000;

    private final Members members;
    private final @Nullable JobPlaces places;
    private final @Nullable Long gid;
    private final EvidenceScope scope;
    private final boolean threads;
    private final ProcFiles proc;
    private final KernelUnits units;
    private final SideWork side;
    private final EvidenceParts parts;
    private final Runnable over;
    private long began;

    /**
     * @param threads whether it is looked at where threads wait
     * @param over called when everything was looked at, by the thread that did
     */
    EvidenceLook(
            EvidenceSubject subject,
            EvidenceScope scope,
            boolean threads,
            ProcFiles proc,
            KernelUnits units,
            SideWork side,
            EvidenceParts parts,
            Runnable over) {
        this.members = new Members(subject.members(), MOST_PROCESSES);
        this.places = subject.places();
        this.gid = subject.gid();
        this.scope = scope;
        this.threads = threads;
        this.proc = proc;
        this.units = units;
        this.side = side;
        this.parts = parts;
        this.over = over;
    }

    /** False when nothing can be begun. */
    boolean begin() {
        return side.offer(counted(this::first));
    }

    private Runnable counted(Runnable step) {
        return () -> {
            ThreadCpu cpu = new ThreadCpu(proc);
            double before = cpu.seconds().orElse(0);
            try {
                step.run();
            } finally {
                parts.cost(OptionalDouble.of(Math.max(0, cpu.seconds().orElse(0) - before)));
            }
        };
    }

    private void first() {
        began = System.nanoTime();
        if (members.found() > MOST_PROCESSES) {
            parts.gap("Of " + members.found() + " processes " + MOST_PROCESSES + " were looked at");
        }
        members.look(proc);
        if (!side.offer(counted(this::second), MEASURED_NANOS)) {
            over.run();
        }
    }

    private void second() {
        double seconds = (System.nanoTime() - began) / 1e9;
        ProcessWeights weights = new ProcessWeights(WireContract.MAX_EVIDENCE_PROCESSES);
        members.lookAgain(proc, weights);
        MemberFacts facts = new MemberFacts(proc, units);
        List<ProcessEvidence> told = weights.heaviest(pid -> members.member(proc, pid)).stream()
                .map(member -> facts.of(member, seconds))
                .toList();
        parts.processes(members.seen(), seconds, told);
        if (places == null) {
            parts.gap("The job's user is not known: neither files nor command lines nor output are looked at");
        } else {
            parts.next("open files, sockets, output and command lines");
            Descriptors descriptors = new Descriptors(proc, places.uid());
            descriptors.look(members.byOpenFiles());
            sockets(descriptors);
            parts.files(descriptors.paths().size(), OpenFileSizes.named(descriptors.paths()));
            told(descriptors);
            if (threads) {
                parts.next("threads, output and command lines");
                ThreadWaits waits = new ThreadWaits(proc, places.uid());
                parts.threads(waits.look(told), waits.found());
            }
            texts(facts, told, places, weights);
            parts.next("sizes of open files");
            OpenFileSizes sizes = new OpenFileSizes(descriptors.paths());
            var largest = sizes.measure();
            parts.files(sizes.files(), largest);
        }
        parts.next(null);
        over.run();
    }

    private void sockets(Descriptors descriptors) {
        RemoteHosts hosts = new RemoteHosts(descriptors.sockets());
        descriptors.inNamespaces().forEach(pid -> hosts.read(proc.path(pid + "/net")));
        List<HostEvidence> all = hosts.hosts();
        parts.hosts(all.size(), all.subList(0, Math.min(WireContract.MAX_EVIDENCE_ROWS, all.size())));
        if (hosts.cut()) {
            parts.gap("There are too many sockets on this node to look at all of them");
        }
    }

    private void told(Descriptors descriptors) {
        if (descriptors.protectedProcesses() > 0) {
            parts.gap("Not told are files and sockets of processes that are not the job user's, or run with other"
                    + " rights: " + descriptors.protectedProcesses());
        }
        if (descriptors.cut()) {
            parts.gap("There are too many open files to look at all of them");
        }
    }

    private void texts(MemberFacts facts, List<ProcessEvidence> told, JobPlaces places, ProcessWeights weights) {
        if (scope.output()) {
            parts.next("output and command lines");
            output(places, weights);
        } else {
            parts.gap("Output is not sent from this node, as its admins chose");
        }
        if (scope.commandLines()) {
            parts.next("command lines");
            for (int i = 0; i < told.size(); i++) {
                // The words of programs that run with other rights are not the user's to see.
                if (!told.get(i).getState().equals("Z")
                        && proc.belongsTo(told.get(i).getPid(), places.uid())) {
                    parts.process(i, facts.withTexts(told.get(i)));
                }
            }
        } else {
            parts.gap("Command lines are not sent from this node, as its admins chose");
        }
    }

    private void output(JobPlaces places, ProcessWeights weights) {
        List<ProcessStat> oldest =
                weights.oldest().stream().map(SeenMember::now).toList();
        OutputPlaces of = new OutputPlaces(proc, places, gid, OutputPlaces.first(oldest, proc, places.uid()));
        OutputPlaces.Use<OutputEvidence> tail = place -> new OutputTail(place.user()).read(place.file(), place.name());
        try {
            parts.standardOutput(of.use(false, tail));
        } catch (Unreadable e) {
            parts.gap("Standard output " + e.getMessage());
        }
        try {
            parts.standardError(of.use(true, tail));
        } catch (Unreadable e) {
            parts.gap("Standard error " + e.getMessage());
        }
    }
}
