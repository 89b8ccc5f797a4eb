package org.slotwarden.judging;

/**
 * A flag of a job that came, became graver, or went.
 *
 * @param time of the observation that brought it, in seconds
 * @param finding as of that moment; of a flag that went, as it was when it last stood
 */
public record Change(What what, double time, Finding finding) {

    public enum What {
        RAISED,
        SEVERITY_RISEN,
        CLEARED
    }

    public FlagKind kind() {
        return finding.kind();
    }
}
