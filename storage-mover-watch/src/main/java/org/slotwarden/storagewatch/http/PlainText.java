package org.slotwarden.storagewatch.http;

import java.nio.charset.StandardCharsets;

/** Texts from elsewhere, made fit for a log or a report. */
public final class PlainText {

    private PlainText() {}

    /** One line of so many characters at most: nothing that could forge another line. */
    public static String line(String text, int most) {
        String cut = text.length() > most ? text.substring(0, most) + "..." : text;
        return cut.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }

    /** The beginning of a text that takes so many bytes of UTF-8 at most, cut between characters. */
    public static String cut(String text, int mostBytes) {
        // A char takes three bytes at most.
        if (text.length() <= mostBytes / 3) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= mostBytes) {
            return text;
        }
        int end = mostBytes;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
