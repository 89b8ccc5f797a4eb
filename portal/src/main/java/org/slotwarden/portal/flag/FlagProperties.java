package org.slotwarden.portal.flag;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Map;
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
        @DefaultValue @NotNull Map<String, String> judge) {

    /**
     * @throws IllegalArgumentException when a setting is not known, or cannot have its value
     */
    FlagProperties {
        judge = Map.copyOf(judge);
        var unused = JudgeSettings.defaults().with(judge);
    }

    /** With all durations as they are in effect. */
    JudgeSettings judging() {
        return JudgeSettings.defaults().with(judge).scaled(timeScale);
    }

    /** The same of this one. */
    Duration updateEveryInEffect() {
        return Duration.ofMillis(Math.max(1, Math.round(updateEvery.toMillis() * timeScale)));
    }
}
