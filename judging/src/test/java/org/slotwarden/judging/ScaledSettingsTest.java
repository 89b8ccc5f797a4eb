package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A demonstration in which half an hour lasts a minute shows what production would. */
class ScaledSettingsTest {

    private static final double FASTER = 1.0 / 32;
    private static final double STEP = 30;

    private static Observation faster(Observation sample) {
        Observation copy = Observation.at(sample.time() * FASTER);
        for (Quantity quantity : Quantity.values()) {
            copy.with(quantity, sample.value(quantity) * (quantity.counter() ? FASTER : 1));
        }
        return copy;
    }

    @Test
    void everything_comes_as_many_times_sooner() {
        Sick.all().forEach((name, sick) -> {
            List<Observation> samples = Trial.samples(sick.life(), STEP, 3 * 3600, 1);
            Trial slow = new Trial(Trial.ASKED.withInterval(STEP), null);
            samples.forEach(slow::feed);
            JobCase fast = new JobCase(
                    JudgeSettings.defaults().scaled(FASTER),
                    Trial.ASKED.withInterval(STEP * FASTER).withWalltime(5 * 3600 * FASTER));
            List<Change> changes = new ArrayList<>();
            samples.forEach(sample -> changes.addAll(fast.feed(faster(sample))));

            Map<FlagKind, Double> first = slow.first();
            Change raised = changes.stream()
                    .filter(change -> change.kind() == sick.kind())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(name));
            assertThat(raised.time() / FASTER)
                    .as(name)
                    .isCloseTo(
                            first.getOrDefault(sick.kind(), Double.NaN), org.assertj.core.data.Offset.offset(2 * STEP));
        });
    }
}
