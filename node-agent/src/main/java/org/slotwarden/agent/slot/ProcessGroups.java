package org.slotwarden.agent.slot;

import java.util.List;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

/** Which processes have which supplementary groups ({@code /proc/PID/status}). */
final class ProcessGroups {

    private static final String LINE = "\nGroups:";

    private final ProcessTags tags;

    ProcessGroups(ProcFiles proc, ProcessAge age) {
        // The kernel needs no lock of the process for it.
        this.tags = new ProcessTags(age, (asked, told) -> {
            for (ProcessStat process : asked) {
                String status = proc.text(process.pid() + "/status");
                told.accept(process, status == null ? List.of() : parse(status));
            }
        });
    }

    /** The processes that have a group. */
    List<ProcessStat> with(long gid, ProcessTable table) {
        return tags.of(table).getOrDefault(Long.toString(gid), List.of());
    }

    /** The numbers. The name in the first line may hold anything but a newline. */
    static List<String> parse(String status) {
        int at = status.indexOf(LINE);
        int end = at < 0 ? -1 : status.indexOf('\n', at + 1);
        String numbers =
                end < 0 ? "" : status.substring(at + LINE.length(), end).strip();
        return numbers.isEmpty() ? List.of() : List.of(numbers.split("\\s+"));
    }
}
