package org.slotwarden.portal.node;

import java.security.Principal;

/**
 * The node that a token belongs to: the principal of a request to {@code /ingest}.
 *
 * @param name as the batch system spells it
 */
public record ReportingNode(long id, String name) implements Principal {

    @Override
    public String getName() {
        return name;
    }
}
