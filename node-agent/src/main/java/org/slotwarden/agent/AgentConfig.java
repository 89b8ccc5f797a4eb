package org.slotwarden.agent;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.decision.Policy;
import org.slotwarden.agent.decision.Threshold;
import org.slotwarden.agent.evidence.EvidenceScope;
import org.slotwarden.agent.order.OrderScope;
import org.slotwarden.agent.order.OrderSettings;
import org.slotwarden.agent.send.Destination;
import org.slotwarden.batch.BatchAccess;

/**
 * What an admin configures, validated. The keys are those of {@code etc/agent.conf} (docs/node-agent.md).
 *
 * @param destination where reports go ({@code portal.url}, {@code portal.token_file}, {@code portal.ca_file})
 * @param node this node's name for the batch system and the portal; null: as the hooks say, or the host's name
 * @param state state directory shared with the hooks
 * @param drop directory in which task prologues leave files; null: none
 * @param scratch folder on the file system whose free space is watched
 * @param interval between two samples, 1 s to 1 h
 * @param samplingShare part of one core that regular samples may cost, 0 to 1; 0: no bound
 * @param idleExit how long the process stays after its last slot
 * @param awayExit how long it stays in addition when the portal has not taken everything
 * @param vanishedAfter how long a job may be without a process before it is taken for ended
 * @param spoolBytes bound of each slot's spool
 * @param allSpoolsBytes bound of all of them together
 * @param samples which samples are taken in between, and which are reported
 * @param evidence what of the users' own words is sent when the portal asks what a job is doing
 * @param orders which orders of the portal are carried out, and whose they must be
 * @param scontrol Slurm's program; null: the controller is not asked
 * @param nvidiaSmi NVIDIA's program; null: GPUs are not looked at
 */
