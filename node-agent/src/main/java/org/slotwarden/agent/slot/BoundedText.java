package org.slotwarden.agent.slot;

import java.nio.charset.StandardCharsets;
import org.slotwarden.wire.WireContract;

/** Texts as the wire contract bounds them. */
final class BoundedText {

    private BoundedText() {}

    static String cut(String text) {
        return cut(text, WireContract.MAX_TEXT_BYTES);
    }

    /** As much of a text as fits into so many bytes of UTF-8, whole code points only. */
    static String cut(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= maxBytes) {
            return text;
        }
        int end = maxBytes;
        while ((bytes[end] & 0xC0) == 0x80) { // the byte after the cut continues a code point
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
