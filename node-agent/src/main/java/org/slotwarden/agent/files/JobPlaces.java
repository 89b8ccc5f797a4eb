package org.slotwarden.agent.files;

import org.jspecify.annotations.Nullable;

/**
 * Where a job's files are, as batch system and user named them; null where nobody said. Relative paths are
 * relative to the work directory.
 *
 * @param uid the job's user: what belongs to somebody else is not looked at
 */
public record JobPlaces(
        long uid,
        @Nullable String workDirectory,
        @Nullable String scratchDirectory,
        @Nullable String standardOutput,
        @Nullable String standardError) {}
