package org.slotwarden.portal.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a job did on one node, checked: texts are of users, and hold no control characters any more.
 * Absent is what could not be seen there.
 *
 * @param requestId which request this answers
 * @param takenAt by the node's clock
 * @param processesFound all of the job on this node; the heaviest are listed
 * @param measuredOverSeconds what {@code coresUsed} is an average of
 * @param filesFound all regular files that were open; the largest are listed
 * @param hostsFound all rows of {@code hosts}; those with most sockets are listed
 * @param threads where they wait in the kernel, where that was asked for; those that cannot be interrupted first
 * @param threadsFound all that were looked at
 * @param gaps what is missing and why, a sentence each
 */
public record SlotEvidence(
        long requestId,
        Instant takenAt,
        @Nullable Integer processesFound,
        @Nullable Double measuredOverSeconds,
        List<Member> processes,
        @Nullable Integer filesFound,
        List<OpenFile> files,
        @Nullable Integer hostsFound,
        List<Host> hosts,
        @Nullable Output standardOutput,
        @Nullable Output standardError,
        List<Waiting> threads,
        @Nullable Integer threadsFound,
        List<String> gaps) {

    /** What was stored before threads were looked at lacks them. */
    public SlotEvidence {
        threads = Objects.requireNonNullElse(threads, List.of());
    }

    /**
     * A process.
     *
     * @param state letter of {@code /proc/PID/stat}
     * @param cpuSeconds its own, without its children
     */
    public record Member(
            int pid,
            int parent,
            @Nullable Instant startedAt,
            String name,
            String state,
            @Nullable Double cpuSeconds,
            @Nullable Double coresUsed,
            @Nullable Long memoryRssBytes,
            @Nullable Integer threads,
            @Nullable Integer openFiles,
            @Nullable String commandLine,
            @Nullable String executable) {}

    /**
     * @param deleted it has no name any more
     * @param processes that have it open
     */
    public record OpenFile(
            String path,
            @Nullable Long sizeBytes,
            boolean deleted,
            @Nullable Integer processes) {}

    /**
     * Sockets that are alike.
     *
     * @param protocol {@code tcp} or {@code udp}
     * @param host numeric address of the other end; absent when there is none
     * @param port of the other end; our own where that came to us, or of a socket that listens
     * @param state in words; absent where there is none
     */
    public record Host(
            String protocol,
            @Nullable String host,
            int port,
            @Nullable String state,
            boolean incoming,
            int count) {}

    /**
     * A thread.
     *
     * @param state letter of {@code /proc/PID/task/TID/stat}
     * @param waitChannel function of the kernel in which it sleeps; absent: it runs, or nobody knows
     * @param systemCall its number; absent: in none, or nobody knows
     * @param stack functions of the kernel, the innermost first
     */
    public record Waiting(
            int pid,
            int tid,
            String name,
            String state,
            @Nullable String waitChannel,
            @Nullable Integer systemCall,
            List<String> stack) {}

    /**
     * The end of an output.
     *
     * @param lines the last ones
     */
    public record Output(String path, @Nullable Long sizeBytes, List<String> lines) {}
}
