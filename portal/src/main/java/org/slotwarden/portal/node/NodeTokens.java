package org.slotwarden.portal.node;

import java.time.Clock;
import java.util.Optional;
import org.slotwarden.portal.secret.Secrets;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Tokens of the nodes' agents: {@code swn_} and 256 random bits, stored as their SHA-256. */
@Service
@Transactional
public class NodeTokens {

    private static final String PREFIX = "swn_";

    private final NodeRepository nodes;
    private final Clock clock;

    NodeTokens(NodeRepository nodes, Clock clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    /**
     * Makes the token of a node, which exists from now on. A token issued earlier opens nothing any
     * more.
     *
     * @param nodeName as the batch system spells it
     * @return the token, for the only time
     */
    public String issue(String nodeName) {
        String token = Secrets.token(PREFIX);
        Node node = nodes.findByName(nodeName).orElseGet(() -> nodes.save(new Node(nodeName)));
        node.setToken(token, clock.instant());
        return token;
    }

    /** The node whose token this is. */
    @Transactional(readOnly = true)
    public Optional<ReportingNode> authenticate(String token) {
        return nodes.findByTokenDigest(Secrets.digest(token))
                .filter(node -> node.opensWith(token))
                .map(node -> new ReportingNode(node.id(), node.name()));
    }
}
