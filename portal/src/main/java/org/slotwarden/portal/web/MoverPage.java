package org.slotwarden.portal.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Mover;
import org.slotwarden.portal.storage.MoverRelease;
import org.slotwarden.portal.storage.MoverReleases;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.storage.StorageRefused;
import org.slotwarden.portal.storage.StorageStatus;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /storage/movers/ID}: one mover, whose it is and why, and for admins the form that ends it. */
@Controller
class MoverPage {
    private final StorageQueries storage;
    private final MoverReleases releases;
    private final StorageView view;
    private final MoverView movers;

    MoverPage(StorageQueries storage, MoverReleases releases, StorageView view, MoverView movers) {
        this.storage = storage;
        this.releases = releases;
        this.view = view;
        this.movers = movers;
    }

    @GetMapping("/storage/movers/{id}")
    String show(@PathVariable long id, Viewer viewer, Model model) {
        Mover mover = storage.mover(id, viewer).orElseThrow(MoverPage::none);
        StorageStatus system = storage.system(mover.storage()).orElseThrow(MoverPage::none);
        model.addAttribute("system", view.system(system));
        model.addAttribute(
                "mover",
                movers.movers(List.of(mover), storage.pools(mover.storage()), viewer)
                        .getFirst());
        model.addAttribute("facts", movers.facts(mover));
        if (viewer.admin()) {
            List<MoverRelease> ordered = releases.ofMover(id);
            model.addAttribute("releases", ordered.stream().map(movers::release).toList());
            model.addAttribute("mayNot", whyNot(mover, system, ordered));
        }
        return "storage-mover";
    }

    private static @Nullable String whyNot(Mover mover, StorageStatus system, List<MoverRelease> ordered) {
        if (mover.goneAt() != null) {
            return "It is not there any more.";
        }
        if (!system.mayRelease()) {
            return "The watch of this storage system is not allowed to end movers: its configuration says so.";
        }
        if (!system.fresh()) {
            return "The newest look is old: what is there now is not known.";
        }
        return ordered.stream().anyMatch(one -> one.state() == MoverRelease.State.OPEN)
                ? "Its end is ordered: the watch is told with the answer to its next look."
                : null;
    }

    @PostMapping("/storage/movers/{id}/release")
    String release(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "false") boolean meant,
            Viewer viewer,
            RedirectAttributes to) {
        if (!meant) {
            to.addFlashAttribute("refused", "Not ordered: say that you mean this mover.");
            return "redirect:/storage/movers/" + id;
        }
        try {
            if (releases.order(id, reason, viewer).isEmpty()) {
                throw none();
            }
            to.addFlashAttribute("done", "Ordered. What becomes of it stands below.");
        } catch (StorageRefused e) {
            to.addFlashAttribute("refused", "Not ordered: " + e.why() + ".");
        }
        return "redirect:/storage/movers/" + id;
    }

    private static ResponseStatusException none() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
