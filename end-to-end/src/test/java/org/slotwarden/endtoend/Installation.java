package org.slotwarden.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hooks and agent as {@code node-agent/package} installs them. Several nodes may share one installation, as
 * several slurmd on one machine do: each has a state directory and a token of its own.
 */
final class Installation {

    private final Path prefix;

    Installation(Path prefix) {
        this.prefix = prefix;
        Command.succeed(
                Duration.ofMinutes(3),
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                List.of(Command.checkout().resolve("node-agent/package").toString(), "--into", prefix.toString()));
    }

    /**
     * @param node name of the node, or a shell expression that gives it when a hook runs
     * @param agentConf further lines of agent.conf
     */
    void configure(Portal portal, List<String> nodes, String node, String cluster, String... agentConf) {
        try {
            Path etc = Files.createDirectories(prefix.resolve("etc"));
            Path keys = Files.writeString(etc.resolve("orders.pem"), portal.text("/api/v1/orders/key"));
            for (String name : nodes) {
                Path token = etc.resolve("token." + name);
                Files.deleteIfExists(token);
                Files.createFile(
                        token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(
                        token,
                        portal.post("/api/v1/nodes/" + name + "/token", "")
                                .get("token")
                                .asString());
                Files.writeString(
                        etc.resolve("agent." + name + ".conf"),
                        String.join(
                                "\n",
                                "portal.url=" + portal.url(),
                                "portal.token_file=" + token,
                                "orders.key_file=" + keys,
                                "node=" + name,
                                "state=" + state(name),
                                String.join("\n", agentConf),
                                ""));
            }
            // The node's own agent.conf: options given last win over the hook's own.
            Files.writeString(etc.resolve("hook.conf"), """
                    node=%s
                    state=%s/state/$node
                    cluster=%s
                    agent_options="--config %s/agent.$node.conf"
                    """.formatted(node, prefix, cluster, etc));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path hook(String batchSystem, String name) {
        return prefix.resolve("batch-prologue/bin").resolve(batchSystem).resolve(name);
    }

    Path state(String node) {
        return prefix.resolve("state").resolve(node);
    }

    /** The agent process of a node, if one lives. */
    Optional<ProcessHandle> agent(String node) {
        try {
            String[] words =
                    Files.readString(state(node).resolve("agent.pid")).strip().split(" ");
            return ProcessHandle.of(Long.parseLong(words[0])).filter(ProcessHandle::isAlive);
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    /** Ends the agents as an admin would, so that a test leaves nothing behind. */
    void endAgents(List<String> nodes) {
        for (String node : nodes) {
            agent(node).ifPresent(process -> {
                process.destroy();
                await("the end of the agent of " + node)
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> !process.isAlive());
            });
        }
    }
}
