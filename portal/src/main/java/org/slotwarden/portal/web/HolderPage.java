package org.slotwarden.portal.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Holder;
import org.slotwarden.portal.storage.MoverFilter;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.storage.StorageStatus;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** {@code /storage/holders}: who holds movers, by job, or mover by mover. */
@Controller
class HolderPage {
    private static final int PAGE_SIZE = 50;

    private final StorageQueries storage;
    private final StorageView view;
    private final MoverView movers;

    HolderPage(StorageQueries storage, StorageView view, MoverView movers) {
        this.storage = storage;
        this.view = view;
        this.movers = movers;
    }

    /** The filter as it was typed; empty: not asked for. */
    record Wanted(
            String storage,
            String pool,
            String queue,
            String user,
            String host,
            String state,
            @Nullable Long job) {

        MoverFilter filter(String system) {
            return new MoverFilter(
                    system,
                    given(pool),
                    given(queue),
                    job,
                    given(user),
                    given(host),
                    MoverFilter.State.named(state).orElse(null));
        }

        String address(String list) {
            return StorageView.address(
                    "/storage/holders",
                    "list",
                    list,
                    "storage",
                    storage,
                    "pool",
                    pool,
                    "queue",
                    queue,
                    "user",
                    user,
                    "host",
                    host,
                    "state",
                    list.isEmpty() ? "" : state,
                    "job",
                    job == null ? "" : job.toString());
        }

        private static @Nullable String given(String text) {
            return text.isBlank() ? null : text.strip();
        }
    }

    @GetMapping("/storage/holders")
    String list(
            @RequestParam(defaultValue = "") String list,
            @RequestParam(defaultValue = "") String storage,
            @RequestParam(defaultValue = "") String pool,
            @RequestParam(defaultValue = "") String queue,
            @RequestParam(defaultValue = "") String user,
            @RequestParam(defaultValue = "") String host,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(required = false) @Nullable Long job,
            @RequestParam(defaultValue = "0") int page,
            Viewer viewer,
            Model model) {
        StorageStatus system = StoragePage.chosen(this.storage.systems(), storage);
        if (system == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }
        boolean single = list.equals("movers");
        int number = Math.clamp(page, 0, Pages.LAST);
        Wanted wanted = new Wanted(system.name(), pool, queue, user, host, state, job);
        model.addAttribute("system", view.system(system));
        model.addAttribute("single", single);
        model.addAttribute("filter", wanted);
        model.addAttribute("states", MoverFilter.State.values());
        model.addAttribute("byJob", wanted.address(""));
        model.addAttribute("bySelf", wanted.address("movers"));
        if (single) {
            addMovers(wanted, number, viewer, model);
        } else {
            addHolders(wanted, number, viewer, model);
        }
        return "storage-holders";
    }

    private void addMovers(Wanted wanted, int number, Viewer viewer, Model model) {
        StorageQueries.Found found = storage.movers(
                wanted.filter(wanted.storage()),
                StorageQueries.SortKey.SUBMITTED_AT,
                wanted.state().equals(MoverFilter.State.ENDED.stateName()),
                number,
                PAGE_SIZE,
                viewer);
        model.addAttribute("movers", movers.movers(found.movers(), storage.pools(wanted.storage()), viewer));
        model.addAttribute("caption", found.total() + (found.total() == 1 ? " mover" : " movers"));
        model.addAttribute("pages", new Pages(wanted.address("movers"), number, PAGE_SIZE, found.total()));
    }

    private void addHolders(Wanted wanted, int number, Viewer viewer, Model model) {
        List<Holder> found = storage.holders(wanted.filter(wanted.storage()), viewer);
        model.addAttribute(
                "holders",
                found.stream()
                        .skip((long) number * PAGE_SIZE)
                        .limit(PAGE_SIZE)
                        .map(holder -> movers.holder(holder, wanted.storage(), null))
                        .toList());
        model.addAttribute(
                "caption",
                found.size()
                        + (found.size() == StorageQueries.MOST_HOLDERS
                                ? " holders or more"
                                : found.size() == 1 ? " holder" : " holders")
                        + ", most movers first");
        model.addAttribute("pages", new Pages(wanted.address(""), number, PAGE_SIZE, found.size()));
    }
}
