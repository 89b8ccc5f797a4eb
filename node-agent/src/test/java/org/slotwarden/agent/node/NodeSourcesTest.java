package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slotwarden.wire.v1.Pressure;

class NodeSourcesTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Pressure pressure(String text) {
        return PressureText.parse(bytes(text), text.length()).orElse(Pressure.getDefaultInstance());
    }

    @Test
    void pressureIsTimeInWhichSomeOrAllWaited() {
        assertThat(pressure("some avg10=0.09 avg60=0.79 avg300=2.66 total=5063434836\n"
                        + "full avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n"))
                .isEqualTo(Pressure.newBuilder()
                        .setSomeSeconds(5063.434836)
                        .setFullSeconds(1.5)
                        .build());
        assertThat(pressure("some avg10=0.09 avg60=0.79 avg300=2.66 total=5\n").hasFullSeconds())
                .isFalse();
        for (String garbage :
                new String[] {"", "some", "some total=", "some total=-1", "some total=99999999999999999999", "\0\377"
                }) {
            assertThat(PressureText.parse(bytes(garbage), garbage.length()))
                    .as(garbage)
                    .isEmpty();
        }
    }

    @Test
    void cpuTimeIsSplitAndAWholeLineOrNothing() {
        String line = "cpu  1000 100 200 90000 700 10 20 30 500 50\ncpu0 1 1 1 1\n";
        assertThat(NodeCpu.parse(bytes(line), line.length())).isEqualTo(new NodeCpu(1100, 230, 700, 30, 90000));
        for (String garbage : new String[] {
            "", "cpu", "cpu  1 2 3 4 5 6 7", "cpu  1 2 3 4 5 6 7 18446744073709551615", "cpu  1 2 -3 4 5 6 7 8\n"
        }) {
            assertThat(NodeCpu.parse(bytes(garbage), garbage.length()))
                    .as(garbage)
                    .isNull();
        }
    }

    @Test
    void loadIsThreeFiguresOrNone() {
        String line = "2.50 1.00 0.50 3/400 1234\n";
        assertThat(NodeLoad.parse(bytes(line), line.length())).isEqualTo(new NodeLoad(2.5, 1, 0.5));
        for (String garbage : new String[] {"", "2.50", "2.50 1.00 0.50", "nan inf 0.5 3/4", "-1.0 1.0 1.0 1/1"}) {
            assertThat(NodeLoad.parse(bytes(garbage), garbage.length()))
                    .as(garbage)
                    .isNull();
        }
    }

    @Test
    void swapTrafficAndKillsAreThoseOfTheWholeNode() {
        String text = "nr_free_pages 1\npswpin 5\npswpout 6\npswpin_zero 7\noom_kill 2\n";
        Vmstat vmstat = Vmstat.parse(bytes(text), text.length());
        assertThat(vmstat.swappedIn()).hasValue(5);
        assertThat(vmstat.swappedOut()).hasValue(6);
        assertThat(vmstat.oomKills()).hasValue(2);
        assertThat(Vmstat.parse(bytes("pswpin\n"), 7).swappedIn()).isEmpty();
    }
}
