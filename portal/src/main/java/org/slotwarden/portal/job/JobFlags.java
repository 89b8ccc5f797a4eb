package org.slotwarden.portal.job;

import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Keeps the kinds of a job's open flags beside the job, so that lists can show and filter by them. */
@Service
public class JobFlags {

    private final JdbcClient jdbc;

    JobFlags(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Replaces what is shown as open.
     *
     * @param openKinds names without commas, 255 characters together with the commas between them
     */
    @Transactional
    public void show(long jobId, Set<String> openKinds) {
        jdbc.sql("UPDATE job SET open_flags = ? WHERE id = ?")
                .params(String.join(",", new TreeSet<>(openKinds)), jobId)
                .update();
    }
}
