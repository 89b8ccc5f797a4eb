package org.slotwarden.portal.report;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Usage by user, group, queue or account.
 *
 * @param asOf the moment up to which live jobs count
 * @param lines the most core hours asked for first
 * @param total of all lines
 */
public record UsageReport(Stretch stretch, Instant asOf, Grouping by, List<Line> lines, Usage total) {

    /**
     * @param name null for jobs where it is not known
     */
    public record Line(@Nullable String name, Usage usage) {}
}
