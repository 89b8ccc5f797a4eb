package org.slotwarden.portal.retention;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slotwarden.portal.api.Figure;
import org.slotwarden.portal.evidence.EvidenceQueries;
import org.slotwarden.portal.evidence.FlagEvidence;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.SampleLoss;
import org.slotwarden.portal.note.JobNote;
import org.slotwarden.portal.note.JobNotes;
import org.slotwarden.portal.notice.Notice;
import org.slotwarden.portal.notice.Notices;
import org.slotwarden.portal.order.JobOrder;
import org.slotwarden.portal.order.Orders;
import org.slotwarden.portal.order.SlotOrder;
import org.slotwarden.portal.policy.Policies;
import org.slotwarden.portal.policy.PolicyAct;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.storage.Mover;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes all that is known of a job and the viewer may see: its facts with its slots, flags with their evidence, orders
 * with theirs, notices, notes, acts of policies (for admins), movers, losses, what was asked for, and all samples, each
 * a JSON object on a line of its own (newline-delimited JSON) with its {@code type} first. No figure is rounded. Samples are read a day at a time, so that neither memory nor a transaction grows with the job.
 */
@Component
class JobExport {

    static final String MEDIA_TYPE = "application/x-ndjson";

    /** The newest of a job's; a job may open millions of files. */
    private static final int MOST_MOVERS = 10_000;

    private static final Duration AT_ONCE = Duration.ofDays(1);
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final FlagQueries flags;
    private final EvidenceQueries evidence;
    private final Orders orders;
    private final Notices notices;
    private final JobNotes notes;
    private final Policies policies;
    private final StorageQueries storage;
    private final HeldBackSamples heldBack;
    private final SeriesQueries series;
    private final JsonMapper json;

    JobExport(
            JdbcClient jdbc,
            FlagQueries flags,
            EvidenceQueries evidence,
            Orders orders,
            Notices notices,
            JobNotes notes,
            Policies policies,
            StorageQueries storage,
            HeldBackSamples heldBack,
            SeriesQueries series,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.flags = flags;
        this.evidence = evidence;
        this.orders = orders;
        this.notices = notices;
        this.notes = notes;
        this.policies = policies;
        this.storage = storage;
        this.heldBack = heldBack;
        this.series = series;
        this.json = json;
    }

    void write(JobDetails job, Viewer viewer, OutputStream out) throws IOException {
        long id = job.summary().id();
        line(out, "job", job);
        for (Flag flag : flags.ofJob(id, viewer)) {
            line(out, "flag", flag);
            // One flag's at a time: it is the largest of what hangs on a flag.
            for (FlagEvidence taken : evidence.ofFlags(List.of(flag.id()), viewer, true)) {
                line(out, "evidence", taken);
            }
        }
        orders(out, id, viewer);
        for (Notice notice : notices.ofJob(id, viewer, Integer.MAX_VALUE).reversed()) {
            line(out, "notice", notice);
        }
        for (JobNote note : notes.ofJob(id, viewer).reversed()) {
            line(out, "note", note);
        }
        if (viewer.admin()) {
            for (PolicyAct act : policies.actsOfJob(id, viewer)) {
                line(out, "policy_act", act);
            }
        }
        for (Mover mover : storage.ofJob(id, true, MOST_MOVERS, viewer)) {
            line(out, "mover", mover);
        }
        for (SampleLoss loss : losses(id)) {
            line(out, "loss", loss);
        }
        for (Object request : heldBack.ofJob(id, Integer.MAX_VALUE)) {
            line(out, "held_back", request);
        }
        for (JobDetails.SlotSummary slot : job.slots()) {
            samples(out, slot);
        }
        out.flush();
    }

    /** What the job was doing on a node when an order was begun there. */
    private record OrderEvidence(long orderId, String node, SlotEvidence evidence) {}

    private void orders(OutputStream out, long jobId, Viewer viewer) throws IOException {
        for (JobOrder order :
                orders.ofJob(jobId, Integer.MAX_VALUE, viewer).orElse(List.of()).reversed()) {
            line(out, "order", order);
            for (SlotOrder slot : order.slots()) {
                Optional<SlotEvidence> taken =
                        slot.evidence() ? orders.evidence(jobId, order.id(), slot.slotId(), viewer) : Optional.empty();
                if (taken.isPresent()) {
                    line(out, "order_evidence", new OrderEvidence(order.id(), slot.node(), taken.get()));
                }
            }
        }
    }

    private List<SampleLoss> losses(long jobId) {
        return jdbc.sql("""
                        SELECT l.* FROM sample_loss l JOIN slot s ON s.id = l.slot_id
                        WHERE s.job_id = ? ORDER BY l.from_at
                        """)
                .param(jobId)
                .query((row, number) -> new SampleLoss(
                        row.getLong("sequence"),
                        row.getLong("samples"),
                        row.getObject("from_at", Instant.class),
                        row.getObject("to_at", Instant.class)))
                .list();
    }

    private void samples(OutputStream out, JobDetails.SlotSummary slot) throws IOException {
        Optional<Instant> begin = series.firstSampleOfSlot(slot.id());
        // Not those of lists, which come some seconds later.
        Optional<Instant> last = series.newestSampleOfSlot(slot.id());
        if (begin.isEmpty() || last.isEmpty()) {
            return;
        }
        for (Instant from = begin.get(); !from.isAfter(last.get()); from = from.plus(AT_ONCE)) {
            List<JobSample> samples = new ArrayList<>();
            series.samples(slot.id(), from, from.plus(AT_ONCE), samples::add);
            for (JobSample sample : samples) {
                write(out, sample(slot, sample));
            }
        }
    }

    private static Map<String, Object> sample(JobDetails.SlotSummary slot, JobSample sample) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "sample");
        object.put("slot_id", slot.slotId());
        object.put("node", slot.node());
        object.put("time", sample.time());
        if (sample.reason() != JobSample.Reason.REGULAR) {
            object.put("reason", sample.reason().name().toLowerCase(Locale.ROOT));
        }
        sample.levels()
                .forEach((metric, level) -> object.put(
                        metric.metricName(), level == Math.rint(level) ? (Number) (long) level : (Number) level));
        return object;
    }

    private void line(OutputStream out, String type, Object content) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", type);
        object.putAll(
                json.readValue(json.writer().withAttribute(Figure.EXACT, true).writeValueAsString(content), OBJECT));
        write(out, object);
    }

    private void write(OutputStream out, Map<String, Object> object) throws IOException {
        out.write((json.writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
