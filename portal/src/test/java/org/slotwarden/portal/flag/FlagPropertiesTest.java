package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JudgeSettings;
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
            assertThat(settings.judging()).isEqualTo(JudgeSettings.defaults());
            assertThat(new FlagSettings(settings, new QueueSettings(settings)).scaled())
                    .isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "time-scale, 0",
        "time-scale, NaN",
        "judge.gap, 0s",
        "judge.hang.dwell, -1m",
        "judge.hang.busy-share, 2",
        "judge.cpu-overuse.raise-at, 0.5",
        "judge.cpu-overuse.clear-at, 1.4",
        "judge.memory-near-limit.clear-at, 0.95",
        "judge.leak.block, 0s",
        "judge.socket-leak.block, 150s",
        "queues.long.hang.dwell, -1m",
        "queues.long.hang.patience, 30m",
        "max-jobs, 0",
    })
    void nonsenseStopsThePortal(String property, String value) {
        portal.withPropertyValues("slotwarden.flags." + property + "=" + value)
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void aSettingOfTheJudgeIsInForce() {
        portal.withPropertyValues("slotwarden.flags.judge.hang.dwell=20m", "slotwarden.flags.judge.gap=5m")
                .run(context -> {
                    JudgeSettings settings =
                            context.getBean(FlagProperties.class).judging();
                    assertThat(settings.hang().dwell()).isEqualTo(1200);
                    assertThat(settings.gap()).isEqualTo(300);
                });
    }

    @Test
    void theScaleShortensWhatIsJudged_andIsSaid() {
        FlagProperties settings = Story.settings(Map.of("slotwarden.flags.time-scale", "0.02"));

        assertThat(settings.judging().hang().dwell()).isEqualTo(36);
        assertThat(settings.judging().hang().startUpCpu()).isEqualTo(6);
        assertThat(settings.updateEveryInEffect()).isEqualTo(Duration.ofMillis(1200));
        FlagSettings said = new FlagSettings(settings, new QueueSettings(settings));
        assertThat(said.scaled()).isTrue();
        assertThat(said.timeScale()).isEqualTo(0.02);
        assertThat(said.rules())
                .extracting(FlagSettings.Rule::kind)
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(FlagKind.SITE_RULE)));
        assertThat(said.rules()).allSatisfy(rule -> assertThat(rule.threshold()).isNotBlank());
    }

    @Test
    void aQueueIsJudgedByItsOwnSettings_andBeyondThemAsTheSite() {
        FlagProperties properties = Story.settings(Map.of(
                "slotwarden.flags.judge.gap", "5m",
                "slotwarden.flags.judge.hang.dwell", "20m",
                "slotwarden.flags.queues.long.hang.dwell", "4h",
                "slotwarden.flags.queues[all.q].cpu-overuse.raise-at", "1.6"));
        QueueSettings settings = new QueueSettings(properties);

        assertThat(settings.of("long").hang().dwell()).isEqualTo(4 * 3600);
        assertThat(settings.of("long").gap()).isEqualTo(300);
        assertThat(settings.of("all.q").cpuOveruse().raiseAt()).isEqualTo(1.6);
        assertThat(settings.of("all.q").hang().dwell()).isEqualTo(1200);
        assertThat(settings.of("short").hang().dwell()).isEqualTo(1200);
        assertThat(settings.of(null)).isEqualTo(settings.ofSite());
        assertThat(new FlagSettings(properties, settings).queues())
                .containsOnlyKeys("all.q", "long")
                .allSatisfy((queue, rules) -> assertThat(rules)
                        .extracting(FlagSettings.Rule::kind)
                        .containsExactly(queue.equals("long") ? FlagKind.HANG : FlagKind.CPU_OVERUSE));
    }
}
