package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How often the right job is named; the figures stand in docs/benchmarks.md. */
class SimulatedSiteTest {

    private static final String LASTING = "open for a minute or longer";

    @Test
    void theRightJobIsNamed_orThatItIsAmbiguous() {
        Map<String, SimulatedSite.Score> scores = new SimulatedSite(1, 1000, 30, true).run();

        scores.forEach((kind, score) -> System.out.println(kind + ": " + score));
        SimulatedSite.Score all = Objects.requireNonNull(scores.get("all"));
        SimulatedSite.Score lasting = Objects.requireNonNull(scores.get(LASTING));
        assertThat(lasting.movers).isGreaterThan(50_000);
        assertThat(lasting.right()).isGreaterThanOrEqualTo(0.99);
        assertThat(lasting.wrongShare()).isLessThan(0.001);
        assertThat(all.wrongShare()).isLessThan(0.001);
        assertThat(all.ambiguous).as("there is what nobody can know").isPositive();
        assertThat(all.withoutTheRight).isLessThan(all.ambiguous / 100);
    }

    @Test
    void withoutWhatAgentsTellOfConnectionsFewAreNamed_andAsFewWrongly() {
        Map<String, SimulatedSite.Score> scores = new SimulatedSite(2, 200, 0, false).run();

        SimulatedSite.Score all = Objects.requireNonNull(scores.get("all"));
        System.out.println("without connections: " + all);
        assertThat(all.right()).isBetween(0.01, 0.3);
        assertThat(all.wrongShare()).isLessThan(0.001);
        assertThat(all.ambiguous).isGreaterThan(all.movers / 2);
    }
}
