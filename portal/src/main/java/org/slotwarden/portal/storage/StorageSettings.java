package org.slotwarden.portal.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.storage.*}.
 *
 * @param sameUids user ids of the storage systems are those of the batch system; else movers are not told apart by them
 * @param hosts addresses of nodes in the form of hosts(5), where the portal cannot learn them otherwise; null: none
 * @param resolveNodes ask the name service for the addresses of nodes
 * @param fullAfter a queue that is full and in which some wait for so long is told
 * @param idleAfter a mover without input or output for so long is idle. Small reads look idle for 2 to 3 minutes
 * @param leftAfter a mover whose job has ended is normal for so long
 * @param tell alarms of which the admins are told through channels
 * @param keep how long movers that have ended are kept; also alarms that were cleared
 * @param history how long the past of queues is kept
 * @param releaseValidFor an order to end a mover that was not carried out in this time never is
 */
@ConfigurationProperties("slotwarden.storage")
record StorageSettings(
        @DefaultValue("true") boolean sameUids,
        @Nullable Path hosts,
        @DefaultValue("true") boolean resolveNodes,
        @DefaultValue("2m") Duration fullAfter,
        @DefaultValue("10m") Duration idleAfter,
        @DefaultValue("5m") Duration leftAfter,

        @DefaultValue({"queue_full", "watch_silent", "old_source"})
        Set<StorageAlarm.Kind> tell,

        @DefaultValue("30d") Duration keep,
        @DefaultValue("90d") Duration history,
        @DefaultValue("10m") Duration releaseValidFor) {

    StorageSettings {
        within("full-after", fullAfter, Duration.ZERO, Duration.ofDays(1));
        within("idle-after", idleAfter, Duration.ofMinutes(3), Duration.ofDays(7));
        within("left-after", leftAfter, Duration.ofMinutes(1), Duration.ofDays(1));
        within("keep", keep, Duration.ofHours(1), Duration.ofDays(3650));
        within("history", history, Duration.ofDays(2), Duration.ofDays(3650));
        within("release-valid-for", releaseValidFor, Duration.ofSeconds(30), Duration.ofHours(1));
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "slotwarden.storage." + name + " is " + value + ", and must be " + least + " to " + most);
        }
    }
}
