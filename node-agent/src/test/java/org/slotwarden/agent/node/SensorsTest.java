package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.EnergyCounter;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Temperature;

class SensorsTest {

    private static final long SECOND = 1_000_000_000;
    private static final String RAPL = "class/powercap/intel-rapl:0/";

    private final Path sys;
    private final FakeTree tree;

    SensorsTest(@TempDir Path sys) {
        this.sys = sys;
        this.tree = new FakeTree(sys);
    }

    private List<Temperature> temperatures() {
        return new Temperatures(new Sysfs(sys)).read();
    }

    @Test
    void sensorsAreNamedByChipAndLabelAndByDeviceWhereThatIsNotEnough() throws Exception {
        tree.file("class/hwmon/hwmon0/name", "coretemp\n")
                .file("class/hwmon/hwmon0/temp1_input", "45000\n")
                .file("class/hwmon/hwmon0/temp1_label", "Package id 0\n")
                .file("class/hwmon/hwmon0/temp2_input", "44000\n")
                .file("class/hwmon/hwmon0/temp2_label", "Core 0\n");
        for (int i = 1; i <= 2; i++) {
            tree.file("class/hwmon/hwmon" + i + "/name", "nvme\n")
                    .file("class/hwmon/hwmon" + i + "/temp1_input", i + "0500\n")
                    .link("class/hwmon/hwmon" + i + "/device", "devices/nvme" + i);
        }
        tree.file("class/thermal/thermal_zone0/type", "acpitz\n").file("class/thermal/thermal_zone0/temp", "-5000\n");
        tree.file("class/thermal/thermal_zone1/type", "nvme\n").file("class/thermal/thermal_zone1/temp", "1000\n");
        assertThat(temperatures())
                .extracting(Temperature::getSensor, Temperature::getCelsius)
                .containsExactly(
                        tuple("coretemp Package id 0", 45.0),
                        tuple("nvme temp1", 10.5),
                        tuple("nvme temp1 (nvme2)", 20.5),
                        tuple("acpitz", -5.0));
    }

    @Test
    void coresAreListedWhereNoPackageIs() throws Exception {
        tree.file("class/hwmon/hwmon0/name", "coretemp\n")
                .file("class/hwmon/hwmon0/temp2_input", "44000\n")
                .file("class/hwmon/hwmon0/temp2_label", "Core 0\n");
        assertThat(temperatures()).hasSize(1);
    }

    @Test
    void whatASensorCannotSayIsAbsent() throws Exception {
        tree.file("class/hwmon/hwmon0/temp1_input", "")
                .file("class/hwmon/hwmon0/temp2_input", "4 5\n")
                .file("class/hwmon/hwmon0/temp3_input", "99999999999999999999\n")
                .file("class/hwmon/hwmon0/temp4_input", "-9999999\n")
                .folder("class/hwmon/hwmon0/temp5_input")
                .file("class/hwmon/hwmon0/temp6_input", "127000\n")
                .file("class/hwmon/hwmon0/temp6_fault", "1\n")
                .file("class/hwmon/hwmon0/temp7_input", "30000\n")
                .file("class/hwmon/hwmon0/temp7_label", "a\nb\0" + "x".repeat(1000));
        assertThat(temperatures())
                .hasSize(1)
                .allMatch(t -> t.getSensor().length() < 100)
                .allMatch(t -> t.getSensor().startsWith("hwmon0 a b x"));
    }

    @Test
    void noMoreThanSixtyFour() throws Exception {
        for (int i = 1; i <= 100; i++) {
            tree.file("class/hwmon/hwmon0/temp" + i + "_input", "30000\n");
        }
        assertThat(temperatures()).hasSize(64);
    }

    @Test
    void energyGoesOnWhenTheHardwaresCounterRunsOver() throws Exception {
        tree.file(RAPL + "name", "package-0\n").file(RAPL + "max_energy_range_uj", "262143328850\n");
        tree.file("class/powercap/intel-rapl:0:0/name", "core\n")
                .file("class/powercap/intel-rapl:0:0/max_energy_range_uj", "262143328850\n")
                .file("class/powercap/intel-rapl:0:0/energy_uj", "1\n");
        Energy energy = new Energy(new Sysfs(sys));
        tree.file(RAPL + "energy_uj", "262143000000\n");
        assertThat(energy.read(0))
                .containsExactly(EnergyCounter.newBuilder()
                        .setZone("package-0")
                        .setJoules(262143.0)
                        .build());
        tree.file(RAPL + "energy_uj", "671150\n");
        assertThat(energy.read(30 * SECOND).getFirst().getJoules()).isEqualTo(262144.0);
        // 1000 W would have filled the counter meanwhile: how often is not known.
        tree.file(RAPL + "energy_uj", "5000000\n");
        assertThat(energy.read(400 * SECOND)).isEmpty();
        assertThat(energy.read(430 * SECOND).getFirst().getJoules()).isEqualTo(5.0);
    }

    @Test
    void energyThatCannotBeReadIsAbsent() throws Exception {
        tree.file(RAPL + "name", "package-0\n")
                .file(RAPL + "max_energy_range_uj", "0\n")
                .file(RAPL + "energy_uj", "5\n");
        tree.file("class/powercap/intel-rapl:1/energy_uj", "5\n");
        tree.file("class/powercap/intel-rapl:2/max_energy_range_uj", "1000\n")
                .file("class/powercap/intel-rapl:2/energy_uj", "18446744073709551615\n");
        assertThat(new Energy(new Sysfs(sys)).read(0)).isEmpty();
    }

    @Test
    void readAsideAndThenPartOfTheSample() throws Exception {
        tree.file("class/hwmon/hwmon0/temp1_input", "30000\n");
        Sensors sensors = new Sensors(sys, Duration.ofSeconds(30));
        NodeSample.Builder sample = NodeSample.newBuilder();
        sensors.prepare();
        await().until(() -> {
            sensors.into(sample.clear());
            return sample.getTemperaturesCount() == 1;
        });
    }

    @Test
    void noSensorsAreNoFigures() {
        assertThat(temperatures()).isEmpty();
        assertThat(new Energy(new Sysfs(sys)).read(0)).isEmpty();
    }
}
