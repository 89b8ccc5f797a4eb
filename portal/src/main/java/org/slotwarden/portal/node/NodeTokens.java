package org.slotwarden.portal.node;

import java.time.Clock;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slotwarden.portal.secret.Secrets;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Tokens of the nodes' agents: {@code swn_} and 256 random bits, stored as their SHA-256. */
@Service
@Transactional
public class NodeTokens {

    private static final String PREFIX = "swn_";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

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
     * @throws IllegalArgumentException when no node can have this name, see {@link #mayBeName}
     */
    public String issue(String nodeName) {
        if (!mayBeName(nodeName)) {
            throw new IllegalArgumentException("No node can be called " + nodeName);
        }
        String token = Secrets.token(PREFIX);
        Node node = nodes.findByName(nodeName).orElseGet(() -> nodes.save(new Node(nodeName)));
        node.setToken(token, clock.instant());
        return token;
    }

    /** Whether a node can be called so: 1 to 255 letters, digits, dots, hyphens and underscores of ASCII. */
    public static boolean mayBeName(String nodeName) {
        return NAME.matcher(nodeName).matches();
    }

    /** The node whose token this is. */
    @Transactional(readOnly = true)
    public Optional<ReportingNode> authenticate(String token) {
        return nodes.findByTokenDigest(Secrets.digest(token))
                .filter(node -> node.opensWith(token))
                .map(node -> new ReportingNode(node.id(), node.name()));
    }
}
