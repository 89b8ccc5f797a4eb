package org.slotwarden.batch;

import java.util.List;
import java.util.regex.Pattern;

/**
 * HTCondor. A job that is held or vacated is told to end as it asked for (SIGTERM when it said nothing) and begins anew
 * later; every job of the vanilla universe can.
 */
final class Condor implements Dialect {

    private static final String RUNNING = "2";
    private static final String SUSPENDED = "7";
    private static final Pattern BLANKS = Pattern.compile(" +");

    @Override
    public String carryOut(BatchJob job, BatchAct act, String text, Commands commands) throws BatchFailed {
        String id = job.id();
        String said = commands.run("condor_q", "-allusers", id, "-af", "Owner", "JobStatus");
        List<String> fields = List.of(BLANKS.split(said.strip()));
        if (fields.size() != 2) {
            throw new BatchFailed("Nothing was done: HTCondor does not know job " + id);
        }
        Dialect.checkOwner(job, fields.getFirst());
        String status = fields.getLast();
        if (act.stopsTheJob() && !status.equals(RUNNING) && !status.equals(SUSPENDED)) {
            throw new BatchFailed(
                    "Nothing was done: HTCondor says that job " + id + " has status " + status + ", and does not run");
        }
        return switch (act) {
            case CANCEL -> {
                commands.run("condor_rm", "-reason", text, id);
                yield "condor_rm " + id;
            }
            case HOLD -> {
                commands.run("condor_hold", "-reason", text, id);
                yield "condor_hold " + id;
            }
            case REQUEUE -> {
                note(id, text, commands);
                commands.run("condor_vacate_job", id);
                yield "condor_vacate_job " + id;
            }
            case COMMENT -> {
                note(id, text, commands);
                yield "attribute SlotwardenNote of " + id;
            }
        };
    }

    /** Text of {@link BatchText} has no quotation mark and no backslash. */
    private static void note(String id, String text, Commands commands) throws BatchFailed {
        commands.run("condor_qedit", id, "SlotwardenNote", "\"" + text + "\"");
    }
}
