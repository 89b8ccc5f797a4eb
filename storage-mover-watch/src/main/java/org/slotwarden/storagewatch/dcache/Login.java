package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.storagewatch.http.SecretFile;

/**
 * Shows dCache who asks, and remembers, over restarts too, when that was refused: dCache blocks an address for long
 * after three refusals, so the same secret is not tried again for hours.
 */
final class Login {

    private static final Logger LOG = LoggerFactory.getLogger(Login.class);

    private static final Duration AGAIN_AFTER = Duration.ofHours(6);

    private final Access access;
    private final Path memory;
    private final Clock clock;

    /** The last refusal of this process, should the file be lost or not be writable. */
    private @Nullable Refused last;

    private record Refused(String version, Instant at) {}

    /** @param memory file in which a refusal is remembered */
    Login(Access access, Path memory, Clock clock) {
        this.access = access;
        this.memory = memory;
        this.clock = clock;
    }

    /** @throws IOException when a secret cannot be read */
    Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept", "application/json");
        if (access.token() != null) {
            headers.put("Authorization", "Bearer " + access.token().read());
        } else if (access.user() != null && access.password() != null) {
            String both = access.user() + ":" + access.password().read();
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        }
        if (!access.role().isEmpty()) {
            headers.put("Roles", access.role());
        }
        return headers;
    }

    /** When this secret was refused, if that is not long ago; else it may be tried. */
    Optional<Instant> refusedAt() {
        String version = version();
        return Stream.of(Optional.ofNullable(last), remembered())
                .flatMap(Optional::stream)
                .filter(refused -> refused.version.equals(version))
                .map(Refused::at)
                .filter(at -> {
                    Duration age = Duration.between(at, clock.instant());
                    return !age.isNegative() && age.compareTo(AGAIN_AFTER) <= 0;
                })
                .findFirst();
    }

    private Optional<Refused> remembered() {
        try {
            List<String> lines = Files.exists(memory) ? Files.readAllLines(memory) : List.of();
            return lines.size() < 2 || !lines.get(1).matches("\\d{1,15}")
                    ? Optional.empty()
                    : Optional.of(new Refused(lines.get(0), Instant.ofEpochMilli(Long.parseLong(lines.get(1)))));
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", memory, e.toString());
            return Optional.empty();
        }
    }

    void refused() {
        last = new Refused(version(), clock.instant());
        try {
            Path folder = memory.toAbsolutePath().getParent();
            if (folder != null && !Files.exists(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Path next = memory.resolveSibling(memory.getFileName() + ".new");
            Files.writeString(next, version() + "\n" + clock.millis() + "\n");
            Files.move(next, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written, after a restart a refused login is tried once more: {}",
                    memory,
                    e.toString());
        }
    }

    private String version() {
        @Nullable SecretFile secret = access.token() != null ? access.token() : access.password();
        if (secret == null) {
            secret = access.trust().clientKey() == null
                    ? null
                    : new SecretFile(access.trust().clientKey());
        }
        return access.user() + " " + access.role() + " " + (secret == null ? "none" : secret.version());
    }
}
