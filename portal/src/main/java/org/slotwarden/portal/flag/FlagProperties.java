package org.slotwarden.portal.flag;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.slotwarden.judging.JudgeSettings;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * {@code slotwarden.flags.*}: how jobs are judged. Every constant is a time or a share, none a number of samples.
 * The defaults are for production; {@code docs/flags.md} says where they come from.
 *
 * @param timeScale what all durations of judging are multiplied with; far below 1 in a demonstration
 * @param lateAfter age from which a sample tells of the past: it is judged, but raises and clears nothing. Not
 *     scaled: networks and spools do not hurry with the demonstration
 * @param history how far back samples are read again after a restart; not scaled
 * @param updateEvery how often the sentence of a standing flag is written anew
 * @param maxJobs jobs judged from memory; more are judged, too, but from their stored samples each time
 * @param judge what differs from the defaults of {@link JudgeSettings}, by its names ({@code hang.dwell})
 * @param queues what differs from that for the jobs of a queue, by the queue's name as the batch system writes it
 */
@Validated
@ConfigurationProperties("slotwarden.flags")
record FlagProperties(
        @DefaultValue("1") @DecimalMin("0.0001") @DecimalMax("100")
        double timeScale,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 1)
        Duration lateAfter,

        @DefaultValue("12h") @NotNull @DurationMin(minutes = 1) @DurationMax(days = 30)
        Duration history,

        @DefaultValue("1m") @NotNull @DurationMin(seconds = 1)
        Duration updateEvery,

        @DefaultValue("200000") @Min(1) @Max(10_000_000) int maxJobs,
        @DefaultValue @NotNull Map<String, String> judge,
        @DefaultValue @NotNull Map<String, Map<String, String>> queues) {

    /**
     * @throws IllegalArgumentException when a setting is not known, or cannot have its value
     */
    FlagProperties {
        judge = Map.copyOf(judge);
        queues = new TreeMap<>(queues);
        JudgeSettings ofSite = JudgeSettings.defaults().with(judge);
        queues.forEach((queue, settings) -> {
            try {
                var unused = ofSite.with(settings);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("queue " + queue + ": " + e.getMessage(), e);
            }
        });
    }

    /** With all durations as they are in effect, for queues of which nothing else is said. */
    JudgeSettings judging() {
        return ofQueue(Map.of());
    }

    /** The same for each queue of which something else is said. */
    Map<String, JudgeSettings> judgingByQueue() {
        return queues.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, queue -> ofQueue(queue.getValue())));
    }

    private JudgeSettings ofQueue(Map<String, String> further) {
        return JudgeSettings.defaults().with(judge).with(further).scaled(timeScale);
    }

    /** The same of this one. */
    Duration updateEveryInEffect() {
        return Duration.ofMillis(Math.max(1, Math.round(updateEvery.toMillis() * timeScale)));
    }
}
