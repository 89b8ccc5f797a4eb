package org.slotwarden.portal.node;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.api.SeriesForm;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Nodes, for everybody who is logged in; their tokens, for admins (as the security module says). */
@RestController
@RequestMapping("/api/v1/nodes")
class NodeController {

    private static final Duration USUAL_STRETCH = Duration.ofHours(1);
    private static final int MOST_SERIES = 200;

    private final Nodes nodes;
    private final NodeSeries series;
    private final AgentProcesses agents;
    private final NodeTokens tokens;
    private final Clock clock;

    NodeController(Nodes nodes, NodeSeries series, AgentProcesses agents, NodeTokens tokens, Clock clock) {
        this.nodes = nodes;
        this.series = series;
        this.agents = agents;
        this.tokens = tokens;
        this.clock = clock;
    }

    record IssuedToken(String node, String token) {}

    @GetMapping
    PageOf<NodeStatus> list(
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(defaultValue = "name") String sort) {
        return PageOf.of(nodes.page(Paging.of(page, size, sort, Nodes.SortKey.class)), node -> node);
    }

    @GetMapping("/{name}")
    NodeDetails one(@PathVariable String name) {
        NodeStatus node = find(name);
        return new NodeDetails(node, agents.ofNode(node.id()));
    }

    /** The last hour up to {@code to}, or up to now, where it is not said otherwise. */
    @GetMapping("/{name}/series")
    SeriesForm series(
            @PathVariable String name,
            @RequestParam List<String> metric,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "500") @Min(1) @Max(2000) int points) {
        Instant end = to != null ? to : clock.instant();
        Instant begin = from != null ? from : end.minus(USUAL_STRETCH);
        if (!begin.isBefore(end)) {
            throw new BadParameterException("from", "must be before to");
        }
        if (Duration.between(begin, end).compareTo(NodeSeries.LONGEST) > 0) {
            throw new BadParameterException("from", "must be 31 days before to at most");
        }
        List<NodeSeries.Wanted> metrics = metric.stream()
                .distinct()
                .map(wanted -> NodeSeries.Wanted.named(wanted)
                        .orElseThrow(() -> new BadParameterException(
                                "metric", "must be one or some of " + String.join(", ", NodeSeries.Wanted.names()))))
                .toList();
        if (metrics.size() > MOST_SERIES) {
            throw new BadParameterException("metric", "may name " + MOST_SERIES + " series at most");
        }
        return series.of(find(name).id(), metrics, begin, end, points);
    }

    @PostMapping("/{name}/token")
    @ResponseStatus(HttpStatus.CREATED)
    IssuedToken issueToken(@PathVariable String name) {
        if (!NodeTokens.mayBeName(name)) {
            throw new BadParameterException("name", "must be 1 to 255 letters, digits, dots, hyphens or underscores");
        }
        return new IssuedToken(name, tokens.issue(name));
    }

    private NodeStatus find(String name) {
        return nodes.find(name).orElseThrow(() -> new NotFoundException("There is no such node"));
    }
}
