package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.EvidenceQueries;
import org.slotwarden.portal.evidence.FlagEvidence;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Component;

/** What a job was doing when it was flagged, for people. */
@Component("evidenceView")
class EvidenceView {

    /** Of so many flags, the first shown, words stand with the flag itself. */
    private static final int MOST_IN_WORDS = 3;

    private static final int LINES_WITH_FLAG = 5;
    private static final int DEEPEST = 30;

    /** Of threads at one place. */
    private static final int MOST_NAMES = 3;

    private final EvidenceQueries queries;
    private final Format format;

    EvidenceView(EvidenceQueries queries, Format format) {
        this.queries = queries;
        this.format = format;
    }

    /**
     * Beneath a flag.
     *
     * @param when behind the node's name
     * @param link to all of it; null: there is nothing more
     * @param heaviest the busiest processes
     * @param lines the last lines of what {@code linesOf} says
     */
    record Kept(
            String state,
            String node,
            String when,
            String sentence,
            @Nullable String link,
            @Nullable String heaviest,
            List<String> lines,
            @Nullable String linesOf) {

        public String text() {
            return String.join("\n", lines);
        }

        public String label() {
            return "All evidence of " + node;
        }

        public String outputLabel() {
            return "Last lines of " + linesOf + " on " + node;
        }
    }

    /** All that one node told, as its page shows it. */
    record Found(SlotEvidence told, List<Row> tree, List<Waiting> waiting, List<Output> outputs) {}

    /** The end of one output. */
    record Output(String what, SlotEvidence.Output content) {

        public String text() {
            return String.join("\n", content.lines());
        }
    }

    /**
     * Threads of a process that wait at the same place.
     *
     * @param names what they are called
     * @param where function and system call
     */
    record Waiting(String process, int pid, int count, String names, String state, String where, List<String> stack) {}

    /** A process in the tree. */
    record Row(String indent, SlotEvidence.Member process, String state) {}

    /** What was asked for and what became of it, without what came, by flag. */
    Map<Long, List<FlagEvidence>> asked(List<Flag> flags, Viewer viewer) {
        return byFlag(flags, viewer, false);
    }

    /**
     * By flag; those without any are left out.
     *
     * @param asked what {@link #asked} says
     */
    Map<Long, List<Kept>> kept(List<Flag> flags, Map<Long, List<FlagEvidence>> asked, Viewer viewer) {
        Map<Long, List<FlagEvidence>> known = new LinkedHashMap<>(asked);
        List<Flag> inWords = flags.stream()
                .filter(flag -> known.getOrDefault(flag.id(), List.of()).stream()
                        .anyMatch(one -> one.storedAt() != null
                                && one.isAskedBy(flag.kind().kindName())))
                .limit(MOST_IN_WORDS)
                .toList();
        known.putAll(byFlag(inWords, viewer, true));
        Map<Long, List<Kept>> kept = new LinkedHashMap<>();
        for (Flag flag : flags) {
            List<FlagEvidence> of = known.get(flag.id());
            if (of != null) {
                kept.put(flag.id(), of.stream().map(one -> kept(one, flag)).toList());
            }
        }
        return kept;
    }

    private Map<Long, List<FlagEvidence>> byFlag(List<Flag> flags, Viewer viewer, boolean whole) {
        return queries.ofFlags(flags.stream().map(Flag::id).toList(), viewer, whole).stream()
                .collect(Collectors.groupingBy(FlagEvidence::flagId, LinkedHashMap::new, Collectors.toList()));
    }

    private Kept kept(FlagEvidence one, Flag flag) {
        String link = "/flags/" + flag.id() + "/evidence#on-" + one.id();
        boolean own = one.isAskedBy(flag.kind().kindName());
        String when = after(one, flag) + (one.forKill() ? ", because it became worth a kill" : "");
        SlotEvidence found = one.evidence();
        return switch (one.state()) {
            case ASKED ->
                new Kept(
                        "asked",
                        one.node(),
                        ": ",
                        "asked what the job is doing; no answer yet.",
                        null,
                        null,
                        List.of(),
                        null);
            case UNANSWERED -> new Kept("unanswered", one.node(), ": ", unanswered(), null, null, List.of(), null);
            case STORED ->
                found == null || !own
                        ? new Kept(
                                "stored",
                                one.node(),
                                when + ": ",
                                own ? "what the job was doing." : "taken for “" + format.words(one.reason()) + "”.",
                                link,
                                null,
                                List.of(),
                                null)
                        : words(one, found, when, link);
        };
    }

    private Kept words(FlagEvidence one, SlotEvidence found, String when, String link) {
        SlotEvidence.Output error = found.standardError();
        SlotEvidence.Output output = found.standardOutput();
        boolean useError = output == null || output.lines().isEmpty();
        SlotEvidence.Output shown = useError ? error : output;
        List<String> lines = shown == null ? List.of() : shown.lines();
        return new Kept(
                "stored",
                one.node(),
                when + ": ",
                sentence(found),
                link,
                heaviest(found),
                lines.subList(Math.max(0, lines.size() - LINES_WITH_FLAG), lines.size()),
                useError ? "standard error" : "standard output");
    }

    static String unanswered() {
        return "did not say what the job was doing: its agent is older than this portal, was away, or the job ended.";
    }

    /** How long after the sample that raised the flag; both moments are by the node's clock. */
    String after(FlagEvidence one, Flag flag) {
        Instant taken = one.takenAt();
        if (taken == null) {
            return "";
        }
        Duration after = Duration.between(flag.raisedAt(), taken);
        return ", " + format.duration(after.abs()) + (after.isNegative() ? " before" : " after") + " the flag";
    }

