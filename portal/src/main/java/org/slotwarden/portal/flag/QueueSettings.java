package org.slotwarden.portal.flag;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.JudgeSettings;
import org.springframework.stereotype.Component;

/** How jobs of each queue are judged, with durations as they are in effect. */
@Component
final class QueueSettings {

    private final JudgeSettings ofSite;
    private final SortedMap<String, JudgeSettings> ofQueues;

    QueueSettings(FlagProperties properties) {
        this.ofSite = properties.judging();
        this.ofQueues = new TreeMap<>(properties.judgingByQueue());
    }

    /**
     * @param queue as the batch system names it; null: not known yet
     */
    JudgeSettings of(@Nullable String queue) {
        return queue == null ? ofSite : ofQueues.getOrDefault(queue, ofSite);
    }

    /** For queues of which nothing else is said. */
    JudgeSettings ofSite() {
        return ofSite;
    }

    /** Only those that are judged differently. */
    SortedMap<String, JudgeSettings> ofQueues() {
        return ofQueues;
    }

    /** The longest time without a sample, in seconds, over which any of them looks back. */
    double longestGap() {
        return Stream.concat(Stream.of(ofSite), ofQueues.values().stream())
                .mapToDouble(JudgeSettings::gap)
                .max()
                .orElseThrow();
    }
}
