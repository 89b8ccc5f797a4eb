package org.slotwarden.agent.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.NodeSample;

/**
 * One sample of everything, sensors and GPUs included, waited for: to say what can be seen, not to watch.
 *
 * @param gpuTrouble why there is nothing about GPUs although a program was named
 */
public record NodeHardware(NodeSample sample, @Nullable String gpuTrouble) {

    /** @param limit how long nvidia-smi may take */
    public static NodeHardware read(
            ProcFiles proc, KernelUnits units, Path sys, @Nullable Path nvidiaSmi, Duration limit)
            throws InterruptedException {
        Sysfs files = new Sysfs(sys);
        NodeSample.Builder sample = new NodeProbe(proc, units, sys, List.of())
                .sample(System.currentTimeMillis(), 0).toBuilder()
                        .addAllTemperatures(new Temperatures(files).read())
                        .addAllEnergy(new Energy(files).read(System.nanoTime()));
        String trouble = null;
        if (nvidiaSmi != null) {
            try {
                sample.addAllGpus(new NvidiaSmi(nvidiaSmi, limit).read());
            } catch (IOException e) {
                trouble = e.getMessage();
            }
        }
        return new NodeHardware(sample.build(), trouble);
    }
}
