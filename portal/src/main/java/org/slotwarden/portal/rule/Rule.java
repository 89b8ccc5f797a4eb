package org.slotwarden.portal.rule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the site.
 *
 * @param liveVersion the version that judges jobs; null: it is switched off
 * @param retiredAt null: it can be changed and switched on
 * @param latest the newest version
 */
public record Rule(
        long id,
        String name,
        @Nullable Integer liveVersion,
        @Nullable Instant liveSince,
        @Nullable Instant retiredAt,
        RuleVersion latest) {

    public boolean live() {
        return liveVersion != null;
    }

    /** Whether it can only be read any more. */
    public boolean retired() {
        return retiredAt != null;
    }
}
