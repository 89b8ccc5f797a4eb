package org.slotwarden.batch;

import java.util.Locale;

/** What a batch system can be told to do with a running job. */
public enum BatchAct {
    /** The job is ended for ever. */
    CANCEL,
    /** The job is stopped and stays in the queue, held: it begins anew when somebody releases it. */
    HOLD,
    /** The job is stopped and begins anew when there is room. */
    REQUEUE,
    /** A word is left where people look at the job. Nothing is done to it. */
    COMMENT;

    /** For people. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether it may be done to a run a second time: by then a requeued job, or a held one that was released, may be in
     * another run, which a second requeue or hold would end.
     */
    public boolean repeatable() {
        return this == CANCEL || this == COMMENT;
    }

    /** Whether it ends what the job's processes are doing. */
    public boolean stopsTheJob() {
        return this != COMMENT;
    }
}
