package org.slotwarden.portal.ingest;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.portal.job.JobFacts;
import org.slotwarden.portal.job.SampleLoss;
import org.slotwarden.portal.job.SlotEnd;
import org.slotwarden.portal.job.SlotNews;
import org.slotwarden.portal.order.OrderNews;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.SlotReport;

/** Reads the reports of one batch and says of each what in it cannot be accepted. */
final class SlotReader {

    /** No batch system ran then; a node whose clock was reset to its begin did. */
    static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** What a clock may be corrected by between an event and its report. */
    static final Duration AHEAD = Duration.ofMinutes(10);

    private static final int SLOT_ID_CHARACTERS = 64;
    private static final Pattern BATCH_SYSTEM = Pattern.compile("[a-z0-9_-]{1,32}");

    /** Of one name, as wide as its column. */
    private static final int NAME_BYTES = 255;

    private static final int JOB_ID_BYTES = 256;
    private static final int MOST_NODES = 50_000;

    private final Instant latest;
    private final Figures figures;
    private final SampleReader sampleReader;

    /** @param sentAt the batch, by the node's clock, which all its times come from */
    SlotReader(Instant sentAt, Figures figures) {
        this.latest = sentAt.plus(AHEAD);
        this.figures = figures;
        this.sampleReader = new SampleReader(latest, figures);
    }

    /**
     * @param evidence what the job was found doing, when that was asked
     * @param orders what became of them
     * @param storage its connections to storage hosts, where they are others than before
     */
    record Read(
            SlotNews news,
            List<JobSample> samples,
            @Nullable SlotEvidence evidence,
            List<OrderNews> orders,
            StorageReader.@Nullable Found storage) {

        Read(SlotNews news, List<JobSample> samples) {
            this(news, samples, null, List.of(), null);
        }
    }

    /** @throws ReportRefused when this report can never be stored */
    Read read(SlotReport report) throws ReportRefused {
        if (!isSlotId(report.getSlotId())) {
            throw new ReportRefused("slot_id must be 1 to 64 characters of [A-Za-z0-9._-]");
        }
        if (report.getSequence() == 0) {
            throw new ReportRefused("sequence must begin at 1");
        }
        List<JobSample> samples = new ArrayList<>();
        Instant first = null;
        for (var sample : report.getSamplesList()) {
            JobSample read = sampleReader.read(sample, time(sample.getTimeMs(), "sample"));
            samples.add(read);
            first = first == null || read.time().isBefore(first) ? read.time() : first;
        }
        var job = report.getJob();
        var start = report.getStart();
        return new Read(
                new SlotNews(
                        report.getSlotId(),
                        report.hasJob() ? facts(job) : null,
                        positive(figures.count(job.hasSlotCores(), job.getSlotCores(), "slot_cores")),
                        positive(
                                figures.bytes(job.hasSlotMemoryBytes(), job.getSlotMemoryBytes(), "slot_memory_bytes")),
                        start.hasTimeMs() ? time(start.getTimeMs(), "start") : null,
                        start.hasSampleIntervalSeconds() ? interval(start.getSampleIntervalSeconds()) : null,
                        report.hasEnd() ? end(report.getEnd()) : null,
                        first,
                        loss(report)),
                samples,
                report.hasEvidence()
                        ? EvidenceReader.read(
                                report.getEvidence(), time(report.getEvidence().getTakenAtMs(), "evidence"), figures)
                        : null,
                orders(report),
                report.hasStorageConnections()
                        ? StorageReader.read(
                                report.getStorageConnections(),
                                time(report.getStorageConnections().getTimeMs(), "connections to storage hosts"),
                                figures)
                        : null);
    }

    private List<OrderNews> orders(SlotReport report) throws ReportRefused {
        if (report.getOrderResultsCount() == 0) {
            return List.of();
        }
        if (report.getOrderResultsCount() > WireContract.MAX_ORDERS) {
            throw new ReportRefused("there are more than " + WireContract.MAX_ORDERS + " results of orders");
        }
        List<OrderNews> orders = new ArrayList<>();
        for (OrderResult result : report.getOrderResultsList()) {
            orders.add(OrderReader.read(
                    result,
                    time(result.getTimeMs(), "result of an order"),
                    result.hasEvidence()
                            ? EvidenceReader.read(
                                    result.getEvidence(),
                                    time(result.getEvidence().getTakenAtMs(), "evidence"),
                                    figures)
                            : null,
                    figures));
        }
        return orders;
    }

    /** [A-Za-z0-9._-]{1,64}, without the price of a regular expression: there is one of these for each sample. */
    private static boolean isSlotId(String text) {
        if (text.isEmpty() || text.length() > SLOT_ID_CHARACTERS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            boolean letter = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
            if (!letter && !(one >= '0' && one <= '9') && one != '.' && one != '_' && one != '-') {
                return false;
            }
        }
        return true;
    }

