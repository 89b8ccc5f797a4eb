package org.slotwarden.agent.evidence;

/** What of the users' own words may leave the node: the site's choice, key {@code evidence} of agent.conf. */
public enum EvidenceScope {
    FULL(true, true),
    NO_OUTPUT(true, false),
    NO_COMMAND_LINES(false, true),
    NO_TEXTS(false, false),
    OFF(false, false);

    private final boolean commandLines;
    private final boolean output;

    EvidenceScope(boolean commandLines, boolean output) {
        this.commandLines = commandLines;
        this.output = output;
    }

    /** Arguments and paths of programs. */
    boolean commandLines() {
        return commandLines;
    }

    /** The last lines of standard output and error. */
    boolean output() {
        return output;
    }
}
