package org.slotwarden.agent.probe;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** Numbers out of the kernel's texts, without a String in between. */
public final class ProcText {

    private ProcText() {}

    static byte[] word(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The decimal number that stands at a position; -1 when there is none, it is negative or does not fit. */
    static long unsigned(byte[] text, int length, int position) {
        int at = position;
        long value = 0;
        while (at < length && text[at] >= '0' && text[at] <= '9') {
            if (value > (Long.MAX_VALUE - 9) / 10) {
                return -1;
            }
            value = value * 10 + (text[at++] - '0');
        }
        return at == position ? -1 : value;
    }

    /** The number, not negative, after a word that begins a line; -1 when there is none. */
    static long unsignedAfter(byte[] text, int length, byte[] lineStart) {
        for (int at = 0; at < length; at = nextLine(text, length, at)) {
            if (startsWith(text, length, at, lineStart)) {
                return unsigned(text, length, skipBlanks(text, length, at + lineStart.length));
            }
        }
        return -1;
    }

    /** The decimal number that stands at a position; empty when there is none or it does not fit. */
    public static OptionalLong number(byte[] text, int length, int position) {
        boolean negative = position < length && text[position] == '-';
        int at = negative ? position + 1 : position;
        int first = at;
        long value = 0;
        while (at < length && text[at] >= '0' && text[at] <= '9') {
            if (value > (Long.MAX_VALUE - 9) / 10) {
                return OptionalLong.empty();
            }
            value = value * 10 + (text[at++] - '0');
        }
        return at == first ? OptionalLong.empty() : OptionalLong.of(negative ? -value : value);
    }

    /** The number after a word that begins a line, as in {@code VmSwap:\t  12 kB}; blanks in between are skipped. */
    public static OptionalLong numberAfter(byte[] text, int length, String lineStart) {
        byte[] word = lineStart.getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at < length; at = nextLine(text, length, at)) {
            if (startsWith(text, length, at, word)) {
                return number(text, length, skipBlanks(text, length, at + word.length));
            }
        }
        return OptionalLong.empty();
    }

    public static boolean startsWith(byte[] text, int length, int position, byte[] word) {
        if (position + word.length > length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (text[position + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    public static int skipBlanks(byte[] text, int length, int position) {
        int at = position;
        while (at < length && (text[at] == ' ' || text[at] == '\t')) {
            at++;
        }
        return at;
    }

    public static int nextLine(byte[] text, int length, int position) {
        int at = position;
        while (at < length && text[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    /** A text that is one decimal number without a sign; empty when it is anything else or does not fit. */
    public static OptionalLong wholeNumber(String text) {
        byte[] digits = text.getBytes(StandardCharsets.US_ASCII);
        boolean whole = digits.length > 0 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return whole ? number(digits, digits.length, 0) : OptionalLong.empty();
    }
}
