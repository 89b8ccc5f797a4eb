package org.slotwarden.agent.evidence;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.OutputEvidence;

/**
 * Reads the end of an output file as the job's user ({@link UserProgram}): also whether there is such a file, and of
 * what kind, is asked with the user's rights, so nothing is told that the user could not find out. Whatever the user
 * puts in the place of the file, between any two looks at it, leads to nothing that the user could not read; and a
 * home directory on a file server that does not trust our root is read as well.
 */
final class OutputTail {

    private static final long PATIENCE_NANOS = 2_000_000_000L;

    /** Of {@code st_mode} (inode(7)). */
    private static final int KIND = 0xF000;

    private static final int REGULAR = 0x8000;

    private final UserProgram user;

    OutputTail(UserProgram user) {
        this.user = user;
    }

    /**
     * @param file where it is read
     * @param name what it is called
     * @throws Unreadable with the reason for people
     */
    OutputEvidence read(Path file, String name) throws Unreadable {
        long until = System.nanoTime() + PATIENCE_NANOS;
        long size = size(file, until);
        long skip = Math.max(0, size - WireContract.MAX_EVIDENCE_OUTPUT_BYTES);
        byte[] bytes = size == 0 ? new byte[0] : read(file, skip, WireContract.MAX_EVIDENCE_OUTPUT_BYTES, until);
        return OutputEvidence.newBuilder()
                .setPath(BoundedName.cut(name, WireContract.MAX_EVIDENCE_TEXT_BYTES))
                .setSizeBytes(size)
                .setTail(ByteString.copyFrom(lastLines(bytes, skip > 0)))
                .build();
    }

    /**
     * How large it is. What is no regular file is not opened: who waits to write to a pipe would take us for the
     * reader.
     *
     * @param until on the clock of {@link System#nanoTime}
     */
    long size(Path file, long until) throws Unreadable {
        byte[] told = user.output(until, "stat", "--dereference", "--printf=%f %u %s", "--", file.toString());
        String[] words = new String(told, StandardCharsets.US_ASCII).split(" ");
        try {
            if (words.length != 3) {
                throw new Unreadable("cannot be looked at");
            }
            if ((Integer.parseInt(words[0], 16) & KIND) != REGULAR) {
                throw new Unreadable("is no regular file");
            }
            if (Long.parseLong(words[1]) != user.uid()) {
                throw new Unreadable("is not the job user's file");
            }
            return Long.parseLong(words[2]);
        } catch (NumberFormatException e) {
            throw new Unreadable("cannot be looked at");
        }
    }

    /**
     * So many bytes at most: less than a pipe holds. Opened without waiting ({@code O_NONBLOCK}), should it have
     * become a pipe meanwhile.
     */
    byte[] read(Path file, long skip, int bytes, long until) throws Unreadable {
        return user.output(
                until,
                "dd",
                "if=" + file,
                "bs=" + bytes,
                "count=" + bytes,
                "skip=" + skip,
                "iflag=nonblock,skip_bytes,count_bytes",
                "status=none");
    }

    /** @param cut whether the first line may have begun before: then it is left out */
    static byte[] lastLines(byte[] bytes, boolean cut) {
        // One byte a character, so that whatever is no text stays what it is. Secrets first: a line that is left out
        // may say that the others are one.
        String text = Secrets.hide(new String(bytes, StandardCharsets.ISO_8859_1));
        int from = 0;
        if (cut) {
            int end = text.indexOf('\n');
            from = end >= 0 && end + 1 < text.length() ? end + 1 : 0; // one line of that length, or none at all
        }
        int lines = 0;
        int at = text.length() - 1;
        while (at > from && lines < WireContract.MAX_EVIDENCE_OUTPUT_LINES) {
            at--;
            if (text.charAt(at) == '\n') {
                lines++;
            }
        }
        int begin = lines == WireContract.MAX_EVIDENCE_OUTPUT_LINES ? at + 1 : from;
        byte[] told = text.substring(begin).getBytes(StandardCharsets.ISO_8859_1);
        int most = WireContract.MAX_EVIDENCE_OUTPUT_BYTES;
        return told.length <= most ? told : Arrays.copyOfRange(told, told.length - most, told.length);
    }
}
