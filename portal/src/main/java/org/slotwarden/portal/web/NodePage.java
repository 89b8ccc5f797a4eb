package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.node.AgentProcess;
import org.slotwarden.portal.node.AgentProcesses;
import org.slotwarden.portal.node.NodeSamples;
import org.slotwarden.portal.node.NodeStatus;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** {@code /nodes/NAME}: one node, and the viewer's jobs on it. */
@Controller
class NodePage {
    private static final int MOST_JOBS = 100;

    private final Nodes nodes;
    private final JobQueries jobs;
    private final NodeSamples samples;
    private final AgentProcesses agents;
    private final NodeView view;
    private final NodeTables tables;
    private final NodeCharts charts;
    private final Format format;
    private final Clock clock;

    NodePage(
            Nodes nodes,
            JobQueries jobs,
            NodeSamples samples,
            AgentProcesses agents,
            NodeView view,
            NodeTables tables,
            NodeCharts charts,
            Format format,
            Clock clock) {
        this.nodes = nodes;
        this.jobs = jobs;
        this.samples = samples;
        this.agents = agents;
        this.view = view;
        this.tables = tables;
        this.charts = charts;
        this.format = format;
        this.clock = clock;
    }

    @GetMapping("/nodes/{name}")
    String show(
            @PathVariable String name,
            @RequestParam(name = "range", defaultValue = "1h") String rangeKey,
            Viewer viewer,
            Model model) {
        NodeStatus node = nodes.find(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        TimeRange range = TimeRange.bounded(rangeKey);
        Duration window = Objects.requireNonNull(range.length());
        Instant now = clock.instant();
        JobFilter here = new JobFilter(JobFilter.LIVE.states(), null, node.name(), null, null, null, null, null, null);
        JobQueries.Found found = jobs.search(here, JobSort.NEWEST_FIRST, 0, MOST_JOBS, viewer);
        model.addAttribute("pageTitle", "Node " + format.name(node.name(), 40));
        model.addAttribute("node", node);
        model.addAttribute("clockOff", view.clockOff(node));
        model.addAttribute("used", view.used(node));
        model.addAttribute("facts", view.facts(node));
        List<AgentProcess> running = agents.ofNode(node.id());
        model.addAttribute("agents", running);
        model.addAttribute("devices", tables.devices(samples.newest(node.id(), 2)));
        model.addAttribute("groups", charts.of(node, running));
        model.addAttribute("jobs", found.jobs());
        model.addAttribute("caption", found.total() + " live here");
        model.addAttribute("ranges", TimeRange.boundedLabels());
        model.addAttribute("range", range.key());
        model.addAttribute("window", window.toSeconds());
        model.addAttribute("from", now.minus(window));
        return "node";
    }
}