public record AgentConfig(
        Destination destination,
        @Nullable String node,
        Path state,
        @Nullable Path drop,
        Path scratch,
        Duration interval,
        double samplingShare,
        Duration idleExit,
        Duration awayExit,
        Duration vanishedAfter,
        long spoolBytes,
        long allSpoolsBytes,
        Policy.Settings samples,
        EvidenceScope evidence,
        OrderSettings orders,
        @Nullable Path scontrol,
        @Nullable Path nvidiaSmi) {

    private static final String INTERESTING = "memory_rss_bytes>90%, open_files>90%, cores_used>200%";

    static final Path DEFAULT_STATE = Path.of("/var/lib/slotwarden");

    private static final Set<String> KEYS = Set.of(
            "portal.url",
            "portal.token_file",
            "portal.ca_file",
            "node",
            "state",
            "drop",
            "scratch",
            "sample_interval_seconds",
            "sampling_cpu_percent",
            "idle_exit_seconds",
            "away_exit_seconds",
            "vanished_after_seconds",
            "spool_bytes_per_slot",
            "spool_bytes",
            "fine_interval_seconds",
            "fine_cpu_percent",
            "fine_kept_seconds",
            "fine_bytes",
            "interesting_when",
            "report_every_nth_unchanged",
            "evidence",
            "orders",
            "orders.key_file",
            "orders.batch_commands",
            "orders.batch_environment",
            "scontrol",
            "nvidia_smi",
            // For the launcher, where there is no runtime beside it.
            "java.home");

    private static final Set<Path> SCONTROL_PLACES = new TreeSet<>(Set.of(
            Path.of("/usr/bin/scontrol"),
            Path.of("/usr/local/bin/scontrol"),
            Path.of("/opt/slurm/bin/scontrol"),
            Path.of("/usr/local/slurm/bin/scontrol")));

    private static final Set<Path> NVIDIA_SMI_PLACES =
            new TreeSet<>(Set.of(Path.of("/usr/bin/nvidia-smi"), Path.of("/usr/local/bin/nvidia-smi")));

    /** There when the driver is loaded. Without it nvidia-smi would load it, which is not for us to decide. */
    private static final Path NVIDIA_DRIVER = Path.of("/proc/driver/nvidia/version");

    /** The configuration cannot be used; the message says which key and why. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1L;

        Invalid(String message) {
            super(message);
        }
    }

    /** @throws Invalid when the file cannot be read or says what cannot be */
    public static AgentConfig read(Path file) throws Invalid {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new Invalid(file + " cannot be read: " + e);
        }
        return of(properties);
    }

    static AgentConfig of(Properties properties) throws Invalid {
        Keys keys = new Keys(properties);
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            if (!KEYS.contains(key)) {
                throw new Invalid("unknown key " + key + "; known are " + new TreeSet<>(KEYS));
            }
        }
        return new AgentConfig(
                new Destination(
                        portal(keys.required("portal.url")),
                        Keys.absolute("portal.token_file", keys.required("portal.token_file")),
                        keys.path("portal.ca_file")),
                keys.text("node").isPresent() ? node(keys.required("node")) : null,
                keys.path("state", DEFAULT_STATE),
                keys.path("drop"),
                keys.path("scratch", Path.of("/tmp")),
                keys.seconds("sample_interval_seconds", 30, 1, 3600),
                keys.percent("sampling_cpu_percent", 10, 90),
                keys.seconds("idle_exit_seconds", 600, 0, 86_400),
                keys.seconds("away_exit_seconds", 3600, 0, 7 * 86_400),
                keys.seconds("vanished_after_seconds", 300, 1, 86_400),
                keys.number("spool_bytes_per_slot", 4 << 20, 64 << 10, 1 << 30),
                keys.number("spool_bytes", 1 << 30, 64 << 10, 1L << 39),
                new Policy.Settings(
                        keys.seconds("fine_interval_seconds", 1, 0, 3600),
                        keys.percent("fine_cpu_percent", 0.1, 50),
                        keys.seconds("fine_kept_seconds", 600, 10, 86_400),
                        keys.number("fine_bytes", 4 << 20, 64 << 10, 1 << 30),
                        thresholds(keys),
                        (int) keys.number("report_every_nth_unchanged", 1, 1, 100)),
                evidence(keys.text("evidence").orElse("full")),
                orders(keys),
                program(keys, "scontrol", SCONTROL_PLACES),
                program(keys, "nvidia_smi", Files.exists(NVIDIA_DRIVER) ? NVIDIA_SMI_PLACES : Set.of()));
    }

    /** The same with another state directory or node name, where the command line gave one. */
    public AgentConfig with(@Nullable Path otherState, @Nullable String otherNode) throws Invalid {
        return new AgentConfig(
                destination,
                otherNode == null ? node : node(otherNode),
                otherState == null ? state : otherState,
                drop,
                scratch,
                interval,
                samplingShare,
                idleExit,
                awayExit,
                vanishedAfter,
                spoolBytes,
                allSpoolsBytes,
                samples,
                evidence,
                orders,
                scontrol,
                nvidiaSmi);
    }

    private static URI portal(String text) throws Invalid {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new Invalid("portal.url is not an address: " + text);
        }
        String host = uri.getHost();
        if (host == null || uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
            throw new Invalid("portal.url must look like https://HOST[:PORT][/PATH], not " + text);
        }
        boolean loopback = host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
        if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && loopback)) {
            throw new Invalid("portal.url must be https (http only to a loopback address): the token is a secret");
        }
        return uri;
    }

    static String node(String name) throws Invalid {
        if (!name.matches("[A-Za-z0-9._-]{1,255}")) {
            throw new Invalid("node must be 1 to 255 of A-Z a-z 0-9 . _ -, not " + name);
        }
        return name;
    }

    private static List<Threshold> thresholds(Keys keys) throws Invalid {
        try {
            return Threshold.parse(keys.text("interesting_when").orElse(INTERESTING));
        } catch (IllegalArgumentException e) {
            throw new Invalid("interesting_when " + e.getMessage());
        }
    }

    private static EvidenceScope evidence(String text) throws Invalid {
        for (EvidenceScope scope : EvidenceScope.values()) {
            if (scope.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
                return scope;
            }
        }
        throw new Invalid("evidence must be full, no-output, no-command-lines, no-texts or off, not " + text);
    }

    private static OrderSettings orders(Keys keys) throws Invalid {
        Path keyFile = keys.path("orders.key_file");
        BatchAccess batch = batchCommands(keys);
        Optional<String> text = keys.text("orders");
        if (text.isEmpty()) {
            return keyFile == null ? OrderSettings.OFF : new OrderSettings(OrderScope.ALL, keyFile, batch);
        }
        for (OrderScope scope : OrderScope.values()) {
            if (scope.name().toLowerCase(Locale.ROOT).equals(text.get())) {
                if (scope != OrderScope.OFF && keyFile == null) {
                    throw new Invalid("orders needs orders.key_file: without a key no order is believed");
                }
                return new OrderSettings(scope, keyFile, batch);
            }
        }
        throw new Invalid("orders must be all, look or off, not " + text.get());
    }

    private static @Nullable BatchAccess batchCommands(Keys keys) throws Invalid {
        Path folder = keys.path("orders.batch_commands");
        Optional<String> environment = keys.text("orders.batch_environment");
        if (folder == null) {
            if (environment.isPresent()) {
                throw new Invalid("orders.batch_environment needs orders.batch_commands");
            }
            return null;
        }
        try {
            return BatchAccess.of(
                    folder, environment.map(text -> List.of(text.split(" +"))).orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new Invalid("orders.batch_environment: " + e.getMessage());
        }
    }

    private static @Nullable Path program(Keys keys, String key, Set<Path> places) throws Invalid {
        String text = keys.text(key).orElse("auto");
        return switch (text) {
            case "off" -> null;
            case "auto" ->
                places.stream().filter(Files::isExecutable).findFirst().orElse(null);
            default -> {
                Path path = Keys.absolute(key, text);
                if (!Files.isExecutable(path)) {
                    throw new Invalid(key + " must be auto, off or the path of a program; cannot run " + path);
                }
                yield path;
            }
        };
    }

    /** Reads values of one set of properties; an empty value is as good as none. */
    private record Keys(Properties properties) {

        Optional<String> text(String key) {
            return Optional.ofNullable(properties.getProperty(key))
                    .map(String::strip)
                    .filter(v -> !v.isEmpty());
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

        Duration seconds(String key, long otherwise, long least, long most) throws Invalid {
            return Duration.ofSeconds(number(key, otherwise, least, most));
        }

        /** As a share of one. */
        double percent(String key, double otherwise, double most) throws Invalid {
            Optional<String> text = text(key);
            if (text.isEmpty()) {
                return otherwise / 100;
            }
            double value = text.get().matches("[0-9]{1,2}(\\.[0-9]{1,4})?") ? Double.parseDouble(text.get()) : -1;
            if (value < 0 || value > most) {
                throw new Invalid(key + " must be a number from 0 to " + most + ", not " + text.get());
            }
            return value / 100;
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
    }
}
