package org.slotwarden.batch;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Grid Engine. {@code qhold} does nothing to a job that runs: it is held and then rescheduled, and waits. Where that
 * is refused, which {@code qmod} tells in words only, the hold is taken away again.
 */
final class GridEngine implements Dialect {

    private static final Pattern OWNER = Pattern.compile("^owner:\\s+(\\S+)$", Pattern.MULTILINE);
    private static final Pattern ARRAY = Pattern.compile("^job-array tasks:", Pattern.MULTILINE);
    private static final Pattern NOT_RESTARTED = Pattern.compile("^restart:\\s+n$", Pattern.MULTILINE);
    private static final Pattern RESCHEDULED = Pattern.compile("[Pp]ushed rescheduling");

    @Override
    public String carryOut(BatchJob job, BatchAct act, String text, Commands commands) throws BatchFailed {
        String id = job.id();
        String said = commands.run("qstat", "-j", id.replaceFirst("\\..*", ""));
        Dialect.checkOwner(job, owner(said).orElse(null));
        if (ARRAY.matcher(said).find() && !id.contains(".")) {
            throw new BatchFailed("Nothing was done: job " + id + " is an array, and which of its tasks is not known");
        }
        if ((act == BatchAct.HOLD || act == BatchAct.REQUEUE)
                && NOT_RESTARTED.matcher(said).find()) {
            throw new BatchFailed("Nothing was done: job " + id + " cannot be requeued, as it was submitted so (-r n)");
        }
        // A comma would be the end of the value.
        commands.run("qalter", "-ac", "slotwarden=" + text.replace(',', ';'), id.replaceFirst("\\..*", ""));
        return switch (act) {
            case CANCEL -> {
                commands.run("qdel", id);
                yield "qdel " + id;
            }
            case HOLD -> {
                commands.run("qhold", "-h", "u", id);
                try {
                    reschedule(id, commands);
                } catch (BatchFailed e) {
                    commands.forUndoing().run("qrls", "-h", "u", id);
                    throw e;
                }
                yield "qhold and qmod -rj " + id;
            }
            case REQUEUE -> {
                reschedule(id, commands);
                yield "qmod -rj " + id;
            }
            case COMMENT -> "context of " + id;
        };
    }

    private static void reschedule(String id, Commands commands) throws BatchFailed {
        String said = commands.run("qmod", "-rj", id);
        if (!RESCHEDULED.matcher(said).find()) {
            throw new BatchFailed("job " + id + " was not rescheduled" + Commands.said(said));
        }
    }

    private static Optional<String> owner(String said) {
        Matcher owner = OWNER.matcher(said);
        return owner.find() ? Optional.of(owner.group(1)) : Optional.empty();
    }
}
