package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.NodeSample;

/**
 * Traffic of whole physical devices since boot, from {@code /proc/diskstats} (kernel documentation,
 * admin-guide/iostats; its sectors are 512 bytes whatever the device's are). What stands on other devices
 * would count their bytes again, or is no disk at all: partitions, device-mapper, md, loop, bcache, drbd,
 * zram. So only what {@code /sys/block/NAME/device} shows to be hardware counts, and network block devices,
 * which have nothing below them on this node. Of a disk with several paths each path counts what went over
 * it; NVMe's paths are hidden below a device that counts for all of them. Not thread-safe.
 */
final class Disks {

    private static final int MOST = 64;
    private static final int SECTOR_BYTES = 512;
    private static final int NAME = 2;
    private static final int READS = 3;
    private static final int SECTORS_READ = 5;
    private static final int WRITES = 7;
    private static final int SECTORS_WRITTEN = 9;
    private static final int BUSY_MS = 12;

    /** The kernel prints this one with 32 bits: full after seven weeks of work. */
    private static final long BUSY_RANGE = 1L << 32;

    private final Sysfs sys;
    private Map<String, Boolean> whole = new HashMap<>();
    private Map<String, WrappingCounter> busy = new HashMap<>();

    Disks(Path sys) {
        this.sys = new Sysfs(sys);
    }

    /** Adds all devices, and their sums when each of them could be read. */
    void into(NodeSample.Builder sample, byte[] text, int length) {
        Map<String, Boolean> seen = new HashMap<>();
        Map<String, WrappingCounter> counters = new HashMap<>();
        List<DiskSample> disks = new ArrayList<>();
        long read = 0;
        long written = 0;
        boolean known = true;
        for (String line : new String(text, 0, length, StandardCharsets.US_ASCII).split("\n", -1)) {
            String[] field = line.trim().split(" +");
            if (field.length <= SECTORS_WRITTEN) {
                continue;
            }
            String name = field[NAME];
            if (!seen.computeIfAbsent(name, n -> whole.computeIfAbsent(n, this::isWhole))) {
                continue;
            }
            DiskSample disk = disk(
                    field, counters.computeIfAbsent(name, n -> busy.getOrDefault(n, new WrappingCounter(BUSY_RANGE))));
            known &= disk.hasReadBytes() && disk.hasWriteBytes();
            read += disk.getReadBytes();
            written += disk.getWriteBytes();
            disks.add(disk);
        }
        // Only names that exist: those of a container's devices are never used twice.
        whole = seen;
        busy = counters;
        sample.addAllDisks(disks.subList(0, Math.min(MOST, disks.size())));
        if (known && !disks.isEmpty()) {
            sample.setDiskReadBytes(read).setDiskWriteBytes(written);
        }
    }

    private static DiskSample disk(String[] field, WrappingCounter busy) {
        DiskSample.Builder disk = DiskSample.newBuilder().setDevice(field[NAME]);
        ProcText.wholeNumber(field[READS]).ifPresent(disk::setReadOperations);
        ProcText.wholeNumber(field[WRITES]).ifPresent(disk::setWriteOperations);
        bytes(field[SECTORS_READ], disk::setReadBytes);
        bytes(field[SECTORS_WRITTEN], disk::setWriteBytes);
        if (field.length > BUSY_MS) {
            ProcText.wholeNumber(field[BUSY_MS]).ifPresent(ms -> disk.setBusySeconds(busy.advance(ms) / 1e3));
        }
        return disk.build();
    }

    private static void bytes(String sectors, LongConsumer set) {
        ProcText.wholeNumber(sectors).ifPresent(count -> {
            if (count <= Long.MAX_VALUE / SECTOR_BYTES) {
                set.accept(count * SECTOR_BYTES);
            }
        });
    }

    private boolean isWhole(String name) {
        if (name.contains("/") || name.startsWith(".")) {
            return false;
        }
        String block = "block/" + name;
        boolean hidden = sys.number(block + "/hidden").orElse(0) == 1;
        boolean network = name.matches("nbd[0-9]+") && sys.exists(block);
        return !hidden && (network || sys.exists(block + "/device"));
    }
}
