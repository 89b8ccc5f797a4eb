package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Baseline;
import org.slotwarden.judging.rule.JobNames;

/**
 * What a job asked for, as far as the batch system said so. Limits that mean "none" are not known here.
 *
 * @param queue as the batch system names it
 * @param cores for the whole job
 * @param memoryBytes for the whole job
 * @param nodeCount nodes that the job runs on
 * @param sampleIntervalSeconds as configured or asked for
 * @param wallTimeSeconds as the batch system limits it
 * @param startedAt first prologue
 * @param usual what the user's earlier jobs of this workflow used
 * @param member null: it is not of an array
 * @param names facts that are words, for rules of the site
 * @param slots by slot id, those that have not ended
 */
record JobRequest(
        @Nullable String queue,
        @Nullable Integer cores,
        @Nullable Long memoryBytes,
        @Nullable Integer nodeCount,
        @Nullable Double sampleIntervalSeconds,
        @Nullable Long wallTimeSeconds,
        @Nullable Instant startedAt,
        @Nullable Baseline usual,
        @Nullable Member member,
        JobNames names,
        Map<Long, Slot> slots) {

    /** Above this a limit is none: batch systems and kernels write "unlimited" as one of the largest numbers. */
    private static final long UNLIMITED_BYTES = 1L << 60;

    /**
     * One slot's share of the request.
     *
     * @param place null: nothing is known of the node
     */
    record Slot(
            String node,
            @Nullable Integer cores,
            @Nullable Long memoryBytes,
            @Nullable Place place) {}

    /**
     * What the slot's node has.
     *
     * @param linkBytesPerSecond of its network, one way
     */
    record Place(
            long nodeId, @Nullable Integer cores, @Nullable Long linkBytesPerSecond) {}

    /** Whether the job is of an array, whose members are alike. */
    record Member(JobArray array, long index) {}

    /** As the batch system tells one array from the others. */
    record JobArray(String batchSystem, String cluster, String id) {}

    /** A job of which no words are known. */
    JobRequest(
            @Nullable String queue,
            @Nullable Integer cores,
            @Nullable Long memoryBytes,
            @Nullable Integer nodeCount,
            @Nullable Double sampleIntervalSeconds,
            @Nullable Long wallTimeSeconds,
            @Nullable Instant startedAt,
            @Nullable Baseline usual,
            @Nullable Member member,
            Map<Long, Slot> slots) {
        this(
                queue,
                cores,
                memoryBytes,
                nodeCount,
                sampleIntervalSeconds,
                wallTimeSeconds,
                startedAt,
                usual,
                member,
                JobNames.UNKNOWN,
                slots);
    }

    JobRequest {
        cores = cores != null && cores > 0 ? cores : null;
        memoryBytes = limit(memoryBytes);
        slots = Map.copyOf(slots);
    }

    static Slot slot(String node, @Nullable Integer cores, @Nullable Long memoryBytes, @Nullable Place place) {
        return new Slot(node, cores != null && cores > 0 ? cores : null, limit(memoryBytes), place);
    }

    /** Whether more may become known: the batch system's facts can follow the first samples. */
    boolean incomplete() {
        return cores == null || memoryBytes == null;
    }

    private static @Nullable Long limit(@Nullable Long bytes) {
        return bytes != null && bytes > 0 && bytes < UNLIMITED_BYTES ? bytes : null;
    }
}
