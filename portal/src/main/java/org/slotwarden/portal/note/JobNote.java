package org.slotwarden.portal.note;

import java.time.Instant;
import java.util.List;

/**
 * What an admin noted about a job.
 *
 * @param author account of the admin
 * @param text lines that end with LF; anything may stand in them
 * @param forOwner the job's owner sees it, too
 */
public record JobNote(long id, long jobId, String author, String text, boolean forOwner, Instant createdAt) {

    /** The text by its lines. */
    public List<String> lines() {
        return text.lines().toList();
    }
}
