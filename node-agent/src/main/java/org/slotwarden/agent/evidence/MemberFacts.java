package org.slotwarden.agent.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ProcessEvidence;

/** What is told of one process. */
final class MemberFacts {

    private static final int NAME_BYTES = 64;
    private static final int EXECUTABLE_BYTES = 256;
    /** Bytes of arguments in which secrets are looked for. A command line may have some megabytes. */
    private static final int MOST_ARGUMENTS = 4096;

    private final ProcFiles proc;
    private final KernelUnits units;
    private final long bootedAtMs;

    MemberFacts(ProcFiles proc, KernelUnits units) {
        this.proc = proc;
        this.units = units;
        OptionalLong booted =
                proc.read("stat") ? ProcText.numberAfter(proc.bytes(), proc.length(), "btime ") : OptionalLong.empty();
        this.bootedAtMs = booted.orElse(-1) * 1000;
    }

    ProcessEvidence of(SeenMember member, double seconds) {
        ProcessEvidence.Builder told = ProcessEvidence.newBuilder()
                .setPid(member.pid())
                .setParent(member.now().parent())
                .setName(BoundedName.cut(member.now().name(), NAME_BYTES))
                .setState(String.valueOf(member.now().state()))
                .setCpuSeconds(
                        units.seconds(member.now().userTicks() + member.now().systemTicks()))
                .setThreads(member.now().threads());
        if (seconds > 0) {
            told.setCoresUsed(units.seconds(member.ticksSince()) / seconds);
        }
        if (bootedAtMs > 0) {
            told.setStartedAtMs(bootedAtMs + (long) (units.seconds(member.now().startTicks()) * 1000));
        }
        if (!member.now().ended()) {
            told.setMemoryRssBytes(member.now().residentPages() * units.pageBytes());
        }
        if (member.openFiles() >= 0) {
            told.setOpenFiles(member.openFiles());
        }
        return told.build();
    }

    /** What the kernel takes the lock of the process's memory map for: this may hang with the process. */
    ProcessEvidence withTexts(ProcessEvidence told) {
        ProcessEvidence.Builder more = told.toBuilder();
        try {
            String file =
                    Files.readSymbolicLink(proc.path(told.getPid() + "/exe")).toString();
            more.setExecutable(BoundedName.cut(file, EXECUTABLE_BYTES));
        } catch (IOException e) {
            // It ended, or is a thread of the kernel.
        }
        String line = commandLine(told.getPid());
        if (line != null) {
            more.setCommandLine(line);
        }
        return more.build();
    }

    private @Nullable String commandLine(int pid) {
        if (!proc.read(pid + "/cmdline", MOST_ARGUMENTS) || proc.length() == 0) {
            return null;
        }
        String line = new String(proc.bytes(), 0, proc.length(), StandardCharsets.UTF_8);
        return BoundedName.cut(Secrets.hideArguments(line), WireContract.MAX_EVIDENCE_TEXT_BYTES);
    }
}
