package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.storage.Holder;
import org.slotwarden.portal.storage.MoverFilter;
import org.slotwarden.portal.storage.PoolStatus;
import org.slotwarden.portal.storage.QueueStatus;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.storage.StorageStatus;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/**
 * {@code /storage/queues/ID}: how a queue fills, who holds its movers, what the job that holds most did meanwhile, and
 * the forms to stop it.
 */
@Controller
class QueuePage {
    private static final int PAGE_SIZE = 50;
    private static final int MOST_HOLDERS = 15;

    private final StorageQueries storage;
    private final JobQueries jobs;
    private final FlagQueries flags;
    private final FlagBands bands;
    private final OrderForms orders;
    private final StorageView view;
    private final MoverView movers;
    private final StorageCharts charts;
    private final Format format;
    private final Clock clock;

    QueuePage(
            StorageQueries storage,
            JobQueries jobs,
            FlagQueries flags,
            FlagBands bands,
            OrderForms orders,
            StorageView view,
            MoverView movers,
            StorageCharts charts,
            Format format,
            Clock clock) {
        this.storage = storage;
        this.jobs = jobs;
        this.flags = flags;
        this.bands = bands;
        this.orders = orders;
        this.view = view;
        this.movers = movers;
        this.charts = charts;
        this.format = format;
        this.clock = clock;
    }

    /**
     * @param wanted the job whose curves are shown; 0: of those that hold movers, the one that holds most
     * @param only list the movers of that job only
     */
    @GetMapping("/storage/queues/{id}")
    String show(
            @PathVariable long id,
            @RequestParam(name = "job", defaultValue = "0") long wanted,
            @RequestParam(name = "only", defaultValue = "false") boolean only,
            @RequestParam(name = "range", defaultValue = "1h") String rangeKey,
            @RequestParam(defaultValue = "0") int page,
            Viewer viewer,
            Model model) {
        QueueStatus queue = storage.queue(id).orElseThrow(QueuePage::none);
        StorageStatus system = storage.system(queue.storage()).orElseThrow(QueuePage::none);
        List<PoolStatus> pools = storage.pools(queue.storage());
        List<Holder> holders = storage.holders(of(queue, null), viewer);
        JobSummary chosen = chosen(wanted, holders, viewer);
        TimeRange range = TimeRange.bounded(rangeKey);
        Duration window = Objects.requireNonNull(range.length());
        Instant now = clock.instant();
        Instant from = now.minus(window);
        model.addAttribute(
                "pageTitle", "Queue " + format.name(queue.name(), 24) + " of " + format.name(queue.pool(), 40));
        model.addAttribute("system", view.system(system));
        model.addAttribute("queue", view.queue(queue, unread(queue, pools)));
        model.addAttribute("siblings", siblings(queue, pools));
        model.addAttribute(
                "alarms",
                view.alarms(
                        storage.alarms(queue.storage(), false, viewer).stream()
                                .filter(alarm -> queue.pool().equals(alarm.pool())
                                        && (alarm.queue() == null
                                                || queue.name().equals(alarm.queue())))
                                .toList(),
                        pools,
                        List.of(system)));
        model.addAttribute("chart", charts.queue(queue));
        model.addAttribute("seriesUrl", "/api/v1/storage/queues/" + id + "/series");
        model.addAttribute("full", charts.full(queue, from, now));
        model.addAttribute("history", charts.history(queue, from, now));
        addHolders(queue, holders, viewer, model);
        addMovers(queue, chosen, only, Math.clamp(page, 0, Pages.LAST), range, pools, viewer, model);
        if (chosen != null) {
            addJob(chosen, queue, holders, from, now, viewer, model);
        }
        model.addAttribute("chosen", chosen);
        model.addAttribute(
                "ranges",
                RangeChoice.of(
                        range,
                        key -> StorageView.address(
                                StorageView.link(id),
                                "range",
                                key,
                                "job",
                                wanted == 0 ? "" : Long.toString(wanted),
                                "only",
                                only ? "true" : "")));
        model.addAttribute("window", window.toSeconds());
        model.addAttribute("from", from);
        return "storage-queue";
    }

