package org.slotwarden.portal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slotwarden.portal.database.DatabaseAway;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseTroublesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");

    private final Clock clock = mock();
    private final DatabaseTroubles troubles = new DatabaseTroubles(clock);

    @BeforeEach
    void now() {
        when(clock.instant()).thenReturn(NOW);
    }

    @Test
    void aFloodOfRequestsIsOneEntryOfTheLog_whichAllOfThemName(CapturedOutput output) {
        String first = id(DatabaseAway.AWAY, "first");
        for (int i = 0; i < 1000; i++) {
            assertThat(id(DatabaseAway.AWAY, "other")).isEqualTo(first);
        }

        assertThat(output.getAll().lines().filter(line -> line.contains("answered 503")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(first));
        assertThat(output.getAll()).contains("first", "\tat org.slotwarden").doesNotContain("other");

        when(clock.instant()).thenReturn(NOW.plus(DatabaseTroubles.ONE_ENTRY_IN));
        String later = id(DatabaseAway.AWAY, "later");
        assertThat(later).isNotEqualTo(first);
        assertThat(output.getAll()).contains(later + ", as were 1000 more after id " + first);
    }

    @Test
    void eachReasonHasAnEntryOfItsOwn(CapturedOutput output) {
        assertThat(id(DatabaseAway.AWAY, "a"))
                .isNotEqualTo(id(DatabaseAway.SLOW, "b"))
                .isNotEqualTo(id(DatabaseAway.BUSY, "c"));

        assertThat(output.getAll())
                .contains(
                        "The database is away:",
                        "The database did not answer in time:",
                        "All connections to the database are in use:");
    }

    @Test
    void aClockThatIsSetBackDoesNotSilenceTheLog(CapturedOutput output) {
        String first = id(DatabaseAway.AWAY, "first");
        when(clock.instant()).thenReturn(NOW.minusSeconds(3600));

        assertThat(id(DatabaseAway.AWAY, "second")).isNotEqualTo(first);
        assertThat(output.getAll()).contains("second");
    }

    private String id(DatabaseAway why, String message) {
        Map<String, Object> properties = Objects.requireNonNull(
                troubles.problem(why, new IllegalStateException(message)).getProperties());
        return (String) Objects.requireNonNull(properties.get("id"));
    }
}
