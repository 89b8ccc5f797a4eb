package org.slotwarden.agent.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.node.NodeHardware;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeSample;

/** Which of the node's devices can be seen: by taking the figures once. */
final class HardwareCheck {

    private final Path proc;
    private final Path sys;
    private final @Nullable Path nvidiaSmi;

    HardwareCheck(Path proc, Path sys, @Nullable Path nvidiaSmi) {
        this.proc = proc;
        this.sys = sys;
        this.nvidiaSmi = nvidiaSmi;
    }

    List<Finding> look() throws InterruptedException {
        ProcFiles files = new ProcFiles(proc);
        NodeHardware hardware =
                NodeHardware.read(files, KernelUnits.read(files), sys, nvidiaSmi, Duration.ofSeconds(20));
        NodeSample sample = hardware.sample();
        List<Finding> findings = new ArrayList<>();
        findings.add(devices(
                "disks",
                sample.getDisksList().stream().map(DiskSample::getDevice).toList()));
        findings.add(devices(
                "network",
                sample.getNetworkDevicesList().stream()
                        .map(NetworkDeviceSample::getDevice)
                        .toList()));
        findings.add(
                sample.getTemperaturesCount() > 0
                        ? Finding.ok("temperatures", sample.getTemperaturesCount() + " sensors")
                        : Finding.absent("temperatures", "no sensor in /sys/class/hwmon or /sys/class/thermal", null));
        findings.add(energy(sample));
        findings.add(gpus(hardware));
        return findings;
    }

    private static Finding devices(String topic, List<String> names) {
        return names.isEmpty()
                ? Finding.absent(topic, "no device of its own", null)
                : Finding.ok(topic, String.join(" ", names));
    }

    private Finding energy(NodeSample sample) {
        ProcFiles files = new ProcFiles(sys);
        if (sample.getEnergyCount() > 0) {
            return Finding.ok("energy", sample.getEnergyCount() + " zones (RAPL)");
        }
        return files.exists("class/powercap/intel-rapl:0")
                ? Finding.absent("energy", "RAPL is there but cannot be read", "only root may read it")
                : Finding.absent("energy", "no RAPL in /sys/class/powercap", null);
    }

    private Finding gpus(NodeHardware hardware) {
        if (nvidiaSmi == null) {
            return Finding.absent("GPUs", "no nvidia-smi, or no NVIDIA driver loaded", null);
        }
        if (hardware.gpuTrouble() != null) {
            return Finding.warn(
                    "GPUs",
                    String.valueOf(hardware.gpuTrouble()),
                    "run " + nvidiaSmi + " by hand, or set nvidia_smi = off");
        }
        return Finding.ok("GPUs", hardware.sample().getGpusCount() + " by " + nvidiaSmi);
    }
}
