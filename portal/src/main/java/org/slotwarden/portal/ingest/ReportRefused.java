package org.slotwarden.portal.ingest;

/** One report of a batch will never be accepted; the others may be. */
final class ReportRefused extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param why for people */
    ReportRefused(String why) {
        super(why, null, false, false);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
