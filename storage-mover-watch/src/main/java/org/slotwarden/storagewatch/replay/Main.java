package org.slotwarden.storagewatch.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code bin/replay}: plays a recording until it is ended. */
public final class Main {

    private static final String USAGE =
            "usage: replay RECORDING [--port N] [--port-file FILE] [--replace FILE] [--billing FILE]";

    private static final int BAD_ARGUMENTS = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length == 0 || arguments.length % 2 == 0 || arguments[0].startsWith("-")) {
            fail(USAGE);
        }
        int port = 0;
        Path portFile = null;
        Path replace = null;
        Path billing = null;
        for (int i = 1; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--port" -> {
                    if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
                        fail("--port takes a number from 0 (any) to 65535, not " + value);
                    }
                    port = Integer.parseInt(value);
                }
                case "--port-file" -> portFile = Path.of(value);
                case "--replace" -> replace = Path.of(value);
                case "--billing" -> billing = Path.of(value);
                default -> fail(arguments[i] + " is no option\n" + USAGE);
            }
        }
        try {
            play(Path.of(arguments[0]), port, portFile, replace, billing);
        } catch (IOException e) {
            System.err.println("replay: " + e);
            System.exit(1);
        }
    }

    private static void play(
            Path folder, int port, @Nullable Path portFile, @Nullable Path replace, @Nullable Path billing)
            throws IOException, InterruptedException {
        long told = System.currentTimeMillis();
        Recording recording = new Recording(folder, told);
        ReplayServer server = new ReplayServer(port, recording, replace, Clock.systemUTC());
        System.out.println("A recorded dCache answers on " + server.url() + ", "
                + recording.length().toSeconds() + " s, then again from the start");
        if (portFile != null) {
            Path next = portFile.resolveSibling(portFile.getFileName() + ".new");
            Files.writeString(next, server.url().replaceAll(".*:", "") + "\n");
            Files.move(next, portFile, StandardCopyOption.ATOMIC_MOVE);
        }
        while (true) {
            Thread.sleep(1_000);
            if (billing != null) {
                long now = System.currentTimeMillis();
                List<String> records = recording.billing(told, now);
                told = now;
                Files.write(
                        billing, records, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
    }

    private static void fail(String message) {
        System.err.println("replay: " + message);
        System.exit(BAD_ARGUMENTS);
    }
}
