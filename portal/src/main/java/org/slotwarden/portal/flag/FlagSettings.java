package org.slotwarden.portal.flag;

import java.time.Duration;
import java.util.List;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.FlagRules;
import org.springframework.stereotype.Service;

/** How this portal judges, for pages to say so. */
@Service
public class FlagSettings {

    /**
     * How one kind is judged, with all durations as they are in effect.
     *
     * @param threshold what must be seen ("more than 1.3 times the cores asked for")
     * @param dwell for how long before the flag is raised
     * @param clears what takes the flag back ("below 1.1 times for 2 min")
     */
    public record Rule(FlagKind kind, String threshold, Duration dwell, String clears) {}

    private final FlagProperties settings;

    FlagSettings(FlagProperties settings) {
        this.settings = settings;
    }

    /** One rule per kind. */
    public List<Rule> rules() {
        return FlagRules.of(settings.judging()).stream()
                .map(rule -> new Rule(
                        rule.kind(),
                        rule.threshold(),
                        Duration.ofMillis(Math.round(rule.dwell() * 1e3)),
                        rule.clears()))
                .toList();
    }

    /** What all configured durations are multiplied with: 1 in production, far less in a demonstration. */
    public double timeScale() {
        return settings.timeScale();
    }

    /** Whether durations differ from what is configured, which pages must then say. */
    public boolean scaled() {
        return timeScale() != 1;
    }
}
