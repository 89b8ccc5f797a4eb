package org.slotwarden.judging.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a job that are words. They come from users and batch systems, so their lengths are bounded here; null is
 * not known.
 *
 * @param nodes names of the nodes of its slots; the first {@value #MOST_NODES} by name
 */
public record JobNames(
        @Nullable String user,
        @Nullable String group,
        @Nullable String account,
        @Nullable String queue,
        @Nullable String jobName,
        @Nullable String batchSystem,
        List<String> nodes) {

    /** Longer words are cut, in characters. */
    public static final int LONGEST = 300;

    /** A rule that looks at each node of a job looks at so many of them. */
    public static final int MOST_NODES = 256;

    public static final JobNames UNKNOWN = new JobNames(null, null, null, null, null, null, List.of());

    public JobNames {
        user = cut(user);
        group = cut(group);
        account = cut(account);
        queue = cut(queue);
        jobName = cut(jobName);
        batchSystem = cut(batchSystem);
        nodes = nodes.stream()
                .sorted()
                .limit(MOST_NODES)
                .map(name -> name.substring(0, Math.min(LONGEST, name.length())))
                .toList();
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text.substring(0, Math.min(LONGEST, text.length()));
    }
}
