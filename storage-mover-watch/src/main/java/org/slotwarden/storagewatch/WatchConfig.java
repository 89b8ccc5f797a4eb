package org.slotwarden.storagewatch;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.dcache.Access;
import org.slotwarden.storagewatch.dcache.HostBook;
import org.slotwarden.storagewatch.http.SecretFile;
import org.slotwarden.storagewatch.http.Trust;
import org.slotwarden.wire.v1.StorageHost;

/**
 * What an admin configures, validated. The keys are those of {@code etc/storage-mover-watch.conf}
 * (docs/storage-mover-watch.md).
 *
 * @param storage the storage system's name at this site
 * @param portal where reports go
 * @param portalToken this watch's token
 * @param portalTrust whom to believe there
 * @param state folder for what is remembered over restarts
 * @param dcache where dCache is
 * @param interval between two looks, 1 s to 1 h
 * @param billing file, folder or pipe with records of ended movers; null: none
 * @param hosts of the storage system, beside those that it tells
 * @param mayRelease whether movers may be ended
 * @param replay whether it is a recording that is looked at
 */
record WatchConfig(
        String storage,
        URI portal,
        SecretFile portalToken,
        Trust portalTrust,
        Path state,
        Access dcache,
        Duration interval,
        @Nullable Path billing,
        List<HostBook.Told> hosts,
        boolean mayRelease,
        boolean replay) {

    private static final Path DEFAULT_STATE = Path.of("/var/lib/slotwarden-storage");

    private static final Set<String> KEYS = Set.of(
            "storage",
            "portal.url",
            "portal.token_file",
            "portal.ca_file",
            "state",
            "dcache.url",
            "dcache.user",
            "dcache.password_file",
            "dcache.token_file",
            "dcache.client_certificate_file",
            "dcache.client_key_file",
            "dcache.role",
            "dcache.ca_file",
            "dcache.certificate_file",
            "dcache.public_url",
            "dcache.timeout_seconds",
            "poll_interval_seconds",
            "billing",
            "storage_hosts",
            "may_release",
            "replay");

    /** The configuration cannot be used; the message says which key and why. */
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1L;

        Invalid(String message) {
            super(message);
        }
    }

    /** @throws Invalid when the file cannot be read or says what cannot be */
    static WatchConfig read(Path file) throws Invalid {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new Invalid(file + " cannot be read: " + e);
        }
        return of(properties);
    }

    static WatchConfig of(Properties properties) throws Invalid {
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            if (!KEYS.contains(key)) {
                throw new Invalid("unknown key " + key + "; known are " + new TreeSet<>(KEYS));
            }
        }
        Keys keys = new Keys(properties);
        String storage = keys.required("storage");
        if (!storage.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new Invalid("storage must be 1 to 64 of A-Z a-z 0-9 . _ -, not " + storage);
        }
        Duration interval = Duration.ofSeconds(keys.number("poll_interval_seconds", 30, 1, 3600));
        return new WatchConfig(
                storage,
                keys.secretUrl("portal.url", keys.required("portal.url")),
                new SecretFile(Keys.absolute("portal.token_file", keys.required("portal.token_file"))),
                new Trust(keys.path("portal.ca_file"), null, null, null),
                keys.path("state", DEFAULT_STATE),
                dcache(keys, interval),
                interval,
                keys.path("billing"),
                hosts(keys),
                keys.yes("may_release"),
                keys.yes("replay"));
    }

    private static Access dcache(Keys keys, Duration interval) throws Invalid {
        Optional<String> url = keys.text("dcache.url");
        Optional<String> publicUrl = keys.text("dcache.public_url");
        if (url.isEmpty() && publicUrl.isEmpty()) {
            throw new Invalid("dcache.url is missing (or dcache.public_url, where there is no account)");
        }
        Path password = keys.path("dcache.password_file");
        Path token = keys.path("dcache.token_file");
        Path certificate = keys.path("dcache.client_certificate_file");
        Path key = keys.path("dcache.client_key_file");
        Optional<String> user = keys.text("dcache.user");
        if (user.isPresent() != (password != null)) {
            throw new Invalid("dcache.user and dcache.password_file need each other");
        }
        if ((certificate == null) != (key == null)) {
            throw new Invalid("dcache.client_certificate_file and dcache.client_key_file need each other");
        }
        if ((password == null ? 0 : 1) + (token == null ? 0 : 1) + (certificate == null ? 0 : 1) > 1) {
            throw new Invalid("one login is enough: dcache.user with dcache.password_file, dcache.token_file, or"
                    + " dcache.client_certificate_file");
        }
        if (user.isPresent() && (user.get().contains(":") || user.get().matches(".*\\p{Cntrl}.*"))) {
            throw new Invalid("dcache.user must not hold a colon");
        }
        String role = keys.text("dcache.role").orElse("admin");
        if (!role.matches("[A-Za-z0-9_.:-]{1,100}")) {
            throw new Invalid("dcache.role must be a role's name or none, not " + role);
        }
        Path ca = keys.path("dcache.ca_file");
        Path pinned = keys.path("dcache.certificate_file");
        if (ca != null && pinned != null) {
            throw new Invalid("dcache.ca_file and dcache.certificate_file exclude each other");
        }
        return new Access(
                url.isPresent() ? keys.secretUrl("dcache.url", url.get()) : null,
                user.orElse(null),
                password == null ? null : new SecretFile(password),
                token == null ? null : new SecretFile(token),
                role.equals("none") ? "" : role,
                new Trust(ca, pinned, certificate, key),
                publicUrl.isPresent() ? Keys.url("dcache.public_url", publicUrl.get()) : null,
                Duration.ofSeconds(keys.number("dcache.timeout_seconds", 10, 1, 120)),
                interval.compareTo(Duration.ofSeconds(30)) < 0 ? Duration.ofSeconds(30) : interval);
    }

    private static List<HostBook.Told> hosts(Keys keys) throws Invalid {
        List<HostBook.Told> hosts = new ArrayList<>();
        for (String entry : keys.text("storage_hosts").orElse("").split("[,\\s]+")) {
            if (entry.isEmpty()) {
                continue;
            }
            String[] parts = entry.matches("\\[.+](:\\d{1,5})?")
                    ? entry.substring(1).split("](:|$)", 2)
                    : entry.split(":", entry.indexOf(':') == entry.lastIndexOf(':') ? 2 : 1);
            boolean withPort = parts.length == 2 && !parts[1].isEmpty();
            if (!parts[0].matches("[A-Za-z0-9._:-]{1,253}")
                    || (withPort && (!parts[1].matches("\\d{1,5}") || Integer.parseInt(parts[1]) > 65_535))) {
                throw new Invalid("storage_hosts must be HOST or HOST:PORT with commas between, not " + entry);
            }
            int port = withPort ? Integer.parseInt(parts[1]) : 0;
            hosts.add(new HostBook.Told(parts[0], port, StorageHost.Role.ROLE_UNSPECIFIED, parts[0]));
        }
        return hosts;
    }

    /** Reads values of one set of properties; an empty value is as good as none. */
    private record Keys(Properties properties) {

        Optional<String> text(String key) {
            return Optional.ofNullable(properties.getProperty(key))
                    .map(String::strip)
                    .filter(value -> !value.isEmpty());
        }

        String required(String key) throws Invalid {
            return text(key).orElseThrow(() -> new Invalid(key + " is missing"));
        }

        @Nullable
        Path path(String key) throws Invalid {
            Optional<String> text = text(key);
            return text.isPresent() ? absolute(key, text.get()) : null;
        }

        Path path(String key, Path otherwise) throws Invalid {
            Path path = path(key);
            return path == null ? otherwise : path;
        }

        static Path absolute(String key, String text) throws Invalid {
            if (!text.startsWith("/")) {
                throw new Invalid(key + " must be an absolute path, not " + text);
            }
            return Path.of(text).normalize();
        }

        boolean yes(String key) throws Invalid {
            String text = text(key).orElse("false");
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new Invalid(key + " must be true or false, not " + text);
            };
        }

        long number(String key, long otherwise, long least, long most) throws Invalid {
            Optional<String> text = text(key);
            if (text.isEmpty()) {
                return otherwise;
            }
            long value = text.get().matches("[0-9]{1,12}") ? Long.parseLong(text.get()) : -1;
            if (value < least || value > most) {
                throw new Invalid(
                        key + " must be a whole number from " + least + " to " + most + ", not " + text.get());
            }
            return value;
        }

        /** An address to which a secret goes. */
        URI secretUrl(String key, String text) throws Invalid {
            URI uri = url(key, text);
            String host = uri.getHost();
            boolean loopback =
                    host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
            if (!"https".equals(uri.getScheme()) && !loopback) {
                throw new Invalid(key + " must be https (http only to a loopback address): a secret goes there");
            }
            return uri;
        }

        static URI url(String key, String text) throws Invalid {
            URI uri;
            try {
                uri = URI.create(text);
            } catch (IllegalArgumentException e) {
                throw new Invalid(key + " is not an address");
            }
            if (uri.getHost() == null
                    || uri.getUserInfo() != null
                    || uri.getQuery() != null
                    || uri.getFragment() != null
                    || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                throw new Invalid(key + " must look like https://HOST[:PORT][/PATH]");
            }
            return uri;
        }
    }
}
