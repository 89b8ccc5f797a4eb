package org.slotwarden.storagewatch.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RecordingTest {

    private static final Path RECORDED = Path.of("recording");
    private static final long BEGIN = 1_900_000_000_000L;

    private final Recording recording = new Recording(RECORDED, BEGIN);

    RecordingTest() throws Exception {}

    @Test
    void timesAreMovedToNow() {
        String transfers = answer("transfers.json", BEGIN + 60_000);

        // Collected at most 10 s before it was asked for, as recorded.
        assertThat(number("\"timeOfCreation\" : (\\d+)", transfers)).isBetween(BEGIN + 50_000, BEGIN + 60_000);
        // What is no time stays: a serial number of 16 digits.
        assertThat(transfers).contains("\"serialId\" : 1795290157514000");
    }

    @Test
    void atTheEndItBeginsAgainWithLaterTimes() {
        long later = BEGIN + recording.length().toMillis();
        String first = answer("pools_pool_a_movers.json", BEGIN);
        String again = answer("pools_pool_a_movers.json", later);

        assertThat(number("\"submitTime\":(\\d+)", again) - number("\"submitTime\":(\\d+)", first))
                .isEqualTo(recording.length().toMillis());
    }

    @Test
    void recordsOfEndedMoversComeOnceAndInTime() {
        long middle = BEGIN + 120_000;
        long end = BEGIN + recording.length().toMillis() - 1;

        int early = recording.billing(BEGIN, middle).size();
        int late = recording.billing(middle, end).size();

        assertThat(early).isPositive();
        assertThat(late).isPositive();
        assertThat(recording.billing(BEGIN, end)).hasSize(early + late);
    }

    @Test
    void whatWasNeverAskedForIsNotThere() {
        assertThat(recording.answer("pools_pool_c_movers.json", BEGIN)).isNull();
    }

    private String answer(String resource, long at) {
        return Objects.requireNonNull(recording.answer(resource, at));
    }

    private static long number(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .findFirst()
                .map((MatchResult found) -> Long.parseLong(found.group(1)))
                .orElseThrow();
    }
}
