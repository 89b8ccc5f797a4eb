package org.slotwarden.portal.series;

import java.util.List;

/** What one transaction stored, published inside of it: listen after the commit. */
public record StoredSamples(List<SamplesStored> slots) {

    public StoredSamples {
        slots = List.copyOf(slots);
    }
}
