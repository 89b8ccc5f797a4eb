package org.slotwarden.agent.slot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

/**
 * Words that tell to which job a process belongs, found once for all slots: a process is read when it is
 * new, and with every look as long as it is so young that its batch system may still be setting it up.
 */
final class ProcessTags {

    /** After that a process has become the program that it is to be. */
    private static final long SETTLED_SECONDS = 5;

    /** Tells the tags of processes: none of one that is gone or cannot be read. */
    interface Reader {
        /** Of a process that it does not tell nothing is known yet; it is asked again with the next look. */
        void read(List<ProcessStat> asked, BiConsumer<ProcessStat, List<String>> told);
    }

    private record Known(long startTicks, List<String> tags, boolean settled) {}

    private final ProcessAge age;
    private final Reader reader;
    private final Map<Integer, Known> known = new HashMap<>();
    private final Map<String, List<ProcessStat>> byTag = new HashMap<>();
    private final List<ProcessStat> asked = new ArrayList<>();
    private @Nullable ProcessTable table;
    private int look;

    ProcessTags(ProcessAge age, Reader reader) {
        this.age = age;
        this.reader = reader;
    }

    /** What is looked for has changed: everything is read again. */
    void forget() {
        known.clear();
        table = null;
    }

    /** All processes of the table by their tags. */
    Map<String, List<ProcessStat>> of(ProcessTable now) {
        if (table != now || look != now.look()) {
            table = now;
            look = now.look();
            update(now);
        }
        return byTag;
    }

    /** The tags of a process as of the last look. */
    List<String> tags(ProcessStat process) {
        Known of = known.get(process.pid());
        return of == null || of.startTicks != process.startTicks() ? List.of() : of.tags;
    }

    private void update(ProcessTable now) {
        byTag.clear();
        for (ProcessStat process : now.all()) {
            Known of = known.get(process.pid());
            if (of == null || !of.settled || of.startTicks != process.startTicks()) {
                asked.add(process);
            } else {
                put(process, of);
            }
        }
        if (!asked.isEmpty()) {
            ask();
        }
        if (known.size() > now.size()) {
            known.keySet().removeIf(pid -> now.get(pid) == null);
        }
    }

    private void ask() {
        double uptime = age.uptime();
        reader.read(asked, (process, tags) -> {
            boolean settled = age.seconds(process, uptime) > SETTLED_SECONDS;
            known.put(process.pid(), new Known(process.startTicks(), tags, settled));
        });
        for (ProcessStat process : asked) {
            Known of = known.get(process.pid());
            if (of != null && of.startTicks == process.startTicks()) {
                put(process, of);
            }
        }
        asked.clear();
    }

    private void put(ProcessStat process, Known of) {
        for (String tag : of.tags) {
            byTag.computeIfAbsent(tag, t -> new ArrayList<>()).add(process);
        }
    }
}
