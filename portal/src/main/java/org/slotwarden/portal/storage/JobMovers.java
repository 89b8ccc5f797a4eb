package org.slotwarden.portal.storage;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Removes what is known of a job's movers, with its record. */
@Service
public class JobMovers {

    private static final int AT_ONCE = 1000;

    private final JdbcClient jdbc;

    JobMovers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those that have ended are deleted, in small transactions; one that is still there is nobody's until the next look. */
    public void remove(long jobId) {
        while (jdbc.sql("DELETE FROM storage_mover WHERE job_id = ? AND gone_at IS NOT NULL LIMIT " + AT_ONCE)
                        .param(jobId)
                        .update()
                == AT_ONCE) {
            // There are more.
        }
        jdbc.sql("UPDATE storage_mover SET job_id = NULL, slot_id = NULL, job_ended_at = NULL, confidence = 'NONE',"
                        + " reason = 'The job was deleted.' WHERE job_id = ?")
                .param(jobId)
                .update();
        jdbc.sql("UPDATE storage_release SET job_id = NULL WHERE job_id = ?")
                .param(jobId)
                .update();
    }
}
