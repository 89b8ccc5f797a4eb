package org.slotwarden.load;

import java.nio.charset.StandardCharsets;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SlotStart;

/** Writes what the agent of a node sends: node sample, status, and a report of each slot for each step. */
final class BatchWriter {

    private final Site site;
    private final Course course;
    private final NodeStory story;
    private final WireWriter out = new WireWriter();
    private final long[] figures = new long[Figure.COUNT];
    private int samples;

    BatchWriter(Site site, Course course) {
        this.site = site;
        this.course = course;
        this.story = new NodeStory(site);
    }

    /** What was written last; valid until the next one. */
    WireWriter body() {
        return out;
    }

    /** Job samples in it. */
    int samples() {
        return samples;
    }

    /**
     * @param steps whose reports go into it
     * @param facts whether each report says what job it is, as a portal may ask for
     */
    void write(int node, int[] steps, boolean facts, long nowMs) {
        out.clear();
        samples = 0;
        out.number(ReportBatch.CONTRACT_VERSION_FIELD_NUMBER, WireContract.VERSION);
        out.text(ReportBatch.NODE_FIELD_NUMBER, site.node(node));
        out.text(ReportBatch.AGENT_VERSION_FIELD_NUMBER, "load-generator");
        out.number(ReportBatch.SENT_AT_MS_FIELD_NUMBER, nowMs);
        if (steps[0] == 0 || facts) {
            out.bytes(ReportBatch.NODE_FACTS_FIELD_NUMBER, story.facts());
        }
        for (int step : steps) {
            out.bytes(ReportBatch.NODE_SAMPLES_FIELD_NUMBER, story.sample(node, step));
        }
        for (int slot = 0; slot < site.slots(); slot++) {
            for (int step : steps) {
                report(site.occupant(node * site.slots() + slot, step), node, slot, step, facts);
            }
        }
        out.bytes(ReportBatch.AGENT_STATUS_FIELD_NUMBER, story.status(nowMs, steps[steps.length - 1]));
    }

    private void report(Occupant occupant, int node, int slot, int step, boolean facts) {
        int report = out.open(ReportBatch.SLOT_REPORTS_FIELD_NUMBER);
        out.bytes(SlotReport.SLOT_ID_FIELD_NUMBER, site.slotId(occupant).getBytes(StandardCharsets.US_ASCII));
        out.number(SlotReport.SEQUENCE_FIELD_NUMBER, occupant.sequence(step));
        if (occupant.beginsAt(step) || facts) {
            job(occupant, node);
            int start = out.open(SlotReport.START_FIELD_NUMBER);
            out.number(SlotStart.TIME_MS_FIELD_NUMBER, site.startMs(occupant));
            out.real(SlotStart.SAMPLE_INTERVAL_SECONDS_FIELD_NUMBER, site.intervalMs() / 1e3);
            out.close(start);
        }
        if (occupant.endsAt(step)) {
            int end = out.open(SlotReport.END_FIELD_NUMBER);
            out.number(SlotEnd.TIME_MS_FIELD_NUMBER, site.timeMs(node, slot, step));
            out.text(SlotEnd.BATCH_STATE_FIELD_NUMBER, occupant.exitCode() == 0 ? "COMPLETED" : "FAILED");
            out.number(SlotEnd.EXIT_CODE_FIELD_NUMBER, occupant.exitCode());
            out.number(SlotEnd.CAUSE_FIELD_NUMBER, SlotEnd.Cause.EPILOGUE.getNumber());
            out.close(end);
        } else {
            sample(occupant, node, slot, step);
        }
        out.close(report);
    }

    private void sample(Occupant occupant, int node, int slot, int step) {
        course.fill(occupant.key(), step - occupant.first(), figures);
        int sample = out.open(SlotReport.SAMPLES_FIELD_NUMBER);
        out.number(JobSample.TIME_MS_FIELD_NUMBER, site.timeMs(node, slot, step));
        for (Figure figure : Figure.values()) {
            long value = figures[figure.ordinal()];
            if (figure.seconds()) {
                out.real(figure.field(), value / 1e6);
            } else {
                out.number(figure.field(), value);
            }
        }
        out.number(JobSample.MEMBERSHIP_FIELD_NUMBER, JobSample.Membership.CGROUP.getNumber());
        out.close(sample);
        samples++;
    }

    private void job(Occupant occupant, int node) {
        // Recorded jobs have whole nodes.
        boolean whole = !site.recorded().isEmpty();
        int cores = whole ? 40 : occupant.cores();
        long memory = whole ? 64L << 30 : 4L << 30;
        int user = (int) Hash.below(Hash.of(occupant.key(), -3), 200);
        int job = out.open(SlotReport.JOB_FIELD_NUMBER);
        out.text(JobFacts.BATCH_SYSTEM_FIELD_NUMBER, "slurm");
        out.text(JobFacts.CLUSTER_FIELD_NUMBER, site.name());
        out.text(JobFacts.JOB_ID_FIELD_NUMBER, occupant.place() + "." + occupant.run());
        out.text(JobFacts.NAME_FIELD_NUMBER, "analysis-" + user % 17);
        out.text(JobFacts.USER_FIELD_NUMBER, "user" + user);
        out.number(JobFacts.UID_FIELD_NUMBER, 10_000 + user);
        out.text(JobFacts.GROUP_FIELD_NUMBER, "group" + user % 20);
        out.number(JobFacts.GID_FIELD_NUMBER, 20_000 + user % 20);
        out.text(JobFacts.ACCOUNT_FIELD_NUMBER, "project" + user % 30);
        out.text(JobFacts.QUEUE_FIELD_NUMBER, "queue" + user % 5);
        out.number(JobFacts.REQUESTED_CORES_FIELD_NUMBER, cores);
        out.number(JobFacts.SLOT_CORES_FIELD_NUMBER, cores);
        out.number(JobFacts.REQUESTED_MEMORY_BYTES_FIELD_NUMBER, memory);
        out.number(JobFacts.SLOT_MEMORY_BYTES_FIELD_NUMBER, memory);
        out.number(JobFacts.WALL_TIME_LIMIT_SECONDS_FIELD_NUMBER, 86_400);
        out.text(JobFacts.NODES_FIELD_NUMBER, site.node(node));
        out.text(JobFacts.WORK_DIRECTORY_FIELD_NUMBER, "/scratch/user" + user + "/" + occupant.run());
        out.number(JobFacts.RESTART_COUNT_FIELD_NUMBER, 0);
        out.number(JobFacts.SUBMITTED_AT_MS_FIELD_NUMBER, site.startMs(occupant) - 60_000);
        out.close(job);
    }
}
