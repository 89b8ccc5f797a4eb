package org.slotwarden.agent.evidence;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.BoundedName;
import org.slotwarden.agent.probe.Owner;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.OutputEvidence;

/**
 * Reads the end of an output file with the rights of the job's user, and no others: a child process gives up all of
 * ours and opens the file without waiting ({@code O_NONBLOCK}). So whatever the user puts in the place of the file,
 * between any two looks at it, leads to nothing that the user could not read; and a home directory on a file server
 * that does not trust our root is read as well.
 */
final class OutputTail {

    private static final long PATIENCE_SECONDS = 2;

    /** Of a user without a known group. */
    private static final long NO_GROUP = 65534;

    private final long uid;
    private final long gid;
    private final long self;

    /** @param self the user whom this process is */
    OutputTail(long uid, @Nullable Long gid, long self) {
        this.uid = uid;
        this.gid = gid == null ? NO_GROUP : gid;
        this.self = self;
    }

    /** Why there is nothing to be told. */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /**
     * @param file where it is read
     * @param name what it is called
     * @throws Unreadable with the reason for people
     */
    OutputEvidence read(Path file, String name) throws Unreadable {
        long size = size(file);
        long skip = Math.max(0, size - WireContract.MAX_EVIDENCE_OUTPUT_BYTES);
        byte[] bytes = size == 0 ? new byte[0] : run(command(file, skip));
        return OutputEvidence.newBuilder()
                .setPath(BoundedName.cut(name, WireContract.MAX_EVIDENCE_TEXT_BYTES))
                .setSizeBytes(size)
                .setTail(ByteString.copyFrom(lastLines(bytes, skip > 0)))
                .build();
    }

    private long size(Path file) throws Unreadable {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,size,isRegularFile");
            if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
                throw new Unreadable("is no regular file");
            }
            if (!Owner.is(attributes.get("uid"), uid)) {
                throw new Unreadable("is not the job user's file");
            }
            return ((Number) Objects.requireNonNull(attributes.get("size"))).longValue();
        } catch (Unreadable e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            throw new Unreadable("cannot be looked at");
        }
    }

    private List<String> command(Path file, long skip) throws Unreadable {
        List<String> command = new ArrayList<>();
        if (self == 0 && uid != 0) {
            command.addAll(List.of(
                    "setpriv",
                    "--reuid=" + uid,
                    "--regid=" + gid,
                    "--clear-groups",
                    "--inh-caps=-all",
                    "--bounding-set=-all",
                    "--no-new-privs",
                    "--"));
        } else if (self != uid) {
            throw new Unreadable("cannot be read: the agent runs as another user");
        }
        command.addAll(List.of(
                "dd",
                "if=" + file,
                "bs=" + WireContract.MAX_EVIDENCE_OUTPUT_BYTES,
                "count=" + WireContract.MAX_EVIDENCE_OUTPUT_BYTES,
                "skip=" + skip,
                "iflag=nonblock,skip_bytes,count_bytes",
                "status=none"));
        return command;
    }

    private static byte[] run(List<String> command) throws Unreadable {
        Process child = null;
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/bin:/bin");
            child = builder.start();
            // It writes less than a pipe holds, and so never waits for us.
            if (!child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new Unreadable("did not answer");
            }
            byte[] bytes;
            try (InputStream in = child.getInputStream()) {
                bytes = in.readNBytes(WireContract.MAX_EVIDENCE_OUTPUT_BYTES);
            }
            if (child.exitValue() != 0) {
                throw new Unreadable("cannot be read by the job's user");
            }
            return bytes;
        } catch (Unreadable e) {
            throw e;
        } catch (IOException e) {
            throw new Unreadable("cannot be read: setpriv or dd does not run");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreadable("did not answer");
        } finally {
            if (child != null && child.isAlive()) {
                child.destroyForcibly();
            }
        }
    }

    /** @param cut whether the first line may have begun before: then it is left out */
    static byte[] lastLines(byte[] bytes, boolean cut) {
        int from = 0;
        if (cut) {
            while (from < bytes.length && bytes[from] != '\n') {
                from++;
            }
            from = from + 1 < bytes.length ? from + 1 : 0; // one line of that length, or none at all
        }
        int lines = 0;
        int at = bytes.length - 1;
        while (at > from && lines < WireContract.MAX_EVIDENCE_OUTPUT_LINES) {
            at--;
            if (bytes[at] == '\n') {
                lines++;
            }
        }
        int begin = lines == WireContract.MAX_EVIDENCE_OUTPUT_LINES ? at + 1 : from;
        // One byte a character, so that whatever is no text stays what it is.
        String text = new String(bytes, begin, bytes.length - begin, StandardCharsets.ISO_8859_1);
        byte[] hidden = Secrets.hide(text).getBytes(StandardCharsets.ISO_8859_1);
        int most = WireContract.MAX_EVIDENCE_OUTPUT_BYTES;
        return hidden.length <= most ? hidden : Arrays.copyOfRange(hidden, hidden.length - most, hidden.length);
    }
}
