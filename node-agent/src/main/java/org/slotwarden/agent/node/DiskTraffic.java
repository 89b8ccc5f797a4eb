package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slotwarden.agent.node.NodeProbe.Traffic;

/**
 * Bytes read and written on physical devices since boot, from {@code /proc/diskstats} (kernel
 * documentation, admin-guide/iostats; its sectors are 512 bytes whatever the device's are). Partitions,
 * loops and mapped devices would count the same bytes again: only what {@code /sys/block/NAME/device}
 * shows to be a device of its own counts.
 */
final class DiskTraffic {

    private static final int SECTOR_BYTES = 512;
    private static final int NAME = 2;
    private static final int SECTORS_READ = 5;
    private static final int SECTORS_WRITTEN = 9;

    private final Path block;
    private final Map<String, Boolean> physical = new HashMap<>();

    DiskTraffic(Path block) {
        this.block = block;
    }

    /** Empty when there is no physical device in sight. */
    Optional<Traffic> parse(byte[] text, int length) {
        long read = 0;
        long written = 0;
        boolean any = false;
        for (String line : new String(text, 0, length, StandardCharsets.US_ASCII).split("\n", -1)) {
            String[] field = line.trim().split(" +");
            if (field.length <= SECTORS_WRITTEN || !isPhysical(field[NAME])) {
                continue;
            }
            try {
                read += Long.parseLong(field[SECTORS_READ]);
                written += Long.parseLong(field[SECTORS_WRITTEN]);
                any = true;
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return any ? Optional.of(new Traffic(read * SECTOR_BYTES, written * SECTOR_BYTES)) : Optional.empty();
    }

    private boolean isPhysical(String name) {
        return physical.computeIfAbsent(
                name, n -> !n.contains("/") && Files.exists(block.resolve(n).resolve("device")));
    }
}
