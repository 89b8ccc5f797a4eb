package org.slotwarden.agent.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slotwarden.wire.v1.EnergyCounter;

/**
 * Energy that the processors' packages (and the whole board, zone psys) used, from the top-level zones of
 * {@code /sys/class/powercap/intel-rapl:N} (kernel documentation, power/powercap/powercap). Only root may
 * read it. The hardware's counter runs over after minutes to hours; that is added up. After a pause in
 * which it may have run over unseen the figure is absent once. Not thread-safe.
 */
final class Energy {

    private static final int MOST = 64;

    /** No package takes more; what could run over in between is judged by it. */
    private static final double MOST_MICROWATTS = 1000e6;

    private record Zone(WrappingCounter counter, long range, long readAt) {}

    private final Sysfs sys;
    private final Map<String, Zone> zones = new HashMap<>();

    Energy(Sysfs sys) {
        this.sys = sys;
    }

    /** @param nowNanos on the clock of {@link System#nanoTime} */
    List<EnergyCounter> read(long nowNanos) {
        List<EnergyCounter> found = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String entry : sys.entries("class/powercap", "intel-rapl:[0-9]{1,4}")) {
            String folder = "class/powercap/" + entry;
            OptionalLong shown = sys.number(folder + "/energy_uj");
            OptionalLong range = sys.number(folder + "/max_energy_range_uj");
            if (shown.isEmpty() || shown.getAsLong() < 0 || range.isEmpty() || range.getAsLong() <= 0) {
                zones.remove(entry);
                continue;
            }
            String name = sys.word(folder + "/name").orElse(entry);
            String unique = names.add(name) ? name : name + " (" + entry + ")";
            Zone before = zones.get(entry);
            if (before != null && before.range != range.getAsLong()) {
                before = null;
            }
            boolean unseen = before != null && (nowNanos - before.readAt) / 1e9 * MOST_MICROWATTS > before.range;
            WrappingCounter counter =
                    before == null || unseen ? new WrappingCounter(range.getAsLong()) : before.counter;
            double joules = counter.advance(shown.getAsLong()) / 1e6;
            zones.put(entry, new Zone(counter, range.getAsLong(), nowNanos));
            if (!unseen && found.size() < MOST) {
                found.add(EnergyCounter.newBuilder()
                        .setZone(unique)
                        .setJoules(joules)
                        .build());
            }
        }
        return found;
    }
}
