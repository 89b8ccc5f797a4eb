package org.slotwarden.portal.policy;

import java.util.Optional;

/** Lets the batch system hold a job. */
interface JobHold {

    /**
     * @param reason for the batch system to show
     * @return why it could not be; empty: the job is held
     */
    Optional<String> hold(long jobId, String reason);
}
