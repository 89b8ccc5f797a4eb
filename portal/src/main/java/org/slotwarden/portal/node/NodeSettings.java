package org.slotwarden.portal.node;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.node.*}.
 *
 * @param reportInterval how often the agents of this site report
 */
@ConfigurationProperties("slotwarden.node")
record NodeSettings(@DefaultValue("30s") Duration reportInterval) {

    private static final Duration SOONEST_SILENT = Duration.ofMinutes(2);

    NodeSettings {
        if (!reportInterval.isPositive()) {
            throw new IllegalArgumentException("slotwarden.node.report-interval must be positive");
        }
    }

    /** Three reports may be lost before a node counts as silent. */
    Duration silentAfter() {
        Duration threeReports = reportInterval.multipliedBy(3);
        return threeReports.compareTo(SOONEST_SILENT) > 0 ? threeReports : SOONEST_SILENT;
    }
}
