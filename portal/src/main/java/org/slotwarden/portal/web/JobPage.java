package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.FlagEvidence;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.note.JobNote;
import org.slotwarden.portal.note.JobNotes;
import org.slotwarden.portal.note.NoteRefused;
import org.slotwarden.portal.notice.Notice;
import org.slotwarden.portal.notice.Notices;
import org.slotwarden.portal.order.JobOrder;
import org.slotwarden.portal.order.OrderKind;
import org.slotwarden.portal.order.OrderRefused;
import org.slotwarden.portal.order.Orders;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.storage.JobHolding;
import org.slotwarden.portal.storage.Mover;
import org.slotwarden.portal.storage.PoolStatus;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /jobs/ID}: one job, live while it runs. */
@Controller
class JobPage {
    private static final Duration FAST = Duration.ofSeconds(1);
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(30);
    private static final int MOST_REQUESTS = 10;
    private static final int MOST_ORDERS = 10;
    private static final int MOST_SHOWN_ORDERS = 5;
    private static final int MOST_MOVERS = 20;

    /** What is of use only while it goes on. */
    private static final Set<OrderKind> ONLY_ON_THEIR_PAGE = EnumSet.of(OrderKind.TAIL, OrderKind.LOG_LEVEL);

    private static final Duration FAST_FOR = Duration.ofMinutes(10);

    /** So old may be on the page what it is not known to have changed: "3 min ago", means of what came late. */
    private static final Duration UNCHANGED_FOR = Duration.ofMinutes(1);

    private final JobQueries jobs;
    private final Orders orders;
    private final OrderView orderView;
    private final FlagQueries flags;
    private final EvidenceView evidence;
    private final HeldBackSamples heldBack;
    private final Notices notices;
    private final JobNotes notes;
    private final StorageQueries storage;
    private final MoverView movers;
    private final SeriesQueries series;
    private final JobFigures figures;
    private final JobCharts charts;
    private final FlagBands bands;
    private final JobView view;
    private final Format format;
    private final Clock clock;

    JobPage(
            JobQueries jobs,
            Orders orders,
            OrderView orderView,
            FlagQueries flags,
            EvidenceView evidence,
            HeldBackSamples heldBack,
            Notices notices,
            JobNotes notes,
            StorageQueries storage,
            MoverView movers,
            SeriesQueries series,
            JobFigures figures,
            JobCharts charts,
            FlagBands bands,
            JobView view,
            Format format,
            Clock clock) {
        this.jobs = jobs;
        this.orders = orders;
        this.orderView = orderView;
        this.flags = flags;
        this.evidence = evidence;
        this.heldBack = heldBack;
        this.notices = notices;
        this.notes = notes;
        this.storage = storage;
        this.movers = movers;
        this.series = series;
        this.figures = figures;
        this.charts = charts;
        this.bands = bands;
        this.view = view;
        this.format = format;
        this.clock = clock;
    }