    private static ResponseStatusException none() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }

    private static MoverFilter of(QueueStatus queue, @Nullable Long jobId) {
        return new MoverFilter(queue.storage(), queue.pool(), queue.name(), jobId, null, null, null);
    }

    private @Nullable JobSummary chosen(long wanted, List<Holder> holders, Viewer viewer) {
        Long id = wanted != 0
                ? (Long) wanted
                : holders.stream()
                        .map(Holder::jobId)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        return id == null ? null : jobs.summary(id, viewer).orElse(null);
    }

    private static boolean unread(QueueStatus queue, List<PoolStatus> pools) {
        return pools.stream().anyMatch(pool -> pool.name().equals(queue.pool()) && pool.unread());
    }

    private List<StorageView.QueueRow> siblings(QueueStatus queue, List<PoolStatus> pools) {
        return pools.stream()
                .filter(pool -> pool.name().equals(queue.pool()))
                .flatMap(pool -> pool.queues().stream().map(one -> view.queue(one, pool.unread())))
                .toList();
    }

    private void addHolders(QueueStatus queue, List<Holder> holders, Viewer viewer, Model model) {
        model.addAttribute(
                "holders",
                holders.stream()
                        .limit(MOST_HOLDERS)
                        .map(holder -> movers.holder(holder, queue.storage(), queue))
                        .toList());
        model.addAttribute(
                "holdersCaption",
                viewer.admin() ? "Most movers of this queue first" : "Movers of your jobs in this queue");
        model.addAttribute(
                "moreHolders",
                holders.size() > MOST_HOLDERS
                        ? StorageView.address(
                                "/storage/holders",
                                "storage",
                                queue.storage(),
                                "pool",
                                queue.pool(),
                                "queue",
                                queue.name())
                        : null);
    }

    private void addMovers(
            QueueStatus queue,
            @Nullable JobSummary chosen,
            boolean only,
            int number,
            TimeRange range,
            List<PoolStatus> pools,
            Viewer viewer,
            Model model) {
        Long ofJob = only && chosen != null ? (Long) chosen.id() : null;
        StorageQueries.Found found =
                storage.movers(of(queue, ofJob), StorageQueries.SortKey.SUBMITTED_AT, false, number, PAGE_SIZE, viewer);
        String here = StorageView.address(
                StorageView.link(queue.id()),
                "range",
                range.key(),
                "job",
                chosen == null ? "" : Long.toString(chosen.id()),
                "only",
                ofJob == null ? "" : "true");
        model.addAttribute("only", ofJob != null);
        model.addAttribute(
                "otherMovers",
                chosen == null
                        ? null
                        : StorageView.address(
                                StorageView.link(queue.id()),
                                "range",
                                range.key(),
                                "job",
                                Long.toString(chosen.id()),
                                "only",
                                ofJob == null ? "true" : ""));
        model.addAttribute("movers", movers.movers(found.movers(), pools, viewer));
        model.addAttribute(
                "moversCaption", found.total() + (found.total() == 1 ? " mover" : " movers") + ", the oldest first");
        model.addAttribute("pages", new Pages(here, number, PAGE_SIZE, found.total()));
    }

    private void addJob(
            JobSummary job,
            QueueStatus queue,
            List<Holder> holders,
            Instant from,
            Instant now,
            Viewer viewer,
            Model model) {
        List<Holder> its = holders.stream()
                .filter(holder -> Objects.equals(holder.jobId(), job.id()))
                .toList();
        long held = its.stream().mapToLong(Holder::movers).sum();
        List<Flag> standing = flags.ofJob(job.id(), viewer).reversed().stream()
                .filter(flag -> flag.state().standing())
                .toList();
        List<Chart> ofJob = charts.job(job, held);
        List<ChartGroup> groups = List.of(new ChartGroup("job", "Job", ofJob));
        model.addAttribute("jobCharts", ofJob);
        model.addAttribute("jobHistory", charts.history(job, from, now));
        model.addAttribute(
                "bands", bands.of(standing, groups, Math.max(1, job.nodes().size()), from));
        model.addAttribute(
                "chosenSentence",
                sentence(held, its.stream().mapToLong(Holder::idle).sum(), queue));
        orders.addTo(model, job.id(), viewer);
    }

    private String sentence(long held, long idle, QueueStatus queue) {
        if (held == 0) {
            return "It holds no mover of this queue now.";
        }
        String of = queue.active() == null
                ? ""
                : " of the %s in use (%s)"
                        .formatted(format.number(queue.active()), format.percent(held, queue.active()));
        return "It holds %s%s%s%s."
                .formatted(
                        format.number(held),
                        queue.active() == null ? (held == 1 ? " mover" : " movers") : "",
                        of,
                        idle == 0 ? "" : "; " + format.number(idle) + (idle == 1 ? " lies idle" : " lie idle"));
    }
}
