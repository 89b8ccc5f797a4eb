package org.slotwarden.agent.slot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

/** Which processes carry which marks in their environment ({@code /proc/PID/environ}). */
final class ProcessEnvironments {

    /** What only hooks of Slurm and of {@code local} have: they know the job, but are not part of it. */
    private static final List<byte[]> HOOK_VARIABLES = List.of(ascii("SLURM_SCRIPT_CONTEXT="), ascii("LOCAL_JOB_PID="));

    private static final String NODE_NAME = "SLURMD_NODENAME=";

    /** A mark is a short text; what is longer is somebody's own. */
    private static final int MAX_BYTES = 512;

    private final EnvironmentReads reads;
    private final ProcessTags tags;
    /** How the variables begin that are marks of some slot. */
    private final Set<String> wanted = new HashSet<>(Set.of(NODE_NAME));

    private List<byte[]> wantedBytes = List.of(ascii(NODE_NAME));

    ProcessEnvironments(EnvironmentReads reads, ProcessAge age) {
        this.reads = reads;
        this.tags = new ProcessTags(age, this::read);
    }

    /** The processes that carry a mark, hooks left out. */
    Collection<ProcessStat> with(EnvironmentMark mark, ProcessTable table) {
        if (wanted.add(mark.family())) {
            wantedBytes = wanted.stream().map(ProcessEnvironments::ascii).toList();
            tags.forget();
        }
        Map<String, List<ProcessStat>> byTag = tags.of(table);
        if (!mark.prefix()) {
            return byTag.getOrDefault(mark.text(), List.of());
        }
        List<ProcessStat> found = new ArrayList<>();
        byTag.forEach((variable, processes) -> {
            if (mark.matches(variable)) {
                found.addAll(processes);
            }
        });
        return found;
    }

    /** False when the environment of a process that carries a mark names another node of Slurm's. */
    boolean isOnNode(ProcessStat process, String node) {
        return tags.tags(process).stream()
                .allMatch(variable -> !variable.startsWith(NODE_NAME) || variable.equals(NODE_NAME + node));
    }

    private void read(List<ProcessStat> asked, BiConsumer<ProcessStat, List<String>> told) {
        List<byte[]> words = wantedBytes;
        reads.read(asked, List.of(), (text, length) -> parse(text, length, words), marks -> false, told);
    }

    private static List<String> parse(byte[] text, int length, List<byte[]> words) {
        List<String> marks = new ArrayList<>(2);
        for (int at = 0, end; at < length; at = end + 1) {
            end = at;
            while (end < length && text[end] != 0) {
                end++;
            }
            if (begins(text, at, end, HOOK_VARIABLES)) {
                return List.of();
            }
            if (end - at <= MAX_BYTES && begins(text, at, end, words)) {
                marks.add(new String(text, at, end - at, StandardCharsets.UTF_8));
            }
        }
        return List.copyOf(marks);
    }

    private static boolean begins(byte[] text, int from, int to, List<byte[]> words) {
        for (byte[] word : words) {
            if (to - from >= word.length && Arrays.equals(text, from, from + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
