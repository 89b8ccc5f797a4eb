package org.slotwarden.portal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class DatabaseSettingsTest {

    @Test
    void patienceHasAnEnd_andABegin() {
        for (Duration wrong : List.of(
                Duration.ZERO,
                Duration.ofSeconds(-1),
                Duration.ofMillis(999),
                Duration.ofDays(1).plusMillis(1))) {
            assertThatThrownBy(() -> settings(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("slotwarden.database.patience is " + wrong + ", and must be 1s to 1d");
        }
        assertThat(settings(Duration.ofSeconds(1)).patience()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings(Duration.ofDays(1)).patience()).isEqualTo(Duration.ofDays(1));
    }

    private static DatabaseSettings settings(Duration patience) {
        return new DatabaseSettings(
                DatabaseSettings.Mode.EMBEDDED, DataSize.ofMegabytes(256), null, List.of(), patience);
    }
}
