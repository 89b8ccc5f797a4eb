package org.slotwarden.portal.report;

import java.time.Instant;
import java.time.YearMonth;
import java.util.List;

/**
 * Usage of one user, as a whole and month by month.
 *
 * @param asOf the moment up to which live jobs count
 * @param months every month that the stretch touches, the earliest first, each cut to the stretch. A job that ran
 *     in two months counts as a job in both, so that jobs may add up to more than the total
 */
public record UserUsage(String user, Stretch stretch, Instant asOf, Usage total, List<Month> months) {

    /** One month's part, by UTC. */
    public record Month(YearMonth month, Usage usage) {}
}