    /** @return null: nothing has changed, and whoever asks knows the rest */
    @GetMapping("/jobs/{id}")
    @Nullable
    String show(
            @PathVariable long id,
            @RequestParam(name = "range", defaultValue = "all") String rangeKey,
            Viewer viewer,
            WebRequest request,
            Model model) {
        JobDetails details = jobs.find(id, viewer).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        JobSummary job = details.summary();
        TimeRange range = TimeRange.of(rangeKey);
        Instant now = clock.instant();
        // What stands before what is over, the latest first.
        List<Flag> flagged = flags.ofJob(id, viewer).reversed().stream()
                .sorted(Comparator.comparing(flag -> !flag.state().standing()))
                .toList();
        List<HeldBackSamples.Request> requests = heldBack.ofJob(id, MOST_REQUESTS);
        List<Notice> told = notices.ofJob(id, viewer);
        List<JobOrder> ordered = orders.ofJob(id, MOST_ORDERS, viewer).orElse(List.of());
        List<JobNote> noted = notes.ofJob(id, viewer);
        List<Mover> held = storage.ofJob(id, true, MOST_MOVERS, viewer);
        List<JobHolding> holdings = held.isEmpty() ? List.of() : storage.holdings(id, viewer);
        Map<Long, List<FlagEvidence>> asked = evidence.asked(flagged, viewer);
        // An open page asks every few seconds, and figures and tables are what is dear of it.
        int known = Objects.hash(
                viewer,
                rangeKey,
                details,
                flagged,
                requests,
                told,
                ordered,
                noted,
                held,
                holdings,
                asked,
                model.getAttribute("standing"),
                now.getEpochSecond() / UNCHANGED_FOR.toSeconds());
        if (request.checkNotModified(Integer.toHexString(known))) {
            return null;
        }
        Instant to = end(job, now);
        Instant from = range.begin(begin(job, details, to), to);
        model.addAttribute("pageTitle", "Job " + format.name(job.jobId(), 24));
        model.addAttribute("job", job);
        model.addAttribute("details", details);
        model.addAttribute("flags", flagged);
        model.addAttribute("evidence", evidence.kept(flagged, asked, viewer));
        model.addAttribute(
                "standingHere",
                flagged.stream().filter(flag -> flag.state().standing()).count());
        model.addAttribute("mayAcknowledge", false);
        model.addAttribute("mayJudge", true);
        model.addAttribute("steps", view.steps(details));
        model.addAttribute("used", view.used(details, now));
        model.addAttribute("facts", view.facts(details, viewer));
        JobFigures.Figures found = figures.of(id, from, to, job.lastSampleAt(), interval(details));
        List<ChartGroup> groups = charts.of(details, found);
        model.addAttribute("figures", found);
        model.addAttribute("groups", groups);
        model.addAttribute("bands", bands.of(flagged, groups, details.slots().size(), from));
        model.addAttribute("tables", figures.tables(groups, found));
        model.addAttribute("executables", view.executables(details));
        model.addAttribute("unattributed", view.unattributed(details));
        model.addAttribute("oomKills", details.latest("oom_kills"));
        model.addAttribute("outOfTurn", series.outOfTurn(id));
        model.addAttribute("requests", requests);
        model.addAttribute("notices", told);
        model.addAttribute(
                "orders",
                ordered.stream()
                        .filter(order ->
                                !ONLY_ON_THEIR_PAGE.contains(order.wish().kind()))
                        .limit(MOST_SHOWN_ORDERS)
                        .map(orderView::row)
                        .toList());
        model.addAttribute("notes", noted);
        if (!held.isEmpty()) {
            List<PoolStatus> pools = storage.pools(null);
            model.addAttribute("movers", movers.movers(held, pools, viewer));
            model.addAttribute("holdings", movers.holdings(holdings, pools));
        }
        model.addAttribute("maySample", job.state().live() && orders.may(OrderKind.INTERVAL, viewer));
        model.addAttribute("mayBeHeldBack", mayBeHeldBack(job, now));
        model.addAttribute("ranges", TimeRange.labels());
        model.addAttribute("range", range.key());
        model.addAttribute(
                "window", range.length() == null ? null : range.length().toSeconds());
        model.addAttribute("from", from);
        return "job";
    }

    @PostMapping("/jobs/{id}/sampling")
    String sampleFast(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        try {
            if (orders.sample(id, FAST, FAST_FOR, viewer)) {
                to.addFlashAttribute(
                        "done", "Sampled every second for 10 minutes, from the next report of its node on.");
            } else {
                to.addFlashAttribute("refused", "This job does not run any more.");
            }
        } catch (OrderRefused e) {
            to.addFlashAttribute("refused", e.why() + ".");
        }
        return "redirect:/jobs/" + id;
    }

    @PostMapping("/jobs/{id}/held-back")
    String sendHeldBack(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        if (heldBack.ask(id, HeldBackSamples.USUAL, viewer)) {
            to.addFlashAttribute("done", "Asked for; the samples come with the next reports of the node.");
        } else {
            to.addFlashAttribute("refused", "This job ended too long ago: nothing is held back any more.");
        }
        return "redirect:/jobs/" + id;
    }

    @PostMapping("/jobs/{id}/notes")
    String note(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(name = "for_owner", defaultValue = "false") boolean forOwner,
            Viewer viewer,
            RedirectAttributes to) {
        try {
            if (notes.add(id, text, forOwner, viewer).isEmpty()) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            to.addFlashAttribute("done", forOwner ? "Noted, for admins and the owner." : "Noted, for admins.");
        } catch (NoteRefused e) {
            to.addFlashAttribute("refused", "Not noted: " + e.why() + ".");
            to.addFlashAttribute("noteTyped", text);
        }
        return "redirect:/jobs/" + id;
    }

    private static boolean mayBeHeldBack(JobSummary job, Instant now) {
        return job.state().live() || (job.endedAt() != null && job.endedAt().isAfter(now.minus(HeldBackSamples.KEPT)));
    }

    private static Duration interval(JobDetails details) {
        Double seconds = details.sampleIntervalSeconds();
        return seconds == null ? USUAL_INTERVAL : Duration.ofMillis(Math.max(1000, Math.round(seconds * 1000)));
    }

    private static Instant begin(JobSummary job, JobDetails details, Instant end) {
        if (job.startedAt() != null) {
            return job.startedAt();
        }
        return details.submittedAt() != null ? details.submittedAt() : end.minus(Duration.ofHours(1));
    }

    private static Instant end(JobSummary job, Instant now) {
        if (job.state().live()) {
            return now;
        }
        return job.endedAt() != null ? job.endedAt() : now;
    }
}
