package org.slotwarden.agent.probe;

import org.jspecify.annotations.Nullable;

/** Compares owners as the JDK's {@code unix:uid} tells them. */
public final class Owner {

    private Owner() {}

    /**
     * @param attribute an {@code int}, as which half of all uids are negative
     * @param uid 0 to 2<sup>32</sup> - 2
     */
    public static boolean is(@Nullable Object attribute, long uid) {
        return attribute instanceof Integer owner && Integer.toUnsignedLong(owner) == uid;
    }
}
