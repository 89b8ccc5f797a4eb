package org.slotwarden.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the agent was started with; what stands here overrides the configuration.
 *
 * @param config the configuration file
 */
record CommandLine(
        Path config, @Nullable Path state, @Nullable String node) {

    private static final String USAGE = "usage: node-agent --config FILE [--state DIR] [--node NAME]";

    static CommandLine parse(String[] arguments) throws AgentConfig.Invalid {
        Path config = null;
        Path state = null;
        String node = null;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new AgentConfig.Invalid(arguments[i] + " needs a value; " + USAGE);
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--config" -> config = Path.of(value).toAbsolutePath();
                case "--state" -> state = Path.of(value).toAbsolutePath().normalize();
                case "--node" -> node = AgentConfig.node(value);
                default -> throw new AgentConfig.Invalid("unknown option " + arguments[i] + "; " + USAGE);
            }
        }
        if (config == null) {
            throw new AgentConfig.Invalid("--config is missing; " + USAGE);
        }
        return new CommandLine(config, state, node);
    }
}
