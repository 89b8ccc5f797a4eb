package org.slotwarden.portal.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.series.SampleRows.OfSlot;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionTemplate;

@PortalTest
class SampleRowsTest {

    private static final long SLOT = 1_000_000;
    private static final Instant START = Instant.parse("2026-02-28T23:59:30.007Z");
    private static final int MANY = 250;

    @Autowired
    SampleRows rows;

    @Autowired
    TransactionTemplate transaction;

    private final Random dice = new Random(4711);

    @Test
    void whatIsStoredIsReadBackAsItWas() {
        List<JobSample> samples = samples(MANY);

        insert(samples);

        assertThat(stored(SLOT)).isEqualTo(samples);
    }

    @Test
    void aSampleThatIsStoredAlreadySpoilsAllThatComeWithIt() {
        List<JobSample> samples = samples(MANY);
        rows.insert(List.of(new OfSlot(SLOT, samples.get(MANY / 2))));

        assertThatThrownBy(() -> insert(samples)).isInstanceOf(DuplicateKeyException.class);

        assertThat(stored(SLOT)).containsExactly(samples.get(MANY / 2));
    }

    @Test
    void aFigureThatDoesNotFitIsNotCutToWhatDoes() {
        List<JobSample> samples = new ArrayList<>(samples(MANY));
        Levels.Builder levels = new Levels.Builder();
        samples.getFirst().levels().forEach(levels::put);
        Instant time = samples.getFirst().time();
        samples.set(
                0,
                new JobSample(
                        time,
                        levels.put(Metric.OPEN_FILES, 1e12).build(),
                        JobSample.Reason.REGULAR,
                        null,
                        null,
                        List.of()));

        assertThatThrownBy(() -> insert(samples))
                .isInstanceOf(DataIntegrityViolationException.class)
                .isNotInstanceOf(DuplicateKeyException.class);

        assertThat(stored(SLOT)).isEmpty();
    }

    private void insert(List<JobSample> samples) {
        transaction.executeWithoutResult(status -> rows.insert(
                samples.stream().map(sample -> new OfSlot(SLOT, sample)).toList()));
    }

    private List<JobSample> stored(long slot) {
        List<JobSample> stored = new ArrayList<>();
        rows.read(slot, Metric.stored(), START, START.plusSeconds(100_000), stored::add);
        return stored;
    }

    /** All figures, from nothing to the most that may be, over midnight; the reason is the same one now and then. */
    private List<JobSample> samples(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    var levels = new Levels.Builder();
                    Metric.stored().forEach(metric -> levels.put(metric, level(metric)));
                    return new JobSample(
                            START.plusMillis(i * 1001L),
                            levels.build(),
                            i % 7 == 0 ? JobSample.Reason.THRESHOLD : JobSample.Reason.REGULAR,
                            null,
                            null,
                            List.of());
                })
                .toList();
    }

    private double level(Metric metric) {
        double most = metric.type() == Metric.Type.INT ? Integer.MAX_VALUE : 1L << 53;
        double level = switch (dice.nextInt(5)) {
            case 0 -> 0;
            case 1 -> most;
            case 2 -> dice.nextInt(1000);
            case 3 -> Math.floor(dice.nextDouble() * most);
            default -> dice.nextDouble() * Math.pow(10, dice.nextInt(12) - 6.0);
        };
        return metric.whole() ? Math.floor(level) : level;
    }
}
