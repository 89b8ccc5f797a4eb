package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.v1.NodeFacts;

/** What does not change while the node is up (proc(5), os-release(5), kernel documentation, cputopology). */
public final class NodeFactsProbe {

    private static final int MAX_TEXT = 200;

    private NodeFactsProbe() {}

    /**
     * Reads them; not for the sampling thread.
     *
     * @param sys {@code /sys}
     * @param root {@code /}, where the system's release is told
     */
    public static NodeFacts read(ProcFiles proc, Path sys, Path root) {
        NodeFacts.Builder facts = NodeFacts.newBuilder();
        release(new ProcFiles(root)).ifPresent(facts::setOperatingSystem);
        clean(proc.text("sys/kernel/osrelease")).ifPresent(facts::setKernel);
        value(proc.text("cpuinfo"), "model name", ':').ifPresent(facts::setCpuModel);
        if (proc.read("stat")) {
            int cores = processors(proc.bytes(), proc.length());
            if (cores > 0) {
                facts.setLogicalCores(cores);
            }
            ProcText.numberAfter(proc.bytes(), proc.length(), "btime")
                    .ifPresent(seconds -> facts.setBootedAtMs(seconds * 1000));
        }
        Sysfs devices = new Sysfs(sys);
        int cores = cores(devices);
        if (cores > 0) {
            facts.setPhysicalCores(cores);
        }
        new NetworkLinks(devices).fastest().ifPresent(facts::setLinkBytesPerSecond);
        if (proc.read("meminfo")) {
            NodeMemory memory = NodeMemory.parse(proc.bytes(), proc.length());
            memory.total().ifPresent(kib -> facts.setMemoryBytes(kib << 10));
            memory.swapTotal().ifPresent(kib -> facts.setSwapBytes(kib << 10));
        }
        return facts.build();
    }

    private static Optional<String> release(ProcFiles root) {
        for (String file : List.of("etc/os-release", "usr/lib/os-release")) {
            Optional<String> name = value(root.text(file), "PRETTY_NAME", '=');
            if (name.isPresent()) {
                return name;
            }
        }
        return Optional.empty();
    }

    /** What the first line with such a key says, without quotes. */
    static Optional<String> value(@Nullable String text, String key, char separator) {
        if (text == null) {
            return Optional.empty();
        }
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .filter(rest -> !rest.isEmpty() && rest.charAt(0) == separator)
                .findFirst()
                .flatMap(rest -> clean(rest.substring(1).replaceAll("[\"']", "")));
    }

    private static Optional<String> clean(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        String plain = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return Optional.of(plain.substring(0, Math.min(plain.length(), MAX_TEXT)))
                .filter(word -> !word.isEmpty());
    }

    /** Processors that are online: the lines {@code cpuN} of {@code /proc/stat}. */
    static int processors(byte[] stat, int length) {
        return (int) new String(stat, 0, length, StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> line.length() > 3 && line.startsWith("cpu") && Character.isDigit(line.charAt(3)))
                .count();
    }

    /** Cores, of which each may run several threads; 0 where the kernel does not say. */
    private static int cores(Sysfs sys) {
        String folder = "devices/system/cpu";
        Set<String> cores = new HashSet<>();
        for (String cpu : sys.entries(folder, "cpu[0-9]+")) {
            sys.word(folder + "/" + cpu + "/topology/thread_siblings_list").ifPresent(cores::add);
        }
        return cores.size();
    }
}
