package org.slotwarden.portal.node;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The agents of the whole site for Prometheus: sums and maxima, no line for each node. */
@Component
class AgentGauges implements MeterBinder {

    /** All gauges are read at once, and ask the database once. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final AgentProcesses agents;
    private final Clock clock;
    private AgentProcesses.@Nullable Site site;
    private Instant askedAt = Instant.EPOCH;

    AgentGauges(AgentProcesses agents, Clock clock) {
        this.agents = agents;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "processes", "Agent processes that report", AgentProcesses.Site::processes);
        gauge(registry, "cores_used", "Cores that all agents use together", AgentProcesses.Site::coresUsed);
        gauge(registry, "memory_rss_bytes", "Resident memory of all agents", AgentProcesses.Site::memoryBytes);
        gauge(
                registry,
                "memory_rss_bytes_max",
                "Resident memory of the largest agent process",
                AgentProcesses.Site::greatestMemoryBytes);
        gauge(registry, "spool_bytes", "Size of all spools", AgentProcesses.Site::spoolBytes);
        gauge(registry, "spool_bytes_max", "Size of the largest spool", AgentProcesses.Site::greatestSpoolBytes);
        gauge(
                registry,
                "reports_waiting",
                "Reports that agents have not sent yet",
                AgentProcesses.Site::reportsWaiting);
        gauge(
                registry,
                "lag_seconds_max",
                "Age of the oldest report that waits on any node",
                AgentProcesses.Site::greatestLagSeconds);
        gauge(
                registry,
                "sample_late_seconds_max",
                "How late the latest sampling of any agent began",
                AgentProcesses.Site::greatestSampleLateSeconds);
        gauge(
                registry,
                "samples_given_up",
                "Samples given up by the agents that report, since they started",
                AgentProcesses.Site::samplesGivenUp);
        gauge(registry, "samples_held_back", "Samples held back in memory", AgentProcesses.Site::samplesHeldBack);
        gauge(
                registry,
                "errors",
                "Errors counted by the agents that report, since they started",
                AgentProcesses.Site::errors);
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<AgentProcesses.Site> part) {
        Gauge.builder("slotwarden.agent." + name, () -> part.applyAsDouble(site()))
                .description(description)
                .register(registry);
    }

    private synchronized AgentProcesses.Site site() {
        Instant now = clock.instant();
        AgentProcesses.Site known = site;
        if (known == null || Duration.between(askedAt, now).compareTo(FRESH) >= 0) {
            known = agents.site();
            site = known;
            askedAt = now;
        }
        return known;
    }
}
