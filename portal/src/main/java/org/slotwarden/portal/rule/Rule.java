package org.slotwarden.portal.rule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the site.
 *
 * @param liveVersion the version that judges jobs; null: it is switched off
 * @param latest the newest version
 */
public record Rule(
        long id,
        String name,
        @Nullable Integer liveVersion,
        @Nullable Instant liveSince,
        RuleVersion latest) {

    public boolean live() {
        return liveVersion != null;
    }
}
