package org.slotwarden.portal.storage;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.Evidence.Slot;

/**
 * Where the client can be.
 *
 * @param forwarded an address that a proxy told, and that its client may have made up
 */
record ClientPlace(String address, Set<Long> nodes, boolean forwarded) {

    boolean shared() {
        return nodes.size() > 1;
    }

    /** Whether what is found there can be certain. */
    boolean sure() {
        return !shared() && !forwarded;
    }

    @Nullable
    Long node() {
        return shared() ? null : nodes.iterator().next();
    }

    String words(List<Slot> slots) {
        if (shared()) {
            return "the " + nodes.size() + " nodes that come from " + address;
        }
        String name = slots.isEmpty() ? address : slots.getFirst().nodeName();
        return forwarded ? name + ", as a proxy says" : name;
    }
}
