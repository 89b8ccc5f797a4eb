package org.slotwarden.agent.node;

import org.slotwarden.wire.v1.NodeFacts;
import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.nativefree.SystemInfo;
import oshi.software.os.OperatingSystem;

/** What does not change while the node is up, through OSHI. Takes a tenth of a second: off the sampling thread. */
public final class NodeFactsProbe {

    private NodeFactsProbe() {}

    public static NodeFacts read() {
        SystemInfo system = new SystemInfo();
        NodeFacts.Builder facts = NodeFacts.newBuilder();
        CentralProcessor cpu = system.getHardware().getProcessor();
        GlobalMemory memory = system.getHardware().getMemory();
        OperatingSystem os = system.getOperatingSystem();
        String cpuModel = cpu.getProcessorIdentifier().getName().trim();
        if (!cpuModel.isEmpty()) {
            facts.setCpuModel(cpuModel);
        }
        facts.setOperatingSystem(os.getFamily() + " " + os.getVersionInfo())
                .setKernel(System.getProperty("os.version", "unknown"))
                .setLogicalCores(cpu.getLogicalProcessorCount())
                .setPhysicalCores(cpu.getPhysicalProcessorCount())
                .setMemoryBytes(memory.getTotal())
                .setSwapBytes(memory.getVirtualMemory().getSwapTotal())
                .setBootedAtMs(os.getSystemBootTime() * 1000);
        return facts.build();
    }
}
