package org.slotwarden.agent.slot;

import java.time.Instant;
import java.util.Optional;
import org.slotwarden.wire.v1.SlotEnd;

/** How an end is told: to the portal, and in a few words to the log. */
final class EndReport {

    private EndReport() {}

    /**
     * The end as the epilogue tells it.
     *
     * @param batchState what the batch system calls it, where it was asked
     */
    static SlotEnd of(HandOver epilogue, Optional<String> batchState) {
        SlotEnd.Builder end =
                SlotEnd.newBuilder().setTimeMs(epilogue.time().toEpochMilli()).setCause(SlotEnd.Cause.EPILOGUE);
        String exitCode = epilogue.text("exit_code", "");
        SlurmSpelling.exitCode(exitCode).ifPresent(end::setExitCode);
        SlurmSpelling.signal(exitCode).ifPresent(end::setSignal);
        SlurmSpelling.signal("0:" + epilogue.text("signal", "")).ifPresent(end::setSignal);
        String state = batchState.orElse(epilogue.text("batch_state", ""));
        if (state.isEmpty() && SlurmSpelling.outOfMemory(exitCode, epilogue.text("signal", ""))) {
            state = "OUT_OF_MEMORY";
        }
        if (!state.isEmpty()) {
            end.setBatchState(state);
        }
        return end.build();
    }

    /** The end of a slot of which no epilogue tells. */
    static SlotEnd vanished(Instant when) {
        return SlotEnd.newBuilder()
                .setTimeMs(when.toEpochMilli())
                .setCause(SlotEnd.Cause.VANISHED)
                .build();
    }

    /** True unless the batch system calls it a success, or says nothing and there is no sign of another end. */
    static boolean failed(SlotEnd end) {
        return end.getCause() == SlotEnd.Cause.VANISHED
                || end.getExitCode() != 0
                || end.getSignal() != 0
                || (end.hasBatchState() && !end.getBatchState().equals("COMPLETED"));
    }

    /** For the log: {@code by its epilogue, exit code 3, FAILED}. */
    static String inWords(SlotEnd end) {
        StringBuilder words =
                new StringBuilder(end.getCause() == SlotEnd.Cause.VANISHED ? "without an epilogue" : "by its epilogue");
        if (end.hasExitCode()) {
            words.append(", exit code ").append(end.getExitCode());
        }
        if (end.hasSignal()) {
            words.append(", signal ").append(end.getSignal());
        }
        if (end.hasBatchState()) {
            // The batch system's word, or a hook's: it must not make lines of its own in the log.
            words.append(", ").append(end.getBatchState().replaceAll("[^ -~]", "?"));
        }
        return words.toString();
    }
}
