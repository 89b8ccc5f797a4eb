package org.slotwarden.agent.probe;

import java.nio.charset.StandardCharsets;

/** Texts of users, cut to a number of bytes without cutting a character. */
public final class BoundedName {

    private BoundedName() {}

    /** As much of it as fits. */
    public static String cut(String text, int bytes) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        if (all.length <= bytes) {
            return text;
        }
        int end = bytes;
        while (end > 0 && (all[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(all, 0, end, StandardCharsets.UTF_8);
    }
}