    private JobFacts facts(org.slotwarden.wire.v1.JobFacts job) throws ReportRefused {
        if (!BATCH_SYSTEM.matcher(job.getBatchSystem()).matches()) {
            throw new ReportRefused("batch_system must be 1 to 32 characters of [a-z0-9_-]");
        }
        if (job.getJobId().isEmpty()) {
            throw new ReportRefused("job_id is missing");
        }
        return new JobFacts(
                job.getBatchSystem(),
                text(job.getCluster(), NAME_BYTES, "cluster"),
                text(job.getJobId(), JOB_ID_BYTES, "job_id"),
                figures.count(job.hasRestartCount(), job.getRestartCount(), "restart_count"),
                job.hasArrayId() ? text(job.getArrayId(), NAME_BYTES, "array_id") : null,
                job.hasArrayIndex() ? (Long) job.getArrayIndex() : null,
                job.hasName() ? text(job.getName(), "name") : null,
                job.hasUser() ? text(job.getUser(), NAME_BYTES, "user") : null,
                figures.bytes(job.hasUid(), job.getUid(), "uid"),
                job.hasGroup() ? text(job.getGroup(), NAME_BYTES, "group") : null,
                figures.bytes(job.hasGid(), job.getGid(), "gid"),
                job.hasAccount() ? text(job.getAccount(), "account") : null,
                job.hasQueue() ? text(job.getQueue(), NAME_BYTES, "queue") : null,
                positive(figures.count(job.hasRequestedCores(), job.getRequestedCores(), "requested_cores")),
                positive(figures.bytes(
                        job.hasRequestedMemoryBytes(), job.getRequestedMemoryBytes(), "requested_memory_bytes")),
                limit(job),
                nodes(job.getNodesList()),
                job.hasWorkDirectory() ? text(job.getWorkDirectory(), "work_directory") : null,
                job.hasStandardOutput() ? text(job.getStandardOutput(), "standard_output") : null,
                job.hasStandardError() ? text(job.getStandardError(), "standard_error") : null,
                job.hasComment() ? text(job.getComment(), "comment") : null,
                job.hasCommand() ? text(job.getCommand(), "command") : null,
                job.hasSubmittedAtMs() ? time(job.getSubmittedAtMs(), "submitted_at") : null);
    }

    /** No batch system grants ten years; more would not fit into a date either. */
    private @Nullable Long limit(org.slotwarden.wire.v1.JobFacts job) {
        long limit = job.getWallTimeLimitSeconds();
        return job.hasWallTimeLimitSeconds()
                        && limit > 0
                        && limit <= Duration.ofDays(3650).toSeconds()
                ? (Long) limit
                : null;
    }

    private static List<String> nodes(List<String> names) throws ReportRefused {
        if (names.size() > MOST_NODES) {
            throw new ReportRefused("nodes are more than " + MOST_NODES);
        }
        for (String name : names) {
            text(name, NAME_BYTES, "name of a node");
            if (name.isEmpty() || name.contains(",")) {
                throw new ReportRefused("name of a node is empty or a list");
            }
        }
        return names.stream().distinct().toList();
    }

    private SlotEnd end(org.slotwarden.wire.v1.SlotEnd end) throws ReportRefused {
        return new SlotEnd(
                time(end.getTimeMs(), "end"),
                end.getCause() == org.slotwarden.wire.v1.SlotEnd.Cause.VANISHED
                        ? SlotEnd.Cause.VANISHED
                        : SlotEnd.Cause.EPILOGUE,
                end.hasBatchState() ? text(end.getBatchState(), "batch_state") : null,
                end.hasExitCode() ? (Integer) end.getExitCode() : null,
                end.hasSignal() ? (Integer) end.getSignal() : null);
    }

    /** A loss that cannot be is no reason to refuse what else the report says. */
    private @Nullable SampleLoss loss(SlotReport report) {
        var loss = report.getLoss();
        Long samples = figures.bytes(report.hasLoss(), loss.getSamples(), "loss");
        Instant from = Instant.ofEpochMilli(loss.getFromMs());
        Instant to = Instant.ofEpochMilli(loss.getToMs());
        return samples == null || samples == 0 || from.isBefore(EARLIEST) || to.isAfter(latest) || from.isAfter(to)
                ? null
                : new SampleLoss(report.getSequence(), samples, from, to);
    }

    private Instant time(long milliseconds, String what) throws ReportRefused {
        Instant time = Instant.ofEpochMilli(milliseconds);
        if (time.isBefore(EARLIEST)) {
            throw new ReportRefused("time of " + what + " is before the year 2000");
        }
        if (time.isAfter(latest)) {
            throw new ReportRefused("time of " + what + " is in the future");
        }
        return time;
    }

    private static double interval(double seconds) throws ReportRefused {
        if (!(seconds > 0 && seconds <= Duration.ofDays(1).toSeconds())) {
            throw new ReportRefused("sample_interval_seconds must be above 0 and at most a day");
        }
        return seconds;
    }

    private static String text(String text, String what) throws ReportRefused {
        return text(text, WireContract.MAX_TEXT_BYTES, what);
    }

    private static String text(String text, int mostBytes, String what) throws ReportRefused {
        if (text.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
            throw new ReportRefused(what + " is longer than " + mostBytes + " bytes");
        }
        return text;
    }

    /** A request for nothing is no request. */
    private static <T extends Number> @Nullable T positive(@Nullable T value) {
        return value != null && value.longValue() > 0 ? value : null;
    }
}
