package org.slotwarden.portal.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Learns the addresses of nodes from their names: of the site's file, and of the name service. */
@Component
class NodeNames {

    /** All names are asked for within this time; where the name service is slow, some are left for the next time. */
    private static final Duration ASKED_FOR = Duration.ofMinutes(5);

    private static final long LARGEST_FILE = 16L << 20;
    private static final Logger log = LoggerFactory.getLogger(NodeNames.class);

    private final JdbcClient jdbc;
    private final NodeAddresses addresses;
    private final StorageSettings settings;
    private final Clock clock;

    NodeNames(JdbcClient jdbc, NodeAddresses addresses, StorageSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.addresses = addresses;
        this.settings = settings;
        this.clock = clock;
    }

    /** Where no storage system is watched, nothing is asked. */
    void learn() {
        if (jdbc.sql("SELECT COUNT(*) FROM storage_system").query(Long.class).single() == 0) {
            return;
        }
        Map<String, Long> nodes = new HashMap<>();
        jdbc.sql("SELECT id, name FROM node WHERE last_report_at > ?")
                .param(clock.instant().minus(NodeAddresses.BELIEVED))
                .query(row -> {
                    nodes.put(row.getString("name"), row.getLong("id"));
                });
        Path hosts = settings.hosts();
        if (hosts != null) {
            file(hosts, nodes);
        }
        if (settings.resolveNodes()) {
            names(nodes);
        }
    }

    /** Lines of hosts(5): an address, then names; what follows a # is a remark. */
    private void file(Path hosts, Map<String, Long> nodes) {
        try {
            if (Files.size(hosts) > LARGEST_FILE) {
                log.warn("{} is larger than {} bytes and is not read", hosts, LARGEST_FILE);
                return;
            }
            for (String line : Files.readAllLines(hosts)) {
                List<String> words =
                        Arrays.asList(line.replaceFirst("#.*", "").strip().split("\\s+"));
                words.stream().skip(1).map(nodes::get).forEach(node -> {
                    if (node != null) {
                        addresses.seen(node, words.getFirst(), NodeAddresses.Source.FILE);
                    }
                });
            }
        } catch (IOException e) {
            log.warn("{} cannot be read: {}", hosts, e.toString());
        }
    }

    private void names(Map<String, Long> nodes) {
        Instant until = clock.instant().plus(ASKED_FOR);
        for (Map.Entry<String, Long> node : nodes.entrySet()) {
            if (clock.instant().isAfter(until) || Thread.currentThread().isInterrupted()) {
                return;
            }
            try {
                for (InetAddress address : InetAddress.getAllByName(node.getKey())) {
                    // Debian and others give the machine's own name a loopback address.
                    if (!address.isLoopbackAddress()) {
                        addresses.seen(node.getValue(), address.getHostAddress(), NodeAddresses.Source.NAME);
                    }
                }
            } catch (UnknownHostException e) {
                // Many a batch system's names are its own.
                log.debug("The name service does not know {}", node.getKey());
            }
        }
    }
}
