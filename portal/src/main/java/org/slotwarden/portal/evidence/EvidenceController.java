package org.slotwarden.portal.evidence;

import java.util.List;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.user.Viewer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The evidence of a flag. */
@RestController
@RequestMapping("/api/v1/flags/{id}/evidence")
class EvidenceController {

    private final EvidenceQueries queries;

    EvidenceController(EvidenceQueries queries) {
        this.queries = queries;
    }

    @GetMapping
    List<FlagEvidence> ofFlag(@PathVariable long id, Viewer viewer) {
        return queries.ofFlag(id, viewer).orElseThrow(() -> new NotFoundException("There is no such flag"));
    }
}
