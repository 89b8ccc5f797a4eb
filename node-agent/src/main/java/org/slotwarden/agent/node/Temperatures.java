package org.slotwarden.agent.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slotwarden.wire.v1.Temperature;

/**
 * Temperatures from {@code /sys/class/hwmon} (kernel documentation, hwmon/sysfs-interface) and from thermal
 * zones that are not there as well (driver-api/thermal/sysfs-api). A core's own sensor is left out where its
 * package has one: 128 of them say little more.
 */
final class Temperatures {

    private static final int MOST = 64;
    private static final int LEAST_MILLI = -100_000;
    private static final int MOST_MILLI = 250_000;

    private final Sysfs sys;

    Temperatures(Sysfs sys) {
        this.sys = sys;
    }

    List<Temperature> read() {
        List<Temperature> found = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> chips = new HashSet<>();
        for (String entry : sys.entries("class/hwmon", "hwmon[0-9]{1,6}")) {
            String folder = "class/hwmon/" + entry;
            String chip = sys.word(folder + "/name").orElse(entry);
            chips.add(chip);
            chip(folder, chip, names, found);
        }
        for (String entry : sys.entries("class/thermal", "thermal_zone[0-9]{1,6}")) {
            String folder = "class/thermal/" + entry;
            String type = sys.word(folder + "/type").orElse(entry);
            if (!chips.contains(type)) {
                add(found, names, type, entry, folder + "/temp");
            }
        }
        return List.copyOf(found.subList(0, Math.min(MOST, found.size())));
    }

    private void chip(String folder, String chip, Set<String> names, List<Temperature> found) {
        List<String> inputs = sys.entries(folder, "temp[0-9]{1,4}_input");
        boolean hasPackage =
                inputs.stream().anyMatch(input -> label(folder, input).startsWith("Package"));
        for (String input : inputs) {
            String label = label(folder, input);
            boolean core = hasPackage && label.startsWith("Core ");
            boolean faulty =
                    sys.number(folder + "/" + input.replace("_input", "_fault")).orElse(0) != 0;
            if (!core && !faulty) {
                add(found, names, chip + " " + label, device(folder), folder + "/" + input);
            }
        }
    }

    private String label(String folder, String input) {
        String sensor = input.replace("_input", "");
        return sys.word(folder + "/" + sensor + "_label").orElse(sensor);
    }

    /** Name of the device that the chip sits on: tells two disks of one make apart. */
    private String device(String folder) {
        try {
            return String.valueOf(sys.path(folder + "/device").toRealPath().getFileName());
        } catch (IOException e) {
            return String.valueOf(Path.of(folder).getFileName());
        }
    }

    private void add(List<Temperature> found, Set<String> names, String name, String device, String file) {
        sys.number(file).ifPresent(milli -> {
            if (milli >= LEAST_MILLI && milli <= MOST_MILLI && found.size() < MOST) {
                String unique = names.add(name) ? name : name + " (" + device + ")";
                names.add(unique);
                found.add(Temperature.newBuilder()
                        .setSensor(unique)
                        .setCelsius(milli / 1e3)
                        .build());
            }
        });
    }
}
