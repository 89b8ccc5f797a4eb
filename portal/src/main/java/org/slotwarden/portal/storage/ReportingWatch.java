package org.slotwarden.portal.storage;

import java.security.Principal;

/**
 * The storage system whose watch a token belongs to: the principal of a request to {@code /ingest/v1/storage}.
 *
 * @param name of the storage system
 */
public record ReportingWatch(long id, String name) implements Principal {

    @Override
    public String getName() {
        return name;
    }
}
