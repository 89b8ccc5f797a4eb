package org.slotwarden.portal.web;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Confidence;
import org.slotwarden.portal.storage.Holder;
import org.slotwarden.portal.storage.MoverFilter;
import org.slotwarden.portal.storage.PoolStatus;
import org.slotwarden.portal.storage.QueueStatus;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.storage.StorageRefused;
import org.slotwarden.portal.storage.StorageStatus;
import org.slotwarden.portal.storage.StorageWatches;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /storage}: a storage system now, what is wrong first: its queues, and who holds most of their movers. */
@Controller
class StoragePage {
    private static final int PAGE_SIZE = 50;
    private static final int MOST_HOLDERS = 10;
    private static final int MOST_ALARMS = 20;

    private final StorageQueries storage;
    private final StorageWatches watches;
    private final StorageView view;
    private final MoverView movers;
    private final StorageCharts charts;
    private final Clock clock;

    StoragePage(
            StorageQueries storage,
            StorageWatches watches,
            StorageView view,
            MoverView movers,
            StorageCharts charts,
            Clock clock) {
        this.storage = storage;
        this.watches = watches;
        this.view = view;
        this.movers = movers;
        this.charts = charts;
        this.clock = clock;
    }

    /**
     * The whole system in figures.
     *
     * @param tied movers of jobs that are known; null with the two beside it: more holders than are counted
     */
    record Totals(
            long full,
            long queues,
            long queued,
            long active,
            long max,
            @Nullable Long tied,
            @Nullable Long ambiguous,
            @Nullable Long unknown) {}

    @GetMapping("/storage")
    String show(
            @RequestParam(defaultValue = "") String storage,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(name = "range", defaultValue = "6h") String rangeKey,
            @RequestParam(defaultValue = "0") int page,
            Viewer viewer,
            Model model,
            HttpServletResponse answer) {
        // May show a token, this once.
        answer.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        List<StorageStatus> systems = this.storage.systems();
        StorageStatus system = chosen(systems, storage);
        model.addAttribute("systems", systems.stream().map(view::system).toList());
        model.addAttribute("system", system == null ? null : view.system(system));
        if (system != null) {
            TimeRange range = TimeRange.bounded(rangeKey);
            addNow(system, q.strip(), Math.clamp(page, 0, Pages.LAST), range, viewer, model);
            addPast(system, q.strip(), range, model);
        }
        return "storage";
    }

    /** The one of this name, else the first. */
    static @Nullable StorageStatus chosen(List<StorageStatus> systems, String name) {
        return systems.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElse(systems.isEmpty() ? null : systems.getFirst());
    }

    private void addPast(StorageStatus system, String q, TimeRange range, Model model) {
        Duration window = Objects.requireNonNull(range.length());
        Instant now = clock.instant();
        Instant from = now.minus(window);
        model.addAttribute("history", charts.history(system, from, now));
        model.addAttribute(
                "ranges",
                RangeChoice.of(
                        range, key -> StorageView.address("/storage", "storage", system.name(), "q", q, "range", key)));
        model.addAttribute("rangeKey", range.key());
        model.addAttribute("window", window.toSeconds());
        model.addAttribute("from", from);
    }

    private void addNow(StorageStatus system, String q, int number, TimeRange range, Viewer viewer, Model model) {
        List<PoolStatus> pools = storage.pools(system.name());
        List<StorageView.QueueRow> all = view.queues(pools);
        String wanted = q.toLowerCase(Locale.ROOT);
        List<StorageView.QueueRow> found = all.stream()
                .filter(row -> (row.pool() + " " + row.queue())
                        .toLowerCase(Locale.ROOT)
                        .contains(wanted))
                .toList();
        List<Holder> holders =
                storage.holders(new MoverFilter(system.name(), null, null, null, null, null, null), viewer);
        model.addAttribute(
                "alarms",
                view.alarms(storage.alarms(system.name(), false, viewer), pools, List.of(system)).stream()
                        .limit(MOST_ALARMS)
                        .toList());
        Totals totals = totals(pools, holders);
        model.addAttribute("totals", totals);
        model.addAttribute("chart", charts.system(system, totals));
        model.addAttribute("q", q);
        model.addAttribute(
                "queues",
                found.stream().skip((long) number * PAGE_SIZE).limit(PAGE_SIZE).toList());
        model.addAttribute(
                "queuesCaption",
                found.size() + (found.size() == 1 ? " queue" : " queues")
                        + ", those in trouble first, then the fullest");
        model.addAttribute(
                "pages",
                new Pages(
                        StorageView.address("/storage", "storage", system.name(), "q", q, "range", range.key()),
                        number,
                        PAGE_SIZE,
                        found.size()));
        model.addAttribute(
                "holders",
                holders.stream()
                        .limit(MOST_HOLDERS)
                        .map(holder -> movers.holder(holder, system.name(), null))
                        .toList());
        model.addAttribute(
                "holdersCaption",
                viewer.admin() ? "Most movers first, of all queues" : "Movers of your jobs, of all queues");
    }

    private static Totals totals(List<PoolStatus> pools, List<Holder> holders) {
        List<QueueStatus> queues =
                pools.stream().flatMap(pool -> pool.queues().stream()).toList();
        boolean all = holders.size() < StorageQueries.MOST_HOLDERS;
        return new Totals(
                queues.stream().filter(queue -> queue.fullSince() != null).count(),
                queues.size(),
                sum(queues.stream().map(QueueStatus::queued)),
                sum(queues.stream().map(QueueStatus::active)),
                sum(queues.stream().map(QueueStatus::maxActive)),
                all ? movers(holders, Confidence.CERTAIN) + movers(holders, Confidence.LIKELY) : null,
                all ? movers(holders, Confidence.AMBIGUOUS) : null,
                all ? movers(holders, Confidence.NONE) : null);
    }

    private static long sum(Stream<@Nullable Integer> numbers) {
        return numbers.filter(Objects::nonNull).mapToLong(Integer::longValue).sum();
    }

    private static long movers(List<Holder> holders, Confidence confidence) {
        return holders.stream()
                .filter(holder -> holder.confidence() == confidence)
                .mapToLong(Holder::movers)
                .sum();
    }

    @PostMapping("/storage/token")
    String issueToken(@RequestParam String storage, Viewer viewer, RedirectAttributes to) {
        try {
            to.addFlashAttribute("secret", watches.issue(storage.strip(), viewer));
            to.addFlashAttribute("secretTitle", "Token of the watch of " + storage.strip());
        } catch (StorageRefused e) {
            to.addFlashAttribute(
                    "refused", "A storage system is called by 1 to 64 letters, digits, dots, hyphens or underscores.");
        }
        return "redirect:/storage";
    }

    @PostMapping("/storage/token/withdraw")
    String withdrawToken(@RequestParam String storage, Viewer viewer, RedirectAttributes to) {
        boolean withdrawn = watches.withdraw(storage, viewer);
        to.addFlashAttribute(
                withdrawn ? "done" : "refused",
                withdrawn ? "The token opens nothing any more." : "There is no such token.");
        return "redirect:/storage";
    }
}
