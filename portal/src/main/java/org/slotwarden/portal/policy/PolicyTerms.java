package org.slotwarden.portal.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;

/**
 * What a policy does, about what, for whom. The same in REST, in the database and here; {@link #checked} says what is
 * wrong with what somebody sent.
 *
 * @param flags kinds as in REST, {@code rule:NAME} for a rule of the site; 1 to 50
 * @param severity the least: info, warn or kill
 * @param dwellSeconds for which a flag must have stood before the first stage, 0 to 7 days
 * @param jobs which jobs
 * @param exempt and which not
 * @param stages in their order, 1 to 10
 * @param caps acts per hour
 * @param workingHours outside of which it only notifies; null: always
 */
public record PolicyTerms(
        List<String> flags,
        String severity,
        Integer dwellSeconds,
        Jobs jobs,
        Exempt exempt,
        List<Stage> stages,
        Caps caps,
        @Nullable WorkingHours workingHours) {

    /** Between the warning of the owner and a kill. */
    static final Duration LEAST_GRACE = Duration.ofMinutes(1);

    private static final String RULE = "rule:";
    private static final int MOST_FLAGS = 50;
    private static final int MOST_STAGES = 10;
    private static final int LONGEST = 7 * 86_400;

    /** Names or patterns with {@code *}; a list that is empty asks nothing. A job matches that matches each list. */
    public record Jobs(
            List<String> queues, List<String> users, List<String> groups, List<String> accounts, List<String> nodes) {

        public Jobs {
            queues = list(queues);
            users = list(users);
            groups = list(groups);
            accounts = list(accounts);
            nodes = list(nodes);
        }

        static final Jobs ALL = new Jobs(List.of(), List.of(), List.of(), List.of(), List.of());

        private Jobs checked() {
            return new Jobs(
                    NamePatterns.checked("jobs.queues", queues),
                    NamePatterns.checked("jobs.users", users),
                    NamePatterns.checked("jobs.groups", groups),
                    NamePatterns.checked("jobs.accounts", accounts),
                    NamePatterns.checked("jobs.nodes", nodes));
        }

        private boolean match(FlaggedJob job) {
            return matches(queues, job.queue())
                    && matches(users, job.user())
                    && matches(groups, job.group())
                    && matches(accounts, job.account())
                    && (nodes.isEmpty() || job.nodes().stream().anyMatch(node -> NamePatterns.any(nodes, node)));
        }

        private static boolean matches(List<String> patterns, @Nullable String name) {
            return patterns.isEmpty() || (name != null && NamePatterns.any(patterns, name));
        }
    }

    /**
     * Jobs that are left alone: a job that matches one list. Of a job of which such a name is not known, it is taken to
     * match.
     *
     * @param optOut whether jobs may ask for it themselves ({@value FlaggedJob#OPT_OUT} in their comment)
     */
    public record Exempt(
            List<String> users,
            List<String> queues,
            List<String> groups,
            List<String> accounts,
            List<String> jobNames,
            Boolean optOut) {

        public Exempt {
            users = list(users);
            queues = list(queues);
            groups = list(groups);
            accounts = list(accounts);
            jobNames = list(jobNames);
            optOut = optOut != null && optOut;
        }

        static final Exempt NOBODY = new Exempt(List.of(), List.of(), List.of(), List.of(), List.of(), false);

        private Exempt checked() {
            return new Exempt(
                    NamePatterns.checked("exempt.users", users),
                    NamePatterns.checked("exempt.queues", queues),
                    NamePatterns.checked("exempt.groups", groups),
                    NamePatterns.checked("exempt.accounts", accounts),
                    NamePatterns.checked("exempt.job_names", jobNames),
                    optOut);
        }

        private boolean matches(FlaggedJob job) {
            return (optOut && job.optedOut())
                    || matches(users, job.user())
                    || matches(queues, job.queue())
                    || matches(groups, job.group())
                    || matches(accounts, job.account())
                    || matches(jobNames, job.name());
        }

        private static boolean matches(List<String> patterns, @Nullable String name) {
            return !patterns.isEmpty() && (name == null || NamePatterns.any(patterns, name));
        }
    }

    /**
     * @param kind notify, warn, hold, requeue, cancel or kill
     * @param afterSeconds after the stage before, or after the dwell; 0 to 7 days
     * @param graceSeconds of a kill between SIGTERM and SIGKILL, 0 to 3600; null of others
     */
    public record Stage(
            String kind, Integer afterSeconds, @Nullable Integer graceSeconds) {

        public Stage {
            kind = Objects.requireNonNullElse(kind, "");
            afterSeconds = afterSeconds == null ? 0 : afterSeconds;
        }

        public StageKind what() {
            return StageKind.named(kind).orElseThrow();
        }

        public Duration after() {
            return Duration.ofSeconds(afterSeconds);
        }

        private static final int USUAL_GRACE = 30;

        private Stage checked(String field) {
            StageKind known = StageKind.named(kind)
                    .orElseThrow(() -> new PolicyRefused(field + ".kind", "must be " + StageKind.WORDS));
            within(field + ".after_seconds", afterSeconds, 0, LONGEST);
            if (known != StageKind.KILL && graceSeconds != null) {
                throw new PolicyRefused(field + ".grace_seconds", "is for a kill");
            }
            Integer grace = known == StageKind.KILL && graceSeconds == null ? (Integer) USUAL_GRACE : graceSeconds;
            if (grace != null) {
                within(field + ".grace_seconds", grace, 0, 3600);
            }
            return new Stage(known.word(), afterSeconds, grace);
        }

        /** For people: "kill, 10 min later". */
        public String words() {
            return kind
                    + (afterSeconds == 0 ? "" : " after " + PolicyTerms.words(after()))
                    + (graceSeconds == null ? "" : ", " + graceSeconds + " s from SIGTERM to SIGKILL");
        }
    }

    /** Acts in any hour, warnings and what stops jobs each counted for themselves; 1 to 10,000. Above it, only notices. */
    public record Caps(Integer site, Integer user, Integer policy) {

        static final Caps USUAL = new Caps(20, 5, 10);

        public Caps {
            site = site == null ? 20 : site;
            user = user == null ? 5 : user;
            policy = policy == null ? 10 : policy;
        }

        private Caps checked() {
            within("caps.site", site, 1, 10_000);
            within("caps.user", user, 1, 10_000);
            within("caps.policy", policy, 1, 10_000);
            return this;
        }
    }

    public PolicyTerms {
        flags = list(flags);
        severity = Objects.requireNonNullElse(severity, "warn");
        dwellSeconds = dwellSeconds == null ? 600 : dwellSeconds;
        jobs = Objects.requireNonNullElse(jobs, Jobs.ALL);
        exempt = Objects.requireNonNullElse(exempt, Exempt.NOBODY);
        stages = list(stages);
        caps = Objects.requireNonNullElse(caps, Caps.USUAL);
    }

    private static <T> List<T> list(@Nullable List<T> some) {
        return some == null ? List.of() : some.stream().filter(Objects::nonNull).toList();
    }

    /**
     * @param rules says whether there is a rule of this name, and not retired
     * @throws PolicyRefused with what is wrong, and where
     */
    PolicyTerms checked(Predicate<String> rules) {
        within("dwell_seconds", dwellSeconds, 0, LONGEST);
        Severity least = severity(severity);
        List<String> kinds = checkedFlags(rules);
        if (least == Severity.KILL && kinds.stream().anyMatch(kind -> kind.startsWith(RULE))) {
            throw new PolicyRefused(
                    "severity", "must be info or warn for rules of the site, which are never worth a kill");
        }
        if (stages.isEmpty() || stages.size() > MOST_STAGES) {
            throw new PolicyRefused("stages", "must be 1 to " + MOST_STAGES);
        }
        List<Stage> order = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            order.add(stages.get(i).checked("stages[" + i + "]"));
        }
        checkStop(order, kinds);
        return new PolicyTerms(
                kinds,
                least.severityName(),
                dwellSeconds,
                jobs.checked(),
                exempt.checked(),
                order,
                caps.checked(),
                workingHours == null ? null : workingHours.checked());
    }

    private static Severity severity(String name) {
        try {
            return Severity.valueOf(name.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new PolicyRefused("severity", "must be info, warn or kill");
        }
    }

    private List<String> checkedFlags(Predicate<String> rules) {
        List<String> kinds = flags.stream()
                .map(String::strip)
                .filter(kind -> !kind.isEmpty())
                .distinct()
                .toList();
        if (kinds.isEmpty() || kinds.size() > MOST_FLAGS) {
            throw new PolicyRefused("flags", "must be 1 to " + MOST_FLAGS + " kinds of flags");
        }
        for (String kind : kinds) {
            if (kind.startsWith(RULE)) {
                if (!rules.test(kind.substring(RULE.length()))) {
                    throw new PolicyRefused("flags", "has a rule that there is not: " + shortened(kind));
                }
            } else if (FlagKind.named(kind)
                    .filter(known -> known != FlagKind.SITE_RULE)
                    .isEmpty()) {
                throw new PolicyRefused(
                        "flags", "has a kind that there is not, or not without a name (rule:NAME): " + shortened(kind));
            }
        }
        return kinds;
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) : text;
    }

    /** Whatever else a policy says: nobody's work is stopped on a first alert, or without a warning. */
    private void checkStop(List<Stage> order, List<String> kinds) {
        List<StageKind> stages = order.stream().map(Stage::what).toList();
        int stop = 0;
        while (stop < stages.size() && !stages.get(stop).stopsTheJob()) {
            stop++;
        }
        if (stop == stages.size()) {
            return;
        }
        String what = stages.get(stop).word();
        if (stop != order.size() - 1) {
            throw new PolicyRefused("stages", "may have nothing after a " + what);
        }
        if (kinds.stream().anyMatch(kind -> kind.startsWith(RULE))) {
            throw new PolicyRefused(
                    "stages", "may have no " + what + " for rules of the site, which are never worth a kill");
        }
        if (dwellSeconds < LEAST_GRACE.toSeconds()) {
            throw new PolicyRefused("dwell_seconds", "must be 60 or more with a " + what);
        }
        int warn = stages.indexOf(StageKind.WARN);
        if (warn < 0) {
            throw new PolicyRefused("stages", "must warn the owner before a " + what);
        }
        long grace = order.subList(warn + 1, stop + 1).stream()
                .mapToLong(Stage::afterSeconds)
                .sum();
        if (grace < LEAST_GRACE.toSeconds()) {
            throw new PolicyRefused(
                    "stages", "must leave the owner a minute or more between the warning and the " + what);
        }
    }

    private static void within(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new PolicyRefused(field, "must be " + least + " to " + most);
        }
    }

    /** Names of the rules of the site that it is about. */
    List<String> rules() {
        return flags.stream()
                .filter(kind -> kind.startsWith(RULE))
                .map(kind -> kind.substring(RULE.length()))
                .toList();
    }

    public Severity least() {
        return severity(severity);
    }

    public Duration dwell() {
        return Duration.ofSeconds(dwellSeconds);
    }

    boolean asksForNodes() {
        return !jobs.nodes().isEmpty();
    }

    /** Whether the policy is for this job, whatever its flags. */
    boolean concerns(FlaggedJob job) {
        return jobs.match(job) && !exempt.matches(job);
    }

    /** Of a job that it concerns, the flags that it is about, the gravest and then the oldest first. */
    List<FlaggedJob.Standing> about(FlaggedJob job) {
        if (!concerns(job)) {
            return List.of();
        }
        return job.flags().stream()
                .filter(flag -> flags.contains(flag.kind()) && flag.severity().compareTo(least()) >= 0)
                .sorted(Comparator.comparing(FlaggedJob.Standing::severity)
                        .reversed()
                        .thenComparing(FlaggedJob.Standing::id))
                .toList();
    }

    boolean works(Instant moment) {
        return workingHours == null || workingHours.at(moment);
    }

    Optional<Stage> stage(int number) {
        return number < stages.size() ? Optional.of(stages.get(number)) : Optional.empty();
    }

    /** For people. */
    static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + " h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
    }

    /** For people: the stages in a line. */
    public String stagesInWords() {
        return String.join(" → ", stages.stream().map(Stage::words).toList());
    }
}
