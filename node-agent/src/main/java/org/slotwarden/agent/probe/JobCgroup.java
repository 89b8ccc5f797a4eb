package org.slotwarden.agent.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.Pressure;

/**
 * What the kernel counts for a job's cgroup as a whole (kernel documentation, admin-guide/cgroup-v2,
 * cgroup-v1/blkio-controller, cgroup-v1/memory, accounting/psi). In version 1 every controller has a
 * folder of its own. What must not go down is in {@link CgroupCounters}.
 */
public final class JobCgroup {

    private static final int DEPTH = 4;
    private static final int MOST_FOLDERS = 300;
    /** What version 1 calls none: all that fits into pages of a signed number. */
    private static final long NO_LIMIT = 1L << 62;

    private static final byte[] OOM_KILL = ProcText.word("oom_kill ");

    private final List<Path> folders;
    private final Path blockDevices;
    private final Map<String, Boolean> physical = new HashMap<>();

    /** @param folders the job's folder in each hierarchy, or the only one */
    public JobCgroup(List<Path> folders) {
        this(folders, Path.of("/sys/dev/block"));
    }

    JobCgroup(List<Path> folders, Path blockDevices) {
        this.folders = List.copyOf(folders);
        this.blockDevices = blockDevices;
    }

    /** CPU time of all that ever ran in the cgroup; null where it does not count, or is gone. */
    public @Nullable CgroupCpu cpu() {
        for (Path folder : folders) {
            CgroupCpu cpu = CgroupCpu.read(folder);
            if (cpu != null) {
                return cpu;
            }
        }
        return null;
    }

    /**
     * Puts into the sample what there is.
     *
     * @param counters the job's, which go on
     */
    void into(JobSample.Builder sample, CgroupCounters counters) {
        for (Path folder : folders) {
            ProcFiles files = new ProcFiles(folder);
            operations(files, sample, counters);
            oomKills(folder, files, sample, counters);
            memoryLimit(files, sample);
            Pressure cpu = pressure(files, "cpu.pressure");
            Pressure memory = pressure(files, "memory.pressure");
            Pressure io = pressure(files, "io.pressure");
            if (cpu != null) {
                sample.setCpuPressure(cpu);
            }
            if (memory != null) {
                sample.setMemoryPressure(memory);
            }
            if (io != null) {
                sample.setIoPressure(io);
            }
        }
    }

    private void operations(ProcFiles files, JobSample.Builder sample, CgroupCounters counters) {
        String unified = files.text("io.stat");
        String first = unified != null ? null : files.text("blkio.throttle.io_serviced_recursive");
        if (unified == null && first == null) {
            first = files.text("blkio.throttle.io_serviced");
        }
        if (unified == null && first == null) {
            return;
        }
        long readNow = 0;
        long writtenNow = 0;
        for (String line : (unified != null ? unified : String.valueOf(first)).split("\n", -1)) {
            String[] field = line.split(" ");
            if (field.length < 2 || !isPhysical(field[0])) {
                continue;
            }
            if (unified == null) {
                readNow += field[1].equals("Read") && field.length > 2 ? Math.max(0, number(field[2])) : 0;
                writtenNow += field[1].equals("Write") && field.length > 2 ? Math.max(0, number(field[2])) : 0;
                continue;
            }
            for (String part : field) {
                readNow += part.startsWith("rios=") ? Math.max(0, number(part.substring(5))) : 0;
                writtenNow += part.startsWith("wios=") ? Math.max(0, number(part.substring(5))) : 0;
            }
        }
        counters.operations(readNow, writtenNow);
        sample.setReadOperations(counters.reads()).setWriteOperations(counters.writes());
    }

    /** What lies on top of other devices (mapped, loop, RAID) would count the same operation again. */
    private boolean isPhysical(String device) {
        return device.matches("[0-9]+:[0-9]+")
                && physical.computeIfAbsent(
                        device, d -> Files.exists(blockDevices.resolve(d).resolve("device")));
    }

    private static void oomKills(Path folder, ProcFiles files, JobSample.Builder sample, CgroupCounters counters) {
        long unified = kills(files, "memory.events");
        if (unified >= 0) {
            counters.kills(unified);
        } else if (kills(files, "memory.oom_control") >= 0) {
            // Version 1 counts in the folder of the killed process only.
            try (Stream<Path> walk = Files.walk(folder, DEPTH)) {
                walk.filter(file -> file.endsWith("memory.oom_control"))
                        .limit(MOST_FOLDERS)
                        .forEach(file -> killsIn(file, counters));
            } catch (IOException | UncheckedIOException e) {
                // A step ended meanwhile.
            }
        } else {
            return;
        }
        sample.setOomKills((int) Math.min(counters.kills(), Integer.MAX_VALUE));
    }

    private static void memoryLimit(ProcFiles files, JobSample.Builder sample) {
        if (!files.read("memory.max") && !files.read("memory.limit_in_bytes")) {
            return;
        }
        long limit = ProcText.unsigned(files.bytes(), files.length(), 0); // none: the word "max"
        if (limit >= 0 && limit < NO_LIMIT) {
            sample.setMemoryLimitBytes(limit);
        }
    }

    private static void killsIn(Path file, CgroupCounters counters) {
        Path folder = file.getParent();
        if (folder != null) {
            counters.killsIn(folder, kills(new ProcFiles(folder), "memory.oom_control"));
        }
    }

    private static long kills(ProcFiles files, String name) {
        return files.read(name) ? ProcText.unsignedAfter(files.bytes(), files.length(), OOM_KILL) : -1;
    }

    static @Nullable Pressure pressure(ProcFiles files, String name) {
        String text = files.text(name);
        if (text == null) {
            return null;
        }
        Pressure.Builder pressure = Pressure.newBuilder();
        for (String line : text.split("\n", -1)) {
            int total = line.indexOf(" total=");
            long micros = total < 0 ? -1 : number(line.substring(total + " total=".length()));
            if (micros >= 0 && line.startsWith("some ")) {
                pressure.setSomeSeconds(micros / 1e6);
            } else if (micros >= 0 && line.startsWith("full ")) {
                pressure.setFullSeconds(micros / 1e6);
            }
        }
        return pressure.hasSomeSeconds() || pressure.hasFullSeconds() ? pressure.build() : null;
    }

    /** -1 when it is none. */
    private static long number(String text) {
        byte[] digits = ProcText.word(text);
        return ProcText.unsigned(digits, digits.length, 0);
    }
}
