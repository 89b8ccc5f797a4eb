package org.slotwarden.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program run to its end. */
record Command(int exitCode, String output, String errors) {

    static Path checkout() {
        return Path.of(System.getProperty("checkout")).toAbsolutePath().normalize();
    }

    static Command run(Duration patience, Map<String, String> environment, List<String> words) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.environment().putAll(environment);
            Path errors = java.nio.file.Files.createTempFile("slotwarden-", ".err");
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            builder.redirectError(errors.toFile());
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(words + " did not end within " + patience);
            }
            String said = java.nio.file.Files.readString(errors);
            java.nio.file.Files.delete(errors);
            return new Command(process.exitValue(), output, said);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs it and fails the test with what it said when it did not exit with 0. */
    static String succeed(Duration patience, Map<String, String> environment, List<String> words) {
        Command command = run(patience, environment, words);
        if (command.exitCode != 0) {
            throw new AssertionError(
                    "%s exited with %d%n%s%n%s".formatted(words, command.exitCode, command.output, command.errors));
        }
        return command.output;
    }
}
