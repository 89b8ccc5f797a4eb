package org.slotwarden.portal.web;

import java.util.List;
import java.util.Map;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.job.LiveJobs;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** {@code /}: the site now, what is wrong first. */
@Controller
class OverviewPage {
    private static final int MOST_SILENT_NODES = 10;
    private static final int MOST_ALARMS = 5;

    private final SiteNow site;

    OverviewPage(SiteNow site) {
        this.site = site;
    }

    @GetMapping("/")
    String overview(Viewer viewer, Model model) {
        SharedCopy.Made<SiteNow.Overview> made = site.overview(viewer);
        LiveJobs.Overview live = made.copy().live();
        model.addAttribute("asOf", made.at());
        model.addAttribute("totals", live.totals());
        // Of the same moment as the rest, also in the frame of this page.
        Map<FlagKind, Long> standing = made.copy().standing();
        model.addAttribute("standingByKind", standing);
        model.addAttribute(
                "standing",
                standing.values().stream().mapToLong(Long::longValue).sum());
        model.addAttribute("flags", made.copy().urgent());
        List<StorageView.AlarmRow> alarms = made.copy().alarms();
        model.addAttribute("alarms", alarms.stream().limit(MOST_ALARMS).toList());
        model.addAttribute("moreAlarms", Math.max(0, alarms.size() - MOST_ALARMS));
        model.addAttribute("topCores", live.byCoresUsed());
        model.addAttribute("topMemory", live.byMemoryUsed());
        model.addAttribute("topSockets", live.byOpenSockets());
        Nodes.Reporting reporting = made.copy().reporting();
        model.addAttribute("nodesUp", reporting.up());
        model.addAttribute("nodesSilent", reporting.silent().size());
        model.addAttribute(
                "silentNodes",
                reporting.silent().stream().limit(MOST_SILENT_NODES).toList());
        model.addAttribute("mayAcknowledge", false);
        model.addAttribute("mayJudge", false);
        return "overview";
    }
}
