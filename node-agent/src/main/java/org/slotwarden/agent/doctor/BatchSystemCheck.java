package org.slotwarden.agent.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.AgentConfig;

/** Which hooks are installed, and what the batch system's configuration says of them. Nothing is guessed. */
final class BatchSystemCheck {

    private static final List<Path> SLURM_CONF = List.of(
            Path.of("/etc/slurm/slurm.conf"),
            Path.of("/etc/slurm-llnl/slurm.conf"),
            Path.of("/usr/local/etc/slurm.conf"),
            Path.of("/run/slurm/conf/slurm.conf"));
    private static final int MOST = 1 << 20;

    private final @Nullable Path prefix;
    private final @Nullable AgentConfig config;
    private final boolean sameState;
    private final List<Path> slurmConf;

    /**
     * @param prefix where the tree is installed; null: it is not
     * @param sameState whether hooks and agent must have one state directory; not when another was asked about
     */
    BatchSystemCheck(@Nullable Path prefix, @Nullable AgentConfig config, boolean sameState) {
        this(prefix, config, sameState, SLURM_CONF);
    }

    BatchSystemCheck(@Nullable Path prefix, @Nullable AgentConfig config, boolean sameState, List<Path> slurmConf) {
        this.sameState = sameState;
        this.prefix = prefix;
        this.config = config;
        this.slurmConf = slurmConf;
    }

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        findings.add(hooks());
        for (Path conf : slurmConf) {
            if (Files.isReadable(conf)) {
                findings.add(slurm(conf));
            }
        }
        if (config != null) {
            findings.add(
                    config.scontrol() == null
                            ? Finding.absent("scontrol", "none: Slurm is not asked about jobs", null)
                            : Finding.ok("scontrol", config.scontrol().toString()));
        }
        return findings;
    }

    private Finding hooks() {
        if (prefix == null) {
            return Finding.absent(
                    "hooks", "this agent is not installed", "node-agent/package makes the tree for a node");
        }
        Path hooks = prefix.resolve("batch-prologue/bin");
        if (!Files.isDirectory(hooks)) {
            return Finding.absent("hooks", "none in " + hooks, "node-agent/package makes the tree for a node");
        }
        Path conf = prefix.resolve("etc/hook.conf");
        String state = value(text(conf), "state");
        if ("no".equals(value(text(conf), "enabled"))) {
            return Finding.warn("hooks", "switched off in " + conf, "enabled=yes");
        }
        String expected = state == null ? "/var/lib/slotwarden" : state;
        if (config != null
                && sameState
                && !expected.contains("$")
                && !Path.of(expected).equals(config.state())) {
            return Finding.fail(
                    "hooks",
                    "hand over in " + expected + ", but the agent looks into " + config.state(),
                    "make state the same in " + conf + " and agent.conf");
        }
        return Finding.ok("hooks", hooks.toString());
    }

    private static Finding slurm(Path conf) {
        List<String> lines = text(conf)
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("(?i)(Prolog|Epilog|TaskProlog|PrologFlags)\\s*=.*"))
                .toList();
        boolean ours = lines.stream().anyMatch(line -> line.contains("batch-prologue/bin/slurm/prologue"));
        String text = conf + ": " + (lines.isEmpty() ? "no Prolog" : String.join(", ", lines));
        return ours
                ? Finding.ok("slurm.conf", text)
                : Finding.warn(
                        "slurm.conf",
                        text,
                        "Prolog= must lead to batch-prologue/bin/slurm/prologue (docs/batch-hooks.md)");
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static @Nullable String value(String text, String key) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1).replaceAll("[\"']", ""))
                .filter(value -> !value.isEmpty())
                .reduce((first, last) -> last)
                .orElse(null);
    }
}
