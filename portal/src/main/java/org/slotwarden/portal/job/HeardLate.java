package org.slotwarden.portal.job;

import java.time.Duration;

/** Who takes what nodes report, and may be behind with it: jobs are heard of so much later than they were told of. */
public interface HeardLate {

    /** At present. */
    Duration late();
}
