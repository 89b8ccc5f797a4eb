package org.slotwarden.agent.files;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.Progress;

/**
 * What a job says of its progress: the first line of a file of its own, {@code FRACTION [TEXT]}. The
 * fraction is 0 to 1, or 0 to 100 with a percent sign; what is malformed is as if it was not there.
 */
final class ProgressFile {

    /** In the work directory, where the job names no other. */
    static final String NAME = ".slotwarden-progress";

    private static final int MOST_BYTES = 4096;
    private static final int TEXT_BYTES = 200;
    private static final Pattern LINE =
            Pattern.compile("\\s*([0-9]{1,3}(?:\\.[0-9]{1,12})?)(%?)(?:[ \\t]+(.*))?", Pattern.DOTALL);

    private ProgressFile() {}

    static @Nullable Progress read(Path file, long uid, long nowMs) {
        OwnedFile.Head head = OwnedFile.head(file, uid, MOST_BYTES);
        return head == null ? null : parse(head.bytes(), head.length(), Math.min(nowMs, head.modifiedMs()));
    }

    static @Nullable Progress parse(byte[] bytes, int length, long timeMs) {
        int end = 0;
        while (end < length && bytes[end] != '\n') {
            end++;
        }
        Matcher line = LINE.matcher(new String(bytes, 0, end, StandardCharsets.UTF_8));
        if (!line.matches()) {
            return null;
        }
        double fraction = Double.parseDouble(line.group(1)) / (line.group(2).isEmpty() ? 1 : 100);
        if (fraction > 1) {
            return null;
        }
        Progress.Builder progress = Progress.newBuilder().setFraction(fraction).setTimeMs(timeMs);
        String text = line.group(3) == null
                ? ""
                : line.group(3).replaceAll("\\p{Cntrl}", " ").strip();
        if (!text.isEmpty()) {
            progress.setText(cut(text));
        }
        return progress.build();
    }

    private static String cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(bytes.length, TEXT_BYTES);
        while (end > 0 && end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
