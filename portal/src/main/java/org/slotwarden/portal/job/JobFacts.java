package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the batch system and the user said about a job, as told by one of its nodes. Fields as in {@code
 * report.proto}; null is what that node does not know.
 *
 * @param restartCount how often the batch system had started this job before
 * @param requestedCores for the whole job, like {@code requestedMemoryBytes}
 * @param nodes names of all nodes of the job; empty when not known
 */
public record JobFacts(
        String batchSystem,
        String cluster,
        String jobId,
        @Nullable Integer restartCount,
        @Nullable String arrayId,
        @Nullable Long arrayIndex,
        @Nullable String name,
        @Nullable String user,
        @Nullable Long uid,
        @Nullable String group,
        @Nullable Long gid,
        @Nullable String account,
        @Nullable String queue,
        @Nullable Integer requestedCores,
        @Nullable Long requestedMemoryBytes,
        @Nullable Long wallTimeLimitSeconds,
        List<String> nodes,
        @Nullable String workDirectory,
        @Nullable String standardOutput,
        @Nullable String standardError,
        @Nullable String comment,
        @Nullable String command,
        @Nullable Instant submittedAt) {

    public JobFacts {
        nodes = List.copyOf(nodes);
    }
}
