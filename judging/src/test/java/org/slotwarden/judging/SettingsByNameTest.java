package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsByNameTest {

    @Test
    void each_can_be_set_and_the_others_stay() {
        JudgeSettings set = JudgeSettings.defaults()
                .with(Map.of("gap", "20m", "hang.busy-share", "0.1", "leak.coarseBlock", "1200", "outlier.peers", "5"));

        assertThat(set.gap()).isEqualTo(1200);
        assertThat(set.hang().busyShare()).isEqualTo(0.1);
        assertThat(set.leak().coarseBlock()).isEqualTo(1200);
        assertThat(set.outlier().peers()).isEqualTo(5);
        assertThat(set.spinning()).isEqualTo(JudgeSettings.defaults().spinning());
        assertThat(JudgeSettings.defaults().with(Map.of())).isEqualTo(JudgeSettings.defaults());
    }

    @Test
    void durations_are_scaled_and_nothing_else() {
        JudgeSettings scaled = JudgeSettings.defaults().scaled(0.5);

        assertThat(scaled.hang().dwell()).isEqualTo(900);
        assertThat(scaled.hang().startUpCpu()).isEqualTo(150);
        assertThat(scaled.leak().fineBlock()).isEqualTo(30);
        assertThat(scaled.hang().busyShare()).isEqualTo(0.05);
        assertThat(scaled.spinning().rhythm()).isEqualTo(10);
        assertThat(scaled.scaled(2)).isEqualTo(JudgeSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource({
        "hang.dwell, -1m",
        "hang.dwell, 0s",
        "hang.dwell, soon",
        "hang.busy-share, 2",
        "hang.busy-share, 0",
        "gap, Infinity",
        "network-flood.link, NaN",
        "cpu-overuse.clear-at, 1.4",
        "cpu-overuse.raise-at, 0.5",
        "idle-cores.share, 0.4",
        "socket-leak.block, 150s",
        "outlier.peers, 0",
    })
    void nonsense_is_refused(String name, String value) {
        assertThatThrownBy(() -> JudgeSettings.defaults().with(Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
