package org.slotwarden.portal.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What can be added up of {@link Usage}: its shares are quotients of these. Seconds throughout. */
record Sums(
        long jobs,
        long running,
        long completed,
        long failed,
        long timeout,
        long outOfMemory,
        long cancelled,
        long requeued,
        long vanished,
        double wall,
        double asked,
        double cpu,
        double cpuOfBoth,
        double askedOfBoth,
        double memoryShareTimesWall,
        double wallWithMemoryShare,
        long withoutMemoryShare) {

    static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    static Sums of(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong("jobs"),
                row.getLong("running"),
                row.getLong("completed"),
                row.getLong("failed"),
                row.getLong("timeout"),
                row.getLong("out_of_memory"),
                row.getLong("cancelled"),
                row.getLong("requeued"),
                row.getLong("vanished"),
                row.getDouble("wall"),
                row.getDouble("asked"),
                row.getDouble("cpu"),
                row.getDouble("cpu_of_both"),
                row.getDouble("asked_of_both"),
                row.getDouble("memory_share_times_wall"),
                row.getDouble("wall_with_memory_share"),
                row.getLong("without_memory_share"));
    }

    Sums plus(Sums other) {
        return new Sums(
                jobs + other.jobs,
                running + other.running,
                completed + other.completed,
                failed + other.failed,
                timeout + other.timeout,
                outOfMemory + other.outOfMemory,
                cancelled + other.cancelled,
                requeued + other.requeued,
                vanished + other.vanished,
                wall + other.wall,
                asked + other.asked,
                cpu + other.cpu,
                cpuOfBoth + other.cpuOfBoth,
                askedOfBoth + other.askedOfBoth,
                memoryShareTimesWall + other.memoryShareTimesWall,
                wallWithMemoryShare + other.wallWithMemoryShare,
                withoutMemoryShare + other.withoutMemoryShare);
    }

    Usage usage() {
        long bad = failed + timeout + outOfMemory + vanished;
        return new Usage(
                jobs,
                running,
                completed,
                failed,
                timeout,
                outOfMemory,
                cancelled,
                requeued,
                vanished,
                wall / 3600,
                asked / 3600,
                cpu / 3600,
                quotient(cpuOfBoth, askedOfBoth),
                quotient(memoryShareTimesWall, wallWithMemoryShare),
                withoutMemoryShare,
                quotient(bad, jobs - running));
    }

    private static @Nullable Double quotient(double part, double whole) {
        return whole > 0 ? part / whole : null;
    }
}
