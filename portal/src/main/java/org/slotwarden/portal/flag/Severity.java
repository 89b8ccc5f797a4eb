package org.slotwarden.portal.flag;

/** How much a flag asks of its reader. */
public enum Severity {
    /** Worth knowing. */
    INFO,
    /** Worth a look now. */
    WARN,
    /** Worth killing the job for. Reserved: never given on one detector's word. */
    KILL
}
