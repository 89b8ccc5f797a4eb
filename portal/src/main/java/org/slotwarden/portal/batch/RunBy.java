package org.slotwarden.portal.batch;

/** Who runs the commands of a batch system. */
public enum RunBy {
    /** Nobody: orders that need them are refused. */
    NONE,
    /** This host. */
    PORTAL,
    /** The agent on one of the job's nodes. */
    AGENT
}
