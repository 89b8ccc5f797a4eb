package org.slotwarden.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the agent was started with; what stands here overrides the configuration.
 *
 * @param config the configuration file
 * @param state state directory
 * @param node this node's name
 * @param shared the node's state directory, when {@code state} is that of one slot's own process
 * @param guardian process that starts the agent again when it dies; 0: none
 * @param launcher program that starts a guardian and an agent; null: none
 * @param successor whether the agent that holds the lock now waits for this one
 * @param afterCrash whether the guardian started this process after another one had died
 */
record CommandLine(
        Path config,
        @Nullable Path state,
        @Nullable String node,
        @Nullable Path shared,
        int guardian,
        @Nullable Path launcher,
        boolean successor,
        boolean afterCrash) {

    private static final String USAGE = "usage: node-agent --config FILE [--state DIR] [--node NAME]";

    static CommandLine parse(String[] arguments) throws AgentConfig.Invalid {
        Path config = null;
        Path state = null;
        String node = null;
        Path shared = null;
        int guardian = 0;
        Path launcher = null;
        boolean successor = false;
        boolean afterCrash = false;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new AgentConfig.Invalid(arguments[i] + " needs a value; " + USAGE);
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--config" -> config = Path.of(value).toAbsolutePath();
                case "--state" -> state = Path.of(value).toAbsolutePath().normalize();
                case "--node" -> node = AgentConfig.node(value);
                case "--shared" -> shared = Path.of(value).toAbsolutePath().normalize();
                case "--guardian" -> guardian = pid(value);
                case "--launcher" -> launcher = Path.of(value);
                case "--successor" -> successor = value.equals("yes");
                case "--after-crash" -> afterCrash = value.equals("yes");
                default -> throw new AgentConfig.Invalid("unknown option " + arguments[i] + "; " + USAGE);
            }
        }
        if (config == null) {
            throw new AgentConfig.Invalid("--config is missing; " + USAGE);
        }
        return new CommandLine(config, state, node, shared, guardian, launcher, successor, afterCrash);
    }

    private static int pid(String text) throws AgentConfig.Invalid {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new AgentConfig.Invalid("--guardian must be a process, not " + text);
        }
    }
}
