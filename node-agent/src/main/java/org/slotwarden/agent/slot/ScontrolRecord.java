package org.slotwarden.agent.slot;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobFacts;

/**
 * One job out of {@code scontrol -o show job}. Names, comments and paths in that text are the user's and
 * may hold blanks, newlines and whole forged fields, and nothing is quoted. So only fields of numbers and
 * fixed words are looked at, and a field that occurs more than once is nobody's word: it is absent.
 */
public final class ScontrolRecord {

    private static final Pattern RECORD_START = Pattern.compile("^JobId=([0-9]+) ", Pattern.MULTILINE);

    private static final Set<String> FINAL = Set.of(
            "COMPLETED",
            "CANCELLED",
            "FAILED",
            "TIMEOUT",
            "NODE_FAIL",
            "PREEMPTED",
            "BOOT_FAIL",
            "DEADLINE",
            "OUT_OF_MEMORY",
            "REVOKED",
            // A requeued job waits again: this run of it is over.
            "PENDING",
            "REQUEUED",
            "SPECIAL_EXIT");

    private final String record;

    private ScontrolRecord(String record) {
        this.record = record;
    }

    /** The record of this job: asked for an array's first id, scontrol prints all its elements. */
    static Optional<ScontrolRecord> find(String answer, String jobId) {
        List<MatchResult> starts = RECORD_START.matcher(answer).results().toList();
        List<ScontrolRecord> found = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            int end = i + 1 < starts.size() ? starts.get(i + 1).start() : answer.length();
            if (starts.get(i).group(1).equals(jobId)) {
                found.add(new ScontrolRecord(answer.substring(starts.get(i).start(), end)));
            }
        }
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** What Slurm calls the job's state ({@code RUNNING}, {@code COMPLETING}, {@code TIMEOUT}, ...). */
    public Optional<String> state() {
        return field("JobState", "[A-Z_]{1,32}");
    }

    /** True when the state will not change any more. */
    public boolean over() {
        return state().filter(FINAL::contains).isPresent();
    }

    /** What only the controller knows of the job; never a text that the user chose. */
    JobFacts facts(ZoneId zone) {
        JobFacts.Builder facts = JobFacts.newBuilder();
        field("TimeLimit", "[0-9:-]{1,20}")
                .ifPresent(limit -> SlurmSpelling.duration(limit).ifPresent(facts::setWallTimeLimitSeconds));
        number("NumCPUs").ifPresent(cpus -> facts.setRequestedCores((int) Math.min(cpus, Integer.MAX_VALUE)));
        field("ArrayJobId", "[0-9]{1,10}").ifPresent(facts::setArrayId);
        number("ArrayTaskId").ifPresent(facts::setArrayIndex);
        field("Account", "[A-Za-z0-9_.-]{1,64}").ifPresent(facts::setAccount);
        number("Restarts").ifPresent(restarts -> facts.setRestartCount((int) Math.min(restarts, Integer.MAX_VALUE)));
        field("SubmitTime", "[0-9T:-]{19}").ifPresent(text -> {
            Long time = time(text, zone);
            if (time != null) {
                facts.setSubmittedAtMs(time);
            }
        });
        memory(facts);
        return facts.build();
    }

    /** Slurm keeps memory per node or per CPU; for the whole job where the number of nodes or CPUs is known. */
    private void memory(JobFacts.Builder facts) {
        field("MinMemoryNode", "[0-9.]{1,15}[KMGTP]?")
                .ifPresent(text -> SlurmSpelling.memory(text, 1 << 20).ifPresent(bytes -> {
                    facts.setSlotMemoryBytes(bytes);
                    number("NumNodes").ifPresent(nodes -> facts.setRequestedMemoryBytes(bytes * nodes));
                }));
        field("MinMemoryCPU", "[0-9.]{1,15}[KMGTP]?")
                .ifPresent(text -> SlurmSpelling.memory(text, 1 << 20)
                        .ifPresent(bytes ->
                                number("NumCPUs").ifPresent(cpus -> facts.setRequestedMemoryBytes(bytes * cpus))));
    }

    private Optional<Long> number(String key) {
        return field(key, "[0-9]{1,10}").map(Long::parseLong);
    }

    private Optional<String> field(String key, String form) {
        Matcher matcher =
                Pattern.compile("(?<!\\S)" + Pattern.quote(key) + "=(\\S*)").matcher(record);
        List<String> values = matcher.results().map(result -> result.group(1)).toList();
        return values.size() == 1 && values.getFirst().matches(form)
                ? Optional.of(values.getFirst())
                : Optional.empty();
    }

    private static @Nullable Long time(String text, ZoneId zone) {
        try {
            return LocalDateTime.parse(text).atZone(zone).toInstant().toEpochMilli();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
