package org.slotwarden.agent.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.ProcessStat;

/**
 * What a look is about.
 *
 * @param members the job's processes on this node, found just now
 * @param places whose job it is and where its output goes; null while that is not known
 * @param gid the user's group; null when nobody told
 */
public record EvidenceSubject(
        List<ProcessStat> members,
        @Nullable JobPlaces places,
        @Nullable Long gid) {}
