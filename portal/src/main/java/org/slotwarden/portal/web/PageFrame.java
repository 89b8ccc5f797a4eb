package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Instant;
import org.slotwarden.portal.user.Viewer;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What the frame of every page shows: who is logged in, and how many flags stand. */
@ControllerAdvice(basePackageClasses = PageFrame.class)
class PageFrame {
    private final SiteNow site;
    private final Clock clock;

    PageFrame(SiteNow site, Clock clock) {
        this.site = site;
        this.clock = clock;
    }

    @ModelAttribute("viewer")
    Viewer viewer(Viewer viewer) {
        return viewer;
    }

    @ModelAttribute("now")
    Instant now() {
        return clock.instant();
    }

    @ModelAttribute("standing")
    long standing(Viewer viewer) {
        return site.standingByKind(viewer).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
