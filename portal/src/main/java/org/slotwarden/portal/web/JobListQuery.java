package org.slotwarden.portal.web;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobState;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * What the page of jobs was asked for, as it stands in its address. Blank parts ask for nothing.
 *
 * @param state a state, {@code ended}, {@code failing} or {@code any}; without one: live jobs, or jobs in any state
 *     when a job or an array is named
 * @param job the batch system's id
 */
record JobListQuery(
        @Nullable String state,
        @Nullable String user,
        @Nullable String node,
        @Nullable String queue,
        @Nullable String flag,
        @Nullable String job,
        @Nullable String array,
        @Nullable String sort) {
    private static final Set<JobState> LIVE = JobFilter.LIVE.states();
    /** Ends that nobody wanted. */
    private static final Set<JobState> FAILING =
            EnumSet.of(JobState.FAILED, JobState.TIMEOUT, JobState.OUT_OF_MEMORY, JobState.VANISHED);

    JobListQuery {
        state = blankToNull(state);
        user = blankToNull(user);
        node = blankToNull(node);
        queue = blankToNull(queue);
        flag = blankToNull(flag);
        job = blankToNull(job);
        array = blankToNull(array);
        sort = blankToNull(sort);
    }

    /** What {@code state} may say, with the states that are meant. */
    static Map<String, Set<JobState>> states() {
        Map<String, Set<JobState>> states = new LinkedHashMap<>();
        states.put("any", Set.of());
        states.put("ended", EnumSet.complementOf(EnumSet.copyOf(LIVE)));
        states.put("failing", FAILING);
        for (JobState state : JobState.values()) {
            states.put(state.name().toLowerCase(Locale.ROOT), Set.of(state));
        }
        return states;
    }

    /**
     * @throws IllegalArgumentException with a message for people
     */
    JobFilter filter() {
        return new JobFilter(meant(), user, node, queue, flag, job, array, null, null);
    }

    /**
     * @throws IllegalArgumentException with a message for people
     */
    JobSort order() {
        return sort == null ? JobSort.NEWEST_FIRST : JobSort.parse(sort);
    }

    private Set<JobState> meant() {
        if (state == null) {
            return job == null && array == null ? LIVE : Set.of();
        }
        Set<JobState> states = states().get(state);
        if (states == null) {
            throw new IllegalArgumentException("state must be one of " + String.join(", ", states().keySet()));
        }
        return states;
    }

    /** Which states the list shows, in a word. */
    public String stateWord() {
        if (state != null) {
            return state;
        }
        return job == null && array == null ? "live" : "any";
    }

    /** Whether more is asked for than the default. */
    public boolean narrow() {
        return state != null
                || user != null
                || node != null
                || queue != null
                || flag != null
                || job != null
                || array != null;
    }

    /** The address of the list, without the page. */
    String address() {
        Map<String, @Nullable String> parts = new LinkedHashMap<>();
        parts.put("state", state);
        parts.put("user", user);
        parts.put("node", node);
        parts.put("queue", queue);
        parts.put("flag", flag);
        parts.put("job", job);
        parts.put("array", array);
        parts.put("sort", sort);
        parts.values().removeIf(value -> value == null);
        UriComponentsBuilder address = UriComponentsBuilder.fromPath("/jobs");
        parts.keySet().forEach(name -> address.queryParam(name, "{" + name + "}"));
        return address.encode().buildAndExpand(parts).toUriString();
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
