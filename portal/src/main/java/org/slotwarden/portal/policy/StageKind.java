package org.slotwarden.portal.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a stage of a policy does. */
public enum StageKind {
    /** The admins are told. */
    NOTIFY("notify"),
    /** The job's owner is told. */
    WARN("warn"),
    /** The batch system stops the job and keeps it in the queue, held. */
    HOLD("hold"),
    /** The batch system stops the job and begins it anew. */
    REQUEUE("requeue"),
    /** The batch system ends the job. */
    CANCEL("cancel"),
    /** All processes of the job are ended. */
    KILL("kill");

    /** In messages. */
    static final String WORDS = "notify, warn, hold, requeue, cancel or kill";

    private final String word;

    StageKind(String word) {
        this.word = word;
    }

    /** As in REST. */
    @JsonValue
    public String word() {
        return word;
    }

    /** Whether it does something to the job or its owner: caps and working hours are about these. */
    public boolean act() {
        return this != NOTIFY;
    }

    /** Whether it ends what the job's processes are doing: what holds for a kill holds for it. */
    public boolean stopsTheJob() {
        return act() && this != WARN;
    }

    /** What caps count together: what stops jobs, however. */
    Set<StageKind> countedWith() {
        return stopsTheJob()
                ? Arrays.stream(values()).filter(StageKind::stopsTheJob).collect(Collectors.toUnmodifiableSet())
                : Set.of(this);
    }

    /** Whether the batch system does it. */
    public boolean throughBatch() {
        return stopsTheJob() && this != KILL;
    }

    /** What became of the job, for people. */
    public String done() {
        return switch (this) {
            case HOLD -> "held";
            case REQUEUE -> "requeued";
            case CANCEL -> "cancelled";
            case KILL -> "killed";
            case NOTIFY, WARN -> "told";
        };
    }

    public static Optional<StageKind> named(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word.equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
