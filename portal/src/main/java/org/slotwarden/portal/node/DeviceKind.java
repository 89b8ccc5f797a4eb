package org.slotwarden.portal.node;

import java.util.Locale;

/** What a node has several of. */
public enum DeviceKind {
    DISKS("device"),
    NETWORK_DEVICES("device"),
    TEMPERATURES("sensor"),
    ENERGY("zone"),
    GPUS("index");

    private final String key;

    DeviceKind(String key) {
        this.key = key;
    }

    /** How JSON calls the name of one of them. */
    String key() {
        return key;
    }

    /** Name of the column, and in REST. */
    String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
