package org.slotwarden.portal.web;

import java.util.Comparator;
import java.util.List;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.flag.FlagState;
import org.slotwarden.portal.job.LiveJobs;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** {@code /}: the site now, what is wrong first. */
@Controller
class OverviewPage {
    private static final int MOST_FLAGS = 10;
    private static final int MOST_SILENT_NODES = 10;
    private static final int TOP = 5;
    /** Not yet acknowledged before acknowledged, severe before mild, new before old. */
    private static final Comparator<Flag> URGENCY = Comparator.comparing((Flag flag) -> flag.state() != FlagState.OPEN)
            .thenComparing(Flag::severity, Comparator.reverseOrder())
            .thenComparing(Flag::raisedAt, Comparator.reverseOrder());

    private final LiveJobs jobs;
    private final FlagQueries flags;
    private final Nodes nodes;

    OverviewPage(LiveJobs jobs, FlagQueries flags, Nodes nodes) {
        this.jobs = jobs;
        this.flags = flags;
        this.nodes = nodes;
    }

    @GetMapping("/")
    String overview(Viewer viewer, Model model) {
        LiveJobs.Overview live = jobs.overview(TOP, viewer);
        model.addAttribute("totals", live.totals());
        model.addAttribute("standingByKind", flags.standingByKind(viewer));
        model.addAttribute("flags", urgent(viewer));
        model.addAttribute("topCores", live.byCoresUsed());
        model.addAttribute("topMemory", live.byMemoryUsed());
        model.addAttribute("topSockets", live.byOpenSockets());
        Nodes.Reporting reporting = nodes.reporting();
        model.addAttribute("nodesUp", reporting.up());
        model.addAttribute("nodesSilent", reporting.silent().size());
        model.addAttribute(
                "silentNodes",
                reporting.silent().stream().limit(MOST_SILENT_NODES).toList());
        model.addAttribute("mayAcknowledge", false);
        model.addAttribute("mayJudge", false);
        return "overview";
    }

    private List<Flag> urgent(Viewer viewer) {
        return flags.search(FlagFilter.STANDING, 0, 100, viewer).flags().stream()
                .sorted(URGENCY)
                .limit(MOST_FLAGS)
                .toList();
    }
}
