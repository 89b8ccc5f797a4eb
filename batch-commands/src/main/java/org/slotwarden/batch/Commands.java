package org.slotwarden.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs the commands of one act, until a deadline for all of them. Each gets no input, an environment of what was
 * configured, and a process group of its own, which is killed when its time is over: by {@code timeout} of the
 * coreutils, so that it ends then even if we have gone.
 */
final class Commands {

    /** What is taken of an output; the rest is read and thrown away, so that the command does not wait for us. */
    private static final int MOST_OUTPUT = 1 << 20;

    private static final int MOST_TOLD = 180;
    private static final Duration LONGER_THAN_ITS_TIME = Duration.ofSeconds(2);
    private static final Duration FOR_UNDOING = Duration.ofSeconds(10);
    private static final Duration FOR_THE_REST_OF_ITS_OUTPUT = Duration.ofSeconds(1);
    private static final int KILLED = 128 + 9;
    private static final long ROUNDED = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Pattern UNCLEAN = Pattern.compile("[^\\x20-\\x7e]+");
    private static final Pattern BLANKS = Pattern.compile(" {2,}");

    private final BatchAccess access;
    private final long until;

    Commands(BatchAccess access) {
        this(access, System.nanoTime() + access.deadline().toNanos());
    }

    private Commands(BatchAccess access, long until) {
        this.access = access;
        this.until = until;
    }

    /** With time of its own, to take back what was begun. */
    Commands forUndoing() {
        return new Commands(access, System.nanoTime() + FOR_UNDOING.toNanos());
    }

    /**
     * What a command says. Both outputs, as batch systems tell errors in either.
     *
     * @throws BatchFailed when it is missing, does not end in time, or says that it failed
     */
    String run(String program, String... arguments) throws BatchFailed {
        Path file = access.commands().resolve(program);
        if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
            throw new BatchFailed("there is no program " + shown(file.toString()));
        }
        long left = until - System.nanoTime();
        if (left <= 0) {
            throw noAnswer(program);
        }
        List<String> words = new ArrayList<>(
                List.of("timeout", "--signal=KILL", String.format(Locale.ROOT, "%.2f", left / 1e9), file.toString()));
        words.addAll(List.of(arguments));
        Process process = start(words);
        Output output = new Output(process.getInputStream());
        try {
            if (!process.waitFor(left + LONGER_THAN_ITS_TIME.toNanos(), TimeUnit.NANOSECONDS)) {
                throw noAnswer(program);
            }
            if (process.exitValue() == KILLED && until - System.nanoTime() <= ROUNDED) {
                throw noAnswer(program);
            }
            String said = output.text();
            if (process.exitValue() != 0) {
                throw new BatchFailed(program + " ended with " + process.exitValue() + said(said));
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BatchFailed(program + " was not waited for: what came of it is not known");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly(); // lets go of its pipe as well
        }
    }

    private Process start(List<String> words) throws BatchFailed {
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", access.commands() + ":/usr/local/bin:/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(access.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new BatchFailed("timeout (coreutils) cannot be run: " + shown(String.valueOf(e.getMessage())));
        }
    }

    private BatchFailed noAnswer(String program) {
        return new BatchFailed("no answer within " + access.deadline().toSeconds() + " s (" + program + ")");
    }

    /** What a command said, for people: quoted, on one line, cut. */
    static String said(String output) {
        String shown = shown(output);
        return shown.isEmpty() ? ", and said nothing" : ": \"" + shown + "\"";
    }

    private static String shown(String text) {
        String plain = BLANKS.matcher(UNCLEAN.matcher(text).replaceAll(" "))
                .replaceAll(" ")
                .replace('"', '\'')
                .strip();
        return plain.length() <= MOST_TOLD ? plain : plain.substring(0, MOST_TOLD) + "...";
    }

    /** Reads all that comes, keeps the first of it. */
    private static final class Output {

        private final StringBuilder text = new StringBuilder();
        private final Thread reader;

        Output(InputStream from) {
            reader = Thread.ofPlatform().daemon().name("batch-output").start(() -> read(from));
        }

        private void read(InputStream from) {
            byte[] buffer = new byte[8192];
            try (from) {
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    keep(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                // Closed, as its time is over.
            }
        }

        private synchronized void keep(String part) {
            text.append(part, 0, Math.min(part.length(), MOST_OUTPUT - text.length()));
        }

        /** Whoever holds the pipe open after the command's end is not waited for. */
        private String text() throws InterruptedException {
            reader.join(FOR_THE_REST_OF_ITS_OUTPUT);
            synchronized (this) {
                return text.toString();
            }
        }
    }
}
