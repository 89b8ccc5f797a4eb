package org.slotwarden.portal.node;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.AfterCommit;
import org.slotwarden.portal.database.RowCache;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The nodes: what is known of each, and whether it reports. */
@Service
@Transactional
public class Nodes implements RowCache {

    /** A node that reports oftener is written down so often only. */
    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(10);

    private final NodeRepository nodes;
    private final NodeSamples samples;
    private final NodeSettings settings;
    private final Clock clock;

    /** What was written last, by node. */
    private final Map<Long, Written> written = new ConcurrentHashMap<>();

    private record Written(Instant at, String agentVersion) {}

    Nodes(NodeRepository nodes, NodeSamples samples, NodeSettings settings, Clock clock) {
        this.nodes = nodes;
        this.samples = samples;
        this.settings = settings;
        this.clock = clock;
    }

    /** By what nodes can be sorted. */
    public enum SortKey {
        NAME,
        LAST_REPORT_AT,
        FIRST_SEEN_AT,
        AGENT_LAG_SECONDS,
        AGENT_ERRORS,
        AGENT_SAMPLES_GIVEN_UP,
        AGENT_CORES_USED,
        AGENT_MEMORY_BYTES
    }

    /**
     * That a node reported.
     *
     * @param nodeId as its token says
     * @param sentAt by the node's clock
     * @param facts null when the report has none
     */
    public record Told(
            long nodeId,
            Instant sentAt,
            String agentVersion,
            @Nullable NodeFacts facts) {}

    /**
     * Reports came in.
     *
     * @param told in the order in which they came
     * @return the nodes whose facts are known now; the agents of the others should be asked for them
     * @throws IllegalArgumentException when there is no such node
     */
    public Set<Long> report(List<Told> told) {
        Instant now = clock.instant();
        Set<Long> known = told.stream().map(Told::nodeId).collect(Collectors.toCollection(HashSet::new));
        List<Told> news = told.stream().filter(one -> !isWritten(one, now)).toList();
        Map<Long, Node> stored = nodes
                .findAllById(news.stream().map(Told::nodeId).distinct().toList())
                .stream()
                .collect(Collectors.toMap(Node::id, node -> node));
        for (Told one : news) {
            Node node = stored.get(one.nodeId());
            if (node == null) {
                throw new IllegalArgumentException("There is no node " + one.nodeId());
            }
            node.reported(one.sentAt(), now, one.agentVersion());
            if (one.facts() != null) {
                node.setFacts(one.facts());
            }
            if (node.facts() == null) {
                known.remove(one.nodeId());
            } else {
                known.add(one.nodeId());
                AfterCommit.run(() -> written.put(one.nodeId(), new Written(now, one.agentVersion())));
            }
        }
        return known;
    }

    private boolean isWritten(Told told, Instant now) {
        Written last = written.get(told.nodeId());
        return last != null
                && told.facts() == null
                && last.agentVersion().equals(told.agentVersion())
                && now.isBefore(last.at().plus(WRITTEN_EVERY));
    }

    @Override
    public void forget() {
        written.clear();
    }

    @Transactional(readOnly = true)
    public Optional<NodeStatus> find(String name) {
        return nodes.findByName(name).map(node -> status(node, samples.latest(List.of(node.id()))));
    }

    /** One page of nodes; {@link org.slotwarden.portal.api.Paging} makes the page of a request's parameters. */
    @Transactional(readOnly = true)
    public Page<NodeStatus> page(Pageable page) {
        Page<Node> found = nodes.findAll(page);
        Map<Long, NodeSample> latest = samples.latest(found.map(Node::id).getContent());
        return found.map(node -> status(node, latest));
    }

    /**
     * Which nodes report and which have fallen silent.
     *
     * @param silent names, the latest fallen silent first
     */
    public record Reporting(long up, List<String> silent) {}

    @Transactional(readOnly = true)
    public Reporting reporting() {
        Instant earliest = clock.instant().minus(settings.silentAfter());
        return new Reporting(
                nodes.countByLastReportAtGreaterThanEqual(earliest), nodes.namesLastHeardOfBefore(earliest));
    }

    private NodeStatus status(Node node, Map<Long, NodeSample> latest) {
        return new NodeStatus(
                node.id(),
                node.name(),
                NodeState.of(node.lastReportAt(), clock.instant(), settings.silentAfter()),
                node.tokenIssuedAt(),
                node.firstSeenAt(),
                node.lastReportAt(),
                node.clockOffsetSeconds(),
                node.agentVersion(),
                node.agent(),
                node.facts(),
                latest.get(node.id()));
    }
}
