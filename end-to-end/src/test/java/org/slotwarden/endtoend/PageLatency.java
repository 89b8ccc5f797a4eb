package org.slotwarden.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A benchmark, run by {@code bench/page-latency}: how long after a sample was taken its point stands on the
 * open page of the job. A job of the batch system local is sampled every second; a script in the page looks
 * at the chart every 20 ms.
 */
public final class PageLatency {

    private static final String WATCH = """
            () => {
              const canvas = document.querySelector('figure[data-metrics*="memory_rss_bytes"] canvas');
              window.seen = [];
              let last = 0;
              setInterval(() => {
                const chart = Chart.getChart(canvas);
                if (!chart) return;
                const now = Date.now();
                const points = chart.data.datasets[0].data.filter(p => p && p.y !== null && !Number.isNaN(p.y));
                const newest = points.length ? points[points.length - 1].x : 0;
                if (newest > last) {
                  if (last) window.seen.push(now - newest);
                  last = newest;
                }
              }, 20);
            }
            """;

    private PageLatency() {}

    public static void main(String[] arguments) throws IOException {
        int wanted = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("slotwarden-bench-");
        Installation installation = new Installation(directory.resolve("opt"));
        Process job = null;
        try (Portal portal = new Portal(directory.resolve("portal"))) {
            installation.configure(
                    portal, List.of("bench"), "bench", "", "sample_interval_seconds=1", "idle_exit_seconds=5");
            job = new ProcessBuilder(
                            installation.hook("local", "run-job").toString(),
                            "--job-id",
                            "1",
                            "--cores",
                            "1",
                            "--memory",
                            "400M",
                            "--work-directory",
                            directory.toString(),
                            "--output",
                            "/dev/null",
                            "--",
                            Command.checkout().resolve("demo/jobs/healthy").toString(),
                            "3600",
                            "0.2")
                    .start();
            await("the job's first samples")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> portal.get("/api/v1/jobs?job_id=1")
                            .path("items")
                            .path(0)
                            .path("memory_rss_bytes")
                            .isNumber());
            long id = portal.get("/api/v1/jobs?job_id=1")
                    .path("items")
                    .path(0)
                    .path("id")
                    .asLong();
            try (Browser browser = new Browser(portal)) {
                browser.page().navigate(portal.url() + "/jobs/" + id);
                browser.page().evaluate(WATCH);
                browser.page()
                        .waitForFunction(
                                "n => window.seen.length >= n",
                                wanted,
                                new com.microsoft.playwright.Page.WaitForFunctionOptions()
                                        .setTimeout(wanted * 5_000.0));
                @SuppressWarnings("unchecked")
                List<Number> seen = (List<Number>) browser.page().evaluate("window.seen");
                print(seen.stream().map(Number::doubleValue).sorted().toList());
            }
        } finally {
            if (job != null) {
                job.destroy();
                Process ended = job;
                await("the job's end").atMost(Duration.ofSeconds(30)).until(() -> !ended.isAlive());
            }
            installation.endAgents(List.of("bench"));
        }
    }

    private static void print(List<Double> sorted) {
        System.out.println("| samples seen | p50 ms | p90 ms | p99 ms | max ms |");
        System.out.println("|---|---|---|---|---|");
        System.out.printf(
                Locale.ROOT,
                "| %d | %.0f | %.0f | %.0f | %.0f |%n",
                sorted.size(),
                quantile(sorted, 0.5),
                quantile(sorted, 0.9),
                quantile(sorted, 0.99),
                sorted.getLast());
    }

    private static double quantile(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(share * sorted.size()) - 1));
    }
}
