package org.slotwarden.portal.job;

import java.util.Set;
import org.springframework.stereotype.Service;

/** Keeps the kinds of a job's open flags beside the job, so that lists can show and filter by them. */
@Service
public class JobFlags {

    /** Replaces what is shown as open. */
    public void show(long jobId, Set<String> openKinds) {
        throw new UnsupportedOperationException("in work");
    }
}
