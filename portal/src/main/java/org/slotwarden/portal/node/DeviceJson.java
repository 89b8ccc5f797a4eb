package org.slotwarden.portal.node;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Devices as lists of JSON objects, one object a device: in the database and in REST. */
final class DeviceJson {

    private static final TypeReference<List<Map<String, Object>>> OBJECTS = new TypeReference<>() {};

    private DeviceJson() {}

    static List<Map<String, Object>> objects(DeviceKind kind, List<NodeDevice> devices) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (NodeDevice device : devices) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put(kind.key(), kind == DeviceKind.GPUS ? Integer.valueOf(device.name()) : device.name());
            if (device.uuid() != null) {
                object.put("uuid", device.uuid());
            }
            if (device.model() != null) {
                object.put("name", device.model());
            }
            device.levels()
                    .forEach((metric, level) ->
                            object.put(metric.field(), metric.whole() ? (Number) level.longValue() : (Number) level));
            objects.add(object);
        }
        return objects;
    }

    /** Null when there are none: a sensor that a node does not have takes no room. */
    static @Nullable String write(JsonMapper json, DeviceKind kind, List<NodeDevice> devices) {
        return devices.isEmpty() ? null : json.writeValueAsString(objects(kind, devices));
    }

    static List<NodeDevice> read(JsonMapper json, DeviceKind kind, @Nullable String text) {
        if (text == null) {
            return List.of();
        }
        List<NodeDevice> devices = new ArrayList<>();
        for (Map<String, Object> object : json.readValue(text, OBJECTS)) {
            Map<DeviceMetric, Double> levels = new EnumMap<>(DeviceMetric.class);
            for (DeviceMetric metric : DeviceMetric.of(kind)) {
                if (object.get(metric.field()) instanceof Number level) {
                    levels.put(metric, level.doubleValue());
                }
            }
            devices.add(new NodeDevice(
                    String.valueOf(object.get(kind.key())),
                    text(object.get("uuid")),
                    text(object.get("name")),
                    levels));
        }
        return devices;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }
}
