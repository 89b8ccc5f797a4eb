package org.slotwarden.portal.node;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slotwarden.portal.database.AfterCommit;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.secret.Secrets;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tokens of the nodes' agents: {@code swn_} and 256 random bits, stored as their SHA-256. */
@Service
@Transactional
public class NodeTokens implements RowCache {

    /** A token withdrawn by somebody else than this portal opens nothing after this time. */
    private static final Duration BELIEVED = Duration.ofMinutes(5);

    private static final int MOST_BELIEVED = 200_000;

    private static final String PREFIX = "swn_";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

    private final NodeRepository nodes;
    private final Clock clock;

    /** By the digest of the token. Reports come often, and must find out who they are while the database is away. */
    private final Map<String, Believed> believed = new ConcurrentHashMap<>();

    /** Counts tokens issued: what was read before one was is not believed after it. */
    private final AtomicLong issued = new AtomicLong();

    private record Believed(ReportingNode node, Instant until) {}

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
        AfterCommit.run(
                () -> believed.values().removeIf(known -> known.node().name().equals(nodeName)));
        return token;
    }

    /** Whether a node can be called so: 1 to 255 letters, digits, dots, hyphens and underscores of ASCII. */
    public static boolean mayBeName(String nodeName) {
        return NAME.matcher(nodeName).matches();
    }

    /** The node whose token this is. */
    @Transactional(propagation = Propagation.SUPPORTS)
    public Optional<ReportingNode> authenticate(String token) {
        byte[] digest = Secrets.digest(token);
        String key = HexFormat.of().formatHex(digest);
        Believed known = believed.get(key);
        if (known != null && clock.instant().isBefore(known.until())) {
            return Optional.of(known.node());
        }
        long before = issued.get();
        Optional<ReportingNode> found;
        try {
            found = nodes.findByTokenDigest(digest)
                    .filter(node -> node.opensWith(token))
                    .map(node -> new ReportingNode(node.id(), node.name()));
        } catch (DataAccessException e) {
            if (known == null) {
                throw e;
            }
            // The database is away: nobody can have withdrawn the token there.
            return Optional.of(known.node());
        }
        if (believed.size() >= MOST_BELIEVED) {
            believed.clear();
        }
        found.ifPresentOrElse(
                node -> believed.put(key, new Believed(node, clock.instant().plus(BELIEVED))),
                () -> believed.remove(key));
        if (issued.get() != before) {
            believed.remove(key);
        }
        return found;
    }

    @Override
    public void forget() {
        believed.clear();
    }
}
