package org.slotwarden.agent.slot;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How Slurm writes numbers (sbatch(1)). Empty for what says "no limit", "not set" or is not understood. */
final class SlurmSpelling {

    private static final Pattern MEMORY = Pattern.compile("([0-9]{1,15})(\\.[0-9]{1,6})?([KMGTP]?)[Bcn]?");
    private static final Pattern TIME =
            Pattern.compile("(?:([0-9]{1,6})-)?([0-9]{1,9})(?::([0-9]{1,4}))?(?::([0-9]{1,4}))?");
    private static final Pattern CPUS = Pattern.compile("([0-9]{1,6})(?:\\(x([0-9]{1,6})\\))?");
    private static final int MAX_NODES = NodeList.MAX_NODES;

    private SlurmSpelling() {}

    /**
     * Bytes of {@code 500M}, {@code 2G}, {@code 1.50G}; units are powers of 1024. Zero means "all of the
     * node" and is no number of bytes.
     *
     * @param plain bytes that a number without unit counts (Slurm: a MiB)
     */
    static OptionalLong memory(String text, long plain) {
        Matcher matcher = MEMORY.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long unit = matcher.group(3).isEmpty() ? plain : 1L << (10 * ("KMGTP".indexOf(matcher.group(3)) + 1));
        String fraction = matcher.group(2) == null ? "" : matcher.group(2);
        double bytes = Double.parseDouble(matcher.group(1) + fraction) * unit;
        return bytes < 1 || bytes > Long.MAX_VALUE / 2 ? OptionalLong.empty() : OptionalLong.of((long) bytes);
    }

    /** Seconds of {@code D-HH:MM:SS}, {@code D-HH:MM}, {@code D-HH}, {@code HH:MM:SS}, {@code MM:SS}, {@code MM}. */
    static OptionalLong duration(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long first = Long.parseLong(matcher.group(2));
        long second = matcher.group(3) == null ? 0 : Long.parseLong(matcher.group(3));
        long third = matcher.group(4) == null ? 0 : Long.parseLong(matcher.group(4));
        if (matcher.group(1) != null) {
            return OptionalLong.of(Long.parseLong(matcher.group(1)) * 86_400 + first * 3600 + second * 60 + third);
        }
        return OptionalLong.of(matcher.group(4) != null ? first * 3600 + second * 60 + third : first * 60 + second);
    }

    /** CPUs of each node out of {@code 2(x2),1}; empty when not understood. */
    static List<Integer> cpusPerNode(String text) {
        List<Integer> cpus = new ArrayList<>();
        for (String part : text.split(",")) {
            Matcher matcher = CPUS.matcher(part);
            if (!matcher.matches()) {
                return List.of();
            }
            int times = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            for (int i = 0; i < times && cpus.size() < MAX_NODES; i++) {
                cpus.add(Integer.parseInt(matcher.group(1)));
            }
        }
        return cpus;
    }

    /** The exit code of {@code 3:0}, or of a plain {@code 3}. */
    static OptionalInt exitCode(String text) {
        return part(text, 0, 255);
    }

    /** The signal of {@code 0:9}; Slurm's 125 there is no signal but "out of memory". */
    static OptionalInt signal(String text) {
        return part(text, 1, 64);
    }

    static boolean outOfMemory(String exitCode, String signal) {
        return exitCode.equals("0:125") || signal.equals("125");
    }

    private static OptionalInt part(String text, int index, int max) {
        if (!text.matches("[0-9]{1,5}(:[0-9]{1,5})?")) {
            return OptionalInt.empty();
        }
        String[] parts = text.split(":");
        if (parts.length <= index) {
            return OptionalInt.empty();
        }
        int value = Integer.parseInt(parts[index]);
        return value > max || (index == 1 && value == 0) ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
