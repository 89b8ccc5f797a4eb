package org.slotwarden.agent.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.EnergyCounter;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Temperature;

/** Temperatures and energy. Aside: some drivers ask a disk or a slow bus and take a second for it. */
public final class Sensors implements NodeFigure {

    /** What was read at one moment. */
    private record Values(List<Temperature> temperatures, List<EnergyCounter> energy) {}

    private final Aside<Values> values;

    /**
     * @param sys {@code /sys}
     * @param interval between two samples
     */
    public Sensors(Path sys, Duration interval) {
        Sysfs files = new Sysfs(sys);
        Temperatures temperatures = new Temperatures(files);
        Energy energy = new Energy(files);
        this.values = new Aside<>(
                "sensors",
                new Aside.Pace(
                        Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(3 * interval.toMillis())),
                ErrorKind.SENSORS_SLOW,
                ErrorKind.SENSORS_UNUSABLE,
                () -> new Values(temperatures.read(), energy.read(System.nanoTime())));
    }

    @Override
    public void prepare() {
        values.request();
    }

    @Override
    public void into(NodeSample.Builder sample) {
        values.latest()
                .ifPresent(read -> sample.addAllTemperatures(read.temperatures).addAllEnergy(read.energy));
    }
}
