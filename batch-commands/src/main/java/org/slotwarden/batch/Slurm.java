package org.slotwarden.batch;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Slurm. Asked first is what cannot be done, as a job that was refused half way has a comment that says otherwise: a
 * job that is not a batch job, or was submitted with {@code --no-requeue}, cannot be requeued. {@code scontrol show job}
 * is not asked: its fields stand among names that users choose.
 */
final class Slurm implements Dialect {

    /** Names and widths. None may hold blanks; a width that is filled shows as a missing field. */
    private static final String FIELDS = "JobArrayID:40,JobID:20,State:20,UserName:64,Requeue:10,BatchFlag:10";

    private static final int FIELD_COUNT = 6;
    private static final int WIDEST_COMMENT = 1100;
    private static final int MOST_OF_THEIRS = 800;
    private static final Pattern PLAIN = Pattern.compile("[\\x20-\\x7e]*");
    private static final Set<String> STOPPABLE = Set.of("RUNNING", "SUSPENDED", "STOPPED", "CONFIGURING");
    private static final Pattern BLANKS = Pattern.compile(" +");

    /**
     * @param shownId with the array's id and the index: an element's own id may be that of the whole array
     * @param requeue whether Slurm may start it again
     */
    private record Row(String shownId, String id, String state, String user, boolean requeue, boolean batch) {}

    @Override
    public String carryOut(BatchJob job, BatchAct act, String text, Commands commands) throws BatchFailed {
        Row found = find(job, commands);
        Dialect.checkOwner(job, found.user());
        if (act.stopsTheJob() && !STOPPABLE.contains(found.state())) {
            throw new BatchFailed("Nothing was done: Slurm says that job " + job.id() + " is " + found.state());
        }
        if ((act == BatchAct.HOLD || act == BatchAct.REQUEUE) && !(found.requeue() && found.batch())) {
            throw new BatchFailed("Nothing was done: job " + job.id() + " cannot be requeued, as it "
                    + (found.batch() ? "was submitted so (--no-requeue)" : "is no batch job"));
        }
        String id = found.shownId();
        if (act.stopsTheJob() && id.contains("+")) {
            if (!id.endsWith("+0")) {
                throw new BatchFailed("Nothing was done: " + id
                        + " is a part of a heterogeneous job, of which Slurm ends" + " only the whole");
            }
            id = id.substring(0, id.indexOf('+'));
        }
        boolean shown = comment(id, text, commands);
        switch (act) {
            case CANCEL -> commands.run("scancel", id);
            case HOLD -> commands.run("scontrol", "requeuehold", id);
            case REQUEUE -> commands.run("scontrol", "requeue", id);
            case COMMENT -> {}
        }
        String told = switch (act) {
            case CANCEL -> "scancel " + id;
            case HOLD -> "scontrol requeuehold " + id;
            case REQUEUE -> "scontrol requeue " + id;
            case COMMENT -> "AdminComment of " + id;
        };
        return shown ? told : told + ", without the reason: its AdminComment holds too much, or no plain text";
    }

    /**
     * Behind what the site wrote there; what we wrote before is replaced. A finished job takes none any more, so this
     * comes first. ({@code +=} stores its own sign in Slurm 22.05.)
     *
     * @return false when there is no room, and it was left as it was
     */
    private static boolean comment(String id, String text, Commands commands) throws BatchFailed {
        String said = commands.run(
                "squeue",
                "--noheader",
                "--array",
                "--states=all",
                "--jobs=" + id,
                "-O",
                "admin_comment:" + WIDEST_COMMENT);
        String there = said.strip();
        int ours = there.indexOf(BatchText.BEGIN);
        String theirs = ours < 0 ? there : there.substring(0, ours).replaceFirst("; $", "");
        if (theirs.isEmpty() || theirs.equals("(null)") || theirs.equals("N/A")) {
            commands.run("scontrol", "update", "JobId=" + id, "AdminComment=" + text);
            return true;
        }
        if (theirs.length() > MOST_OF_THEIRS
                || theirs.startsWith("squeue: ")
                || !PLAIN.matcher(theirs).matches()) {
            return false;
        }
        commands.run("scontrol", "update", "JobId=" + id, "AdminComment=" + theirs + "; " + text);
        return true;
    }

    private static Row find(BatchJob job, Commands commands) throws BatchFailed {
        String said = commands.run(
                "squeue",
                "--noheader",
                "--array",
                "--states=all",
                "--jobs=" + job.id().replaceFirst("\\+.*", ""),
                "-O",
                FIELDS);
        for (String line : said.split("\n", -1)) {
            List<String> field = List.of(BLANKS.split(line.strip()));
            if (field.size() == FIELD_COUNT
                    && (field.get(0).equals(job.id()) || field.get(1).equals(job.id()))) {
                if (!BatchSystem.SLURM.isId(field.get(0))) {
                    break;
                }
                return new Row(
                        field.get(0),
                        field.get(1),
                        field.get(2),
                        field.get(3),
                        field.get(4).equals("1"),
                        field.get(5).equals("1"));
            }
        }
        throw new BatchFailed("Nothing was done: Slurm does not know job " + job.id());
    }
}
