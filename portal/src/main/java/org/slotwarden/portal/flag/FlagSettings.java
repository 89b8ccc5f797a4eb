package org.slotwarden.portal.flag;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.FlagRules;
import org.slotwarden.judging.JudgeSettings;
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

    private final FlagProperties properties;
    private final QueueSettings settings;

    FlagSettings(FlagProperties properties, QueueSettings settings) {
        this.properties = properties;
        this.settings = settings;
    }

    /** One rule per kind, for queues of which nothing else is said. */
    public List<Rule> rules() {
        return rules(settings.ofSite());
    }

    /** By queue, where it is judged differently: the rules that are not the same. */
    public SortedMap<String, List<Rule>> queues() {
        SortedMap<String, List<Rule>> differing = new TreeMap<>();
        settings.ofQueues().forEach((queue, judging) -> {
            List<Rule> rules = new ArrayList<>(rules(judging));
            rules.removeAll(rules());
            differing.put(queue, rules);
        });
        return differing;
    }

    private static List<Rule> rules(JudgeSettings judging) {
        return FlagRules.of(judging).stream()
                .map(rule -> new Rule(
                        rule.kind(),
                        rule.threshold(),
                        Duration.ofMillis(Math.round(rule.dwell() * 1e3)),
                        rule.clears()))
                .toList();
    }

    /** What all configured durations are multiplied with: 1 in production, far less in a demonstration. */
    public double timeScale() {
        return properties.timeScale();
    }

    /** Whether durations differ from what is configured, which pages must then say. */
    public boolean scaled() {
        return timeScale() != 1;
    }
}
