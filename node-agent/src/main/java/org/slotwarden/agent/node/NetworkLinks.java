package org.slotwarden.agent.node;

import java.util.OptionalLong;

/**
 * How fast the node's network is: the fastest link that is up, of network cards and of bonds of them ({@code speed} in
 * {@code /sys/class/net/NAME}, in Mbit/s; kernel documentation, ABI/testing/sysfs-class-net). Not of bridges and veth,
 * which name a speed that no wire has. Virtual cards mostly name none. Reading it may wait for the driver: not for the
 * sampling thread.
 */
final class NetworkLinks {

    private static final long BYTES_PER_SECOND = 125_000;

    /** A link that is down has the largest 32-bit number on some drivers. */
    private static final long MOST_MEGABITS = 100_000_000;

    private final Sysfs sys;

    NetworkLinks(Sysfs sys) {
        this.sys = sys;
    }

    /** In bytes per second, one way; empty when no link says. */
    OptionalLong fastest() {
        return sys.entries("class/net", "[^.].*").stream()
                .map(name -> "class/net/" + name)
                .filter(device -> sys.exists(device + "/device") || sys.exists(device + "/bonding"))
                .flatMapToLong(device -> sys.number(device + "/speed").stream())
                .filter(megabits -> megabits > 0 && megabits < MOST_MEGABITS)
                .map(megabits -> megabits * BYTES_PER_SECOND)
                .max();
    }
}
