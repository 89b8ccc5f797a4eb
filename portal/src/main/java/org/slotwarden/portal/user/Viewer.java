package org.slotwarden.portal.user;

import org.jspecify.annotations.Nullable;

/**
 * Who is looking: an admin sees everything, everybody else what carries their own name.
 *
 * @param name name of the account, the same as the batch system's user name
 */
public record Viewer(String name, boolean admin) {

    /** Whether this viewer may see what belongs to {@code owner}; what nobody owns is for admins. */
    public boolean maySee(@Nullable String owner) {
        return admin || name.equals(owner);
    }
}
