package org.slotwarden.agent.slot;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobFacts;

/** The patterns in Slurm's output paths (sbatch(1), "filename pattern"): what is known is put in, the rest stays. */
final class OutputPath {

    private static final Pattern SPECIFIER = Pattern.compile("%([0-9]{0,2})([%AajuxNs])");
    /** What Slurm itself writes for {@code %a} where there is no array. */
    private static final String NO_ARRAY_INDEX = "4294967294";

    private OutputPath() {}

    /** @param arrayKnown whether it is known by now that the job is, or is not, part of an array */
    static String resolve(String pattern, JobFacts job, boolean arrayKnown) {
        Matcher matcher = SPECIFIER.matcher(pattern);
        StringBuilder path = new StringBuilder();
        while (matcher.find()) {
            String value = value(matcher.group(2).charAt(0), job, arrayKnown || job.hasArrayId());
            String text = value == null ? matcher.group() : padded(value, matcher.group(1));
            matcher.appendReplacement(path, Matcher.quoteReplacement(text));
        }
        return BoundedText.cut(matcher.appendTail(path).toString());
    }

    private static @Nullable String value(char specifier, JobFacts job, boolean arrayKnown) {
        return switch (specifier) {
            case '%' -> "%";
            case 'j' -> job.getJobId();
            case 'A' -> job.hasArrayId() ? job.getArrayId() : arrayKnown ? job.getJobId() : null;
            case 'a' -> job.hasArrayIndex() ? Long.toString(job.getArrayIndex()) : arrayKnown ? NO_ARRAY_INDEX : null;
            case 'u' -> job.hasUser() ? job.getUser() : null;
            case 'x' -> job.hasName() ? job.getName() : null;
            case 'N' -> job.getNodesCount() > 0 ? job.getNodes(0).split("\\.", 2)[0] : null;
            default -> null;
        };
    }

    private static String padded(String value, String width) {
        boolean number = value.matches("[0-9]+");
        int missing = width.isEmpty() || !number ? 0 : Integer.parseInt(width) - value.length();
        return "0".repeat(Math.max(0, missing)) + value;
    }
}
