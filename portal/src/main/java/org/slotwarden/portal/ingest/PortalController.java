package org.slotwarden.portal.ingest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/v1/portal}: how the portal itself is, for admins. */
@RestController
@RequestMapping("/api/v1/portal")
class PortalController {

    private final IngestHealth health;

    PortalController(IngestHealth health) {
        this.health = health;
    }

    record PortalForm(IngestHealth.State ingest) {}

    @GetMapping
    PortalForm state() {
        return new PortalForm(health.now());
    }
}
