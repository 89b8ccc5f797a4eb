package org.slotwarden.agent.send;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where reports go.
 *
 * @param portal base address of the portal, https (or http on the loopback interface)
 * @param tokenFile file with this node's token, readable by its owner only
 * @param caFile PEM certificates of the site's own authorities; null: those of the Java runtime
 */
public record Destination(
        URI portal, Path tokenFile, @Nullable Path caFile) {}
