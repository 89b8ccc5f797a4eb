package org.slotwarden.portal.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.EvidenceQueries;
import org.slotwarden.portal.evidence.FlagEvidence;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;

/** {@code /flags/ID/evidence}: all that a job was found doing when it was flagged. */
@Controller
class EvidencePage {

    private final FlagQueries flags;
    private final EvidenceQueries evidence;
    private final EvidenceView view;
    private final Format format;

    EvidencePage(FlagQueries flags, EvidenceQueries evidence, EvidenceView view, Format format) {
        this.flags = flags;
        this.evidence = evidence;
        this.view = view;
        this.format = format;
    }

    /** What one node was asked and told. */
    record Part(FlagEvidence asked, String after, EvidenceView.@Nullable Found found) {}

    @GetMapping("/flags/{id}/evidence")
    String show(@PathVariable long id, Viewer viewer, Model model) {
        Flag flag = flags.find(id, viewer).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        List<Part> parts = evidence.ofFlag(id, viewer).orElse(List.of()).stream()
                .map(asked -> part(asked, flag))
                .toList();
        model.addAttribute("pageTitle", "Evidence: job " + format.name(flag.batchJobId(), 24));
        model.addAttribute("flag", flag);
        model.addAttribute("parts", parts);
        model.addAttribute("unanswered", EvidenceView.unanswered());
        return "evidence";
    }

    private Part part(FlagEvidence asked, Flag flag) {
        return new Part(asked, view.after(asked, flag), asked.evidence() == null ? null : view.found(asked.evidence()));
    }
}
