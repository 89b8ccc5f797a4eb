package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class FlagPropertiesTest {

    @EnableConfigurationProperties(FlagProperties.class)
    static class Properties {}

    private final ApplicationContextRunner portal =
            new ApplicationContextRunner().withUserConfiguration(Properties.class);

    @Test
    void defaultsAreValid_andNotScaled() {
        portal.run(context -> {
            FlagProperties settings = context.getBean(FlagProperties.class);
            assertThat(settings.scaled()).isEqualTo(settings);
            assertThat(new FlagSettings(settings).scaled()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "time-scale, 0",
        "time-scale, NaN",
        "gap, 0s",
        "hang.dwell, -1m",
        "hang.busy-share, 2",
        "cpu-overuse.raise-at, 0.5",
        "cpu-overuse.clear-at, 1.4",
        "memory-near-limit.clear-at, 0.95",
        "socket-leak.block, 0s",
        "max-jobs, 0",
    })
    void nonsenseStopsThePortal(String property, String value) {
        portal.withPropertyValues("slotwarden.flags." + property + "=" + value)
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void theScaleShortensWhatIsJudged_andIsSaid() {
        FlagProperties settings = Story.settings(Map.of("slotwarden.flags.time-scale", "0.02"));

        assertThat(settings.scaled().hang().dwell()).isEqualTo(Duration.ofSeconds(36));
        assertThat(settings.scaled().hang().startUpCpu()).isEqualTo(Duration.ofSeconds(6));
        assertThat(settings.scaled().lateAfter()).isEqualTo(settings.lateAfter());
        FlagSettings said = new FlagSettings(settings);
        assertThat(said.scaled()).isTrue();
        assertThat(said.timeScale()).isEqualTo(0.02);
        assertThat(said.rules()).extracting(FlagSettings.Rule::kind).containsExactly(FlagKind.values());
        assertThat(said.rules().getLast().dwell()).isEqualTo(Duration.ofSeconds(36));
    }

    @Test
    void thresholdsMustBeInOrder() {
        assertThatThrownBy(() -> Story.settings(Map.of("slotwarden.flags.cpu-overuse.clear-at", "2")))
                .hasRootCauseMessage("clear-at must not exceed raise-at");
    }
}
