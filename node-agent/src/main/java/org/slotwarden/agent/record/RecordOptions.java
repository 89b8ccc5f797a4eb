package org.slotwarden.agent.record;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of {@code record} says; the launcher {@code record} adds what only it knows.
 *
 * @param process pid of the first process
 * @param attached whether it had begun by itself; else the launcher becomes the command when we are ready
 * @param name of the run, and of its file
 * @param intervalSeconds between two rows
 * @param forSeconds how long to record, infinite where nobody said
 * @param disk directory whose size is recorded
 * @param mark variable in the environment of the command, {@code NAME=VALUE}
 * @param outputCounter pid of the process through which the command's output passes, 0 where there is none
 * @param limits what the job may use, as columns of {@code jobs.csv}
 */
record RecordOptions(
        int process,
        boolean attached,
        String name,
        double intervalSeconds,
        double forSeconds,
        @Nullable String disk,
        @Nullable String mark,
        int outputCounter,
        Map<String, String> limits) {

    /** The options make no sense; the message says which and why. */
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        Invalid(String message) {
            super(message);
        }
    }

    private static final double LEAST_INTERVAL = 0.1;
    private static final double MOST_INTERVAL = 3600;
    private static final double MOST_SECONDS = 1e9;

    /** As the wire contract wants names of slots: safe as the name of a file and as a field of a CSV. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    private static final Map<String, String> LIMITS = Map.of(
            "--cores", "cores_req",
            "--memory", "mem_limit",
            "--walltime", "walltime",
            "--disk-quota", "disk_quota",
            "--array-index", "array_index");

    private static final Set<String> OTHERS = Set.of(
            "--process", "--pid", "--name", "--interval", "--for", "--disk", "--mark", "--output-counter", "--array");

    static RecordOptions parse(List<String> arguments) throws Invalid {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (!OTHERS.contains(option) && !LIMITS.containsKey(option)) {
                throw new Invalid("unknown option " + shown(option));
            }
            if (i + 1 == arguments.size()) {
                throw new Invalid(option + " needs a value");
            }
            if (given.put(option, arguments.get(i + 1)) != null) {
                throw new Invalid(option + " is given twice");
            }
        }
        boolean attached = given.containsKey("--pid");
        String process = given.get(attached ? "--pid" : "--process");
        if (process == null) {
            throw new Invalid("neither a command nor --pid");
        }
        return new RecordOptions(
                (int) number(attached ? "--pid" : "--process", process, 1, Integer.MAX_VALUE),
                attached,
                name("--name", given.getOrDefault("--name", "")),
                seconds("--interval", given.getOrDefault("--interval", "1"), LEAST_INTERVAL, MOST_INTERVAL),
                given.containsKey("--for")
                        ? seconds("--for", given.getOrDefault("--for", ""), LEAST_INTERVAL, MOST_SECONDS)
                        : Double.POSITIVE_INFINITY,
                given.get("--disk"),
                given.get("--mark"),
                (int) number("--output-counter", given.getOrDefault("--output-counter", "0"), 0, Integer.MAX_VALUE),
                limits(given));
    }

    private static Map<String, String> limits(Map<String, String> given) throws Invalid {
        Map<String, String> limits = new HashMap<>();
        for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
            String value = given.get(limit.getKey());
            if (value != null) {
                limits.put(limit.getValue(), Long.toString(number(limit.getKey(), value, 0, Long.MAX_VALUE)));
            }
        }
        String array = given.get("--array");
        if (array != null) {
            limits.put("array", name("--array", array));
        }
        return Map.copyOf(limits);
    }

    private static String name(String option, String value) throws Invalid {
        if (!NAME.matcher(value).matches()) {
            throw new Invalid(
                    option + " takes 1 to 64 letters, digits, dots, dashes and underscores, not " + shown(value));
        }
        return value;
    }

    private static long number(String option, String value, long least, long most) throws Invalid {
        try {
            if (value.matches("[0-9]{1,19}")) {
                long number = Long.parseLong(value);
                if (number >= least && number <= most) {
                    return number;
                }
            }
        } catch (NumberFormatException e) {
            // above 2^63 - 1
        }
        throw new Invalid(option + " takes a whole number from " + least + " to " + most + ", not " + shown(value));
    }

    private static double seconds(String option, String value, double least, double most) throws Invalid {
        if (value.matches("[0-9]{1,10}(\\.[0-9]{1,6})?")) {
            double seconds = Double.parseDouble(value);
            if (seconds >= least && seconds <= most) {
                return seconds;
            }
        }
        throw new Invalid(option + " takes seconds from " + least + " to " + (long) most + ", not " + shown(value));
    }

    /** What a terminal can be shown. */
    private static String shown(String text) {
        return "'" + text.substring(0, Math.min(80, text.length())).replaceAll("[^ -~]", "?") + "'";
    }
}