    String sentence(SlotEvidence found) {
        String counted = Stream.of(
                        counted(found.processesFound(), "process", "processes"),
                        counted(found.filesFound(), "open file", "open files"),
                        counted(
                                found.hostsFound() == null
                                        ? null
                                        : (int) found.hosts().stream()
                                                .filter(host -> host.host() != null)
                                                .map(SlotEvidence.Host::host)
                                                .distinct()
                                                .count(),
                                "remote host",
                                "remote hosts"))
                .flatMap(Stream::ofNullable)
                .collect(Collectors.joining(", "));
        return counted.isEmpty() ? String.join(". ", found.gaps()) + "." : counted + ".";
    }

    private @Nullable String counted(@Nullable Integer count, String one, String more) {
        return count == null ? null : format.number(count) + " " + (count == 1 ? one : more);
    }

    private @Nullable String heaviest(SlotEvidence found) {
        String some = found.processes().stream()
                .filter(process -> process.coresUsed() != null && process.coresUsed() >= 0.01)
                .sorted(Comparator.comparing(SlotEvidence.Member::coresUsed, Comparator.reverseOrder()))
                .limit(3)
                .map(process -> "%s (%d) %s cores, %s"
                        .formatted(
                                format.name(process.name(), 24),
                                process.pid(),
                                format.number(process.coresUsed()),
                                format.bytes(process.memoryRssBytes())))
                .collect(Collectors.joining("; "));
        return some.isEmpty() ? null : some;
    }

    Found found(SlotEvidence told) {
        List<Output> outputs = Stream.of(
                        output("Standard output", told.standardOutput()),
                        output("Standard error", told.standardError()))
                .flatMap(Stream::ofNullable)
                .toList();
        return new Found(told, tree(told), waiting(told), outputs);
    }

    private static @Nullable Output output(String what, SlotEvidence.@Nullable Output content) {
        return content == null ? null : new Output(what, content);
    }

    /** Hundreds of threads mostly wait at a few places. Those that cannot be interrupted come first, as told. */
    private static List<Waiting> waiting(SlotEvidence told) {
        Map<Integer, String> names = told.processes().stream()
                .collect(
                        Collectors.toMap(SlotEvidence.Member::pid, SlotEvidence.Member::name, (first, again) -> first));
        record Place(
                int pid,
                String state,
                @Nullable String channel,
                @Nullable Integer call,
                List<String> stack) {}
        return told.threads().stream()
                .collect(Collectors.groupingBy(
                        thread -> new Place(
                                thread.pid(),
                                thread.state(),
                                thread.waitChannel(),
                                thread.systemCall(),
                                thread.stack()),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .entrySet()
                .stream()
                .map(alike -> {
                    Place place = alike.getKey();
                    return new Waiting(
                            names.getOrDefault(place.pid(), ""),
                            place.pid(),
                            alike.getValue().size(),
                            names(alike.getValue()),
                            state(place.state()),
                            Stream.of(place.channel(), place.call() == null ? null : "system call " + place.call())
                                    .flatMap(Stream::ofNullable)
                                    .collect(Collectors.joining(", ")),
                            place.stack());
                })
                .toList();
    }

    private static String names(List<SlotEvidence.Waiting> threads) {
        List<String> names = threads.stream()
                .map(thread -> thread.name() + " (" + thread.tid() + ")")
                .toList();
        return names.size() <= MOST_NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMES)) + " and " + (names.size() - MOST_NAMES) + " more";
    }

    /** Children beneath their parents, as they stood in the job; siblings with the busiest first. */
    private static List<Row> tree(SlotEvidence found) {
        Map<Integer, List<SlotEvidence.Member>> children = new LinkedHashMap<>();
        Set<Integer> pids =
                found.processes().stream().map(SlotEvidence.Member::pid).collect(Collectors.toSet());
        List<SlotEvidence.Member> roots = new ArrayList<>();
        for (SlotEvidence.Member process : found.processes()) {
            boolean root = !pids.contains(process.parent()) || process.parent() == process.pid();
            (root ? roots : children.computeIfAbsent(process.parent(), pid -> new ArrayList<>())).add(process);
        }
        List<Row> rows = new ArrayList<>();
        Set<Integer> shown = new HashSet<>();
        roots.forEach(root -> add(root, 0, children, shown, rows));
        // Who claims to descend from a descendant belongs to no tree.
        found.processes().forEach(process -> add(process, 0, children, shown, rows));
        return rows;
    }

    private static void add(
            SlotEvidence.Member process,
            int depth,
            Map<Integer, List<SlotEvidence.Member>> children,
            Set<Integer> shown,
            List<Row> rows) {
        if (!shown.add(process.pid())) {
            return;
        }
        int indented = Math.min(depth, DEEPEST);
        rows.add(new Row(depth == 0 ? "" : "  ".repeat(indented - 1) + "└ ", process, state(process.state())));
        children.getOrDefault(process.pid(), List.of()).forEach(child -> add(child, depth + 1, children, shown, rows));
    }

    /** As proc_pid_stat(5) tells them. */
    private static String state(String letter) {
        return switch (letter) {
            case "R" -> "running";
            case "S" -> "sleeping";
            case "D" -> "waiting in the kernel";
            case "Z" -> "ended, not waited for";
            case "T", "t" -> "stopped";
            case "I" -> "idle";
            default -> letter;
        };
    }
}
