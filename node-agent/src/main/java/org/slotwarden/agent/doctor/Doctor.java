package org.slotwarden.agent.doctor;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.AgentConfig;
import org.slotwarden.agent.NodeName;
import org.slotwarden.agent.order.OrderReadiness;
import org.slotwarden.agent.order.OrderSettings;
import org.slotwarden.agent.probe.ProcFiles;

/**
 * {@code node-agent doctor [--config FILE] [--state DIR] [--json]}: says on standard output what works on
 * this node. Exit status 0 when a monitor would work here, 1 when not, 2 when the options make no sense.
 */
public final class Doctor {

    private static final String USAGE = "usage: node-agent doctor [--config FILE] [--state DIR] [--node NAME] [--json]";
    private static final Path PROC = Path.of("/proc");
    private static final Path SYS = Path.of("/sys");
    private static final long PATIENCE_SECONDS = 60;

    private interface Check {
        List<Finding> look() throws Exception;
    }

    private final @Nullable Path prefix;
    private final String version;
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable Path configFile;
    private @Nullable Path state;
    private @Nullable String node;
    private boolean json;

    private Doctor(String version) {
        this.version = version;
        this.prefix = prefix(System.getProperty("java.class.path"));
    }

    /** Of PREFIX/node-agent/lib/node-agent.jar; null when that is not what runs. */
    private static @Nullable Path prefix(String classPath) {
        String suffix = "/node-agent/lib/node-agent.jar";
        return classPath.endsWith(suffix)
                ? Path.of("/" + classPath.substring(0, classPath.length() - suffix.length()))
                : null;
    }

    /** @param arguments what follows the word doctor */
    public static int run(List<String> arguments, String version, PrintStream out, PrintStream err) {
        Doctor doctor = new Doctor(version);
        String trouble = doctor.parse(arguments);
        if (trouble != null) {
            err.println("node-agent: " + trouble + "; " + USAGE);
            return 2;
        }
        doctor.look();
        out.print(doctor.json ? Report.json(doctor.findings) : Report.text(doctor.findings));
        out.flush();
        return Report.works(doctor.findings) ? 0 : 1;
    }

    private @Nullable String parse(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            if (option.equals("--json")) {
                json = true;
                continue;
            }
            if (++i == arguments.size()) {
                return option + " needs a value, or is no option";
            }
            switch (option) {
                case "--config" -> configFile = Path.of(arguments.get(i)).toAbsolutePath();
                case "--state" ->
                    state = Path.of(arguments.get(i)).toAbsolutePath().normalize();
                case "--node" -> node = arguments.get(i);
                default -> {
                    return "unknown option " + option;
                }
            }
        }
        return null;
    }

    private void look() {
        findings.add(runtime());
        AgentConfig config = config();
        ProcFiles proc = new ProcFiles(PROC);
        Path shared = config == null ? state : config.state();
        if (config != null) {
            String name = nodeName(config, proc);
            findings.add(Finding.ok("node", name));
            check("orders", () -> orders(config));
            check("portal", () -> PortalFindings.look(config.destination(), name, version));
        }
        if (shared != null) {
            check("state", () -> new StateCheck(shared, new ProcFiles(PROC)).look());
        }
        check("kernel", () -> new KernelCheck(new ProcFiles(PROC), new ProcFiles(SYS)).look());
        check("hardware", () -> new HardwareCheck(PROC, SYS, config == null ? null : config.nvidiaSmi()).look());
        check("batch system", () -> new BatchSystemCheck(prefix, config, state == null).look());
    }

    /** A check that hangs (a file system, a driver) is itself a finding. */
    private void check(String topic, Check check) {
        CompletableFuture<List<Finding>> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(topic).start(() -> {
            try {
                result.complete(check.look());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        try {
            findings.addAll(result.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            findings.add(Finding.fail(topic, "no answer within " + PATIENCE_SECONDS + " s", "something hangs there"));
        } catch (ExecutionException e) {
            findings.add(Finding.fail(topic, String.valueOf(e.getCause()), "this should not happen"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Finding runtime() {
        String maps = new ProcFiles(PROC).text("self/maps");
        List<String> archives = maps == null
                ? List.of()
                : maps.lines()
                        .filter(line -> line.endsWith(".jsa"))
                        .map(line -> line.substring(line.lastIndexOf('/') + 1))
                        .distinct()
                        .toList();
        String java = "Java " + Runtime.version() + " in " + System.getProperty("java.home");
        return archives.isEmpty()
                ? Finding.warn(
                        "runtime", java + ", without a class archive", "the start takes longer; package the agent anew")
                : Finding.ok("runtime", java + ", class archive " + String.join(", ", archives));
    }

    private @Nullable AgentConfig config() {
        Path file = configFile != null ? configFile : prefix == null ? null : prefix.resolve("etc/agent.conf");
        if (file == null || (configFile == null && !Files.exists(file))) {
            findings.add(Finding.fail("configuration", "none named, and none installed", "name one with --config"));
            return null;
        }
        try {
            AgentConfig config = AgentConfig.read(file).with(state, node);
            findings.add(Finding.ok("configuration", file.toString()));
            return config;
        } catch (AgentConfig.Invalid e) {
            findings.add(
                    Finding.fail("configuration", file + ": " + e.getMessage(), "docs/node-agent.md has all keys"));
            return null;
        }
    }

    private static List<Finding> orders(AgentConfig config) {
        OrderReadiness readiness = OrderReadiness.of(config.orders(), new ProcFiles(PROC));
        if (!readiness.works()) {
            return List.of(Finding.warn("orders", readiness.text(), "no order of the portal is carried out here"));
        }
        return List.of(
                config.orders().equals(OrderSettings.OFF)
                        ? Finding.absent("orders", readiness.text(), "orders.key_file names the portal's public key")
                        : Finding.ok("orders", readiness.text()));
    }

    private static String nodeName(AgentConfig config, ProcFiles proc) {
        return NodeName.find(config.node(), config.state(), proc);
    }
}
