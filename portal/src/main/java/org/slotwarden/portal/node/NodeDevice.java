package org.slotwarden.portal.node;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk, a network device, a sensor, an energy counter or a GPU at one moment.
 *
 * @param name as the kernel has it, without commas and brackets; the index of a GPU
 * @param uuid of a GPU
 * @param model of a GPU
 * @param levels what was measured; counters cumulative since boot
 */
public record NodeDevice(
        String name, @Nullable String uuid, @Nullable String model, Map<DeviceMetric, Double> levels) {

    public NodeDevice {
        levels = levels.isEmpty() ? Map.of() : new EnumMap<>(levels);
    }

    public @Nullable Double level(DeviceMetric metric) {
        return levels.get(metric);
    }
}
