package org.slotwarden.agent.evidence;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.TailPart;

/**
 * What a job writes: its last lines first, then what comes, read as the job's user like the output in evidence, and
 * with the same secrets hidden. Whole lines, as far as there is a line end within a while. Reading may hang, so it is
 * done by a thread that may; used by one at a time.
 */
public final class OutputFeed {

    private static final long PATIENCE_NANOS = 8_000_000_000L;

    /** Of the file, in one part: some room is left for what hidden secrets add. */
    private static final int PIECE = WireContract.MAX_TAIL_BYTES - 1024;

    /** Of the last lines, at first. */
    private static final int MOST_PIECES = 4;

    private @Nullable EvidenceSubject subject;
    private final ProcFiles proc;
    private final boolean standardError;
    private final int lines;
    private final boolean follows;
    private @Nullable OutputPlaces places;
    private OutputPlaces.@Nullable Place place;
    private long offset = -1;
    /** So far a line without an end was seen the last time. */
    private long unended = -1;

    /**
     * @param lines how many of the last ones come first
     * @param follows whether more is asked for: then what has no line end yet comes later, when it has
     */
    public OutputFeed(EvidenceSubject subject, ProcFiles proc, boolean standardError, int lines, boolean follows) {
        this.subject = subject;
        this.proc = proc;
        this.standardError = standardError;
        this.lines = lines;
        this.follows = follows;
    }

    /**
     * What was written since the last time; the first time the last lines.
     *
     * @throws IOException when it cannot be read; the message goes behind "Standard output"
     */
    public List<TailPart> next() throws IOException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        OutputPlaces.Use<List<TailPart>> read = from -> {
            OutputTail tail = new OutputTail(from.user());
            long size = tail.size(from.file(), until);
            List<TailPart> parts = offset < 0 ? last(tail, from, size, until) : since(tail, from, size, until);
            place = from;
            return parts;
        };
        OutputPlaces.Place before = place;
        if (before != null) {
            try {
                return read.of(before);
            } catch (Unreadable e) {
                place = null; // a process that has ended, perhaps: the file may have a name
            }
        }
        return places().use(standardError, read);
    }

    private OutputPlaces places() throws Unreadable {
        EvidenceSubject of = subject;
        if (of != null) {
            subject = null; // twenty thousand processes need not be kept for ten minutes
            JobPlaces named = of.places();
            places = named == null
                    ? null
                    : new OutputPlaces(proc, named, of.gid(), OutputPlaces.first(of.members(), proc, named.uid()));
        }
        if (places == null) {
            throw new Unreadable("is not read: the job's user is not known");
        }
        return places;
    }

    private List<TailPart> last(OutputTail tail, OutputPlaces.Place from, long size, long until) throws Unreadable {
        long begin = Math.max(0, size - (long) PIECE * MOST_PIECES);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (long at = begin; at < size; at = begin + read.size()) {
            byte[] piece = tail.read(from.file(), at, (int) Math.min(PIECE, size - at), until);
            if (piece.length == 0) {
                break; // it was cut meanwhile
            }
            read.writeBytes(piece);
        }
        byte[] bytes = read.toByteArray();
        int first = firstOfLastLines(bytes, begin > 0);
        offset = begin + first;
        List<TailPart> parts = new ArrayList<>();
        int last = follows ? lineEnd(bytes, first, bytes.length) : bytes.length;
        for (int at = first; at < last; ) {
            int end = Math.min(last, at + PIECE);
            end = end == last ? end : lineEnd(bytes, at, end);
            parts.add(part(Arrays.copyOfRange(bytes, at, end), 0));
            at = end;
        }
        return parts;
    }

    private int firstOfLastLines(byte[] bytes, boolean cut) {
        int found = 0;
        for (int at = bytes.length - 1; at > 0; at--) {
            if (bytes[at - 1] == '\n' && ++found == lines) {
                return at;
            }
        }
        if (!cut) {
            return 0;
        }
        int whole = 0;
        while (whole < bytes.length && bytes[whole] != '\n') {
            whole++;
        }
        return whole + 1 < bytes.length ? whole + 1 : 0; // one line of that length
    }

    private List<TailPart> since(OutputTail tail, OutputPlaces.Place from, long size, long until) throws Unreadable {
        if (size < offset) {
            offset = 0; // cut, or begun anew
            unended = -1;
        }
        long left = Math.max(0, size - offset - PIECE);
        long at = offset + left;
        if (at == size) {
            return List.of();
        }
        byte[] bytes = tail.read(from.file(), at, (int) (size - at), until);
        int end = lineEnd(bytes, 0, bytes.length);
        boolean ended = bytes.length > 0 && bytes[end - 1] == '\n';
        if (!ended && left == 0 && unended != offset) {
            unended = offset; // what is being written is given a moment to be a line
            return List.of();
        }
        unended = -1;
        offset = at;
        return bytes.length == 0 ? List.of() : List.of(part(Arrays.copyOf(bytes, end), left));
    }

    /** Behind the last line end, where there is one. */
    private static int lineEnd(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && bytes[end - 1] != '\n') {
            end--;
        }
        return end == from ? to : end;
    }

    private TailPart part(byte[] bytes, long leftOut) {
        // One byte a character, so that whatever is no text stays what it is.
        byte[] told =
                Secrets.hide(new String(bytes, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        TailPart part = TailPart.newBuilder()
                .setOffset(offset)
                .setData(ByteString.copyFrom(told, 0, Math.min(told.length, WireContract.MAX_TAIL_BYTES)))
                .setLeftOutBytes(leftOut)
                .setEndOffset(offset + bytes.length)
                .build();
        offset += bytes.length;
        return part;
    }
}
