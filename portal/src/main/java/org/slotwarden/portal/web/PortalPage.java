package org.slotwarden.portal.web;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slotwarden.portal.ingest.IngestHealth;
import org.slotwarden.portal.retention.DiskUses;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** {@code /portal}: how the portal itself is, for admins. */
@Controller
class PortalPage {

    private final IngestHealth ingest;
    private final DiskUses diskUses;
    private final DataSource dataSource;
    private final Format format;

    PortalPage(IngestHealth ingest, DiskUses diskUses, DataSource dataSource, Format format) {
        this.ingest = ingest;
        this.diskUses = diskUses;
        this.dataSource = dataSource;
        this.format = format;
    }

    /** A line of the table of the process. */
    record Fact(String what, String text) {}

    @GetMapping("/portal")
    String show(Model model) {
        model.addAttribute("ingest", ingest.now());
        model.addAttribute("facts", facts());
        model.addAttribute("disk", diskUses.lately());
        return "portal";
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        var runtime = ManagementFactory.getRuntimeMXBean();
        facts.add(new Fact("Running for", format.duration(Duration.ofMillis(runtime.getUptime()))));
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        facts.add(new Fact("Heap", format.bytes(heap.getUsed()) + " of " + format.bytes(heap.getMax()) + " at most"));
        if (dataSource instanceof HikariDataSource pool && pool.getHikariPoolMXBean() != null) {
            var connections = pool.getHikariPoolMXBean();
            facts.add(new Fact(
                    "Connections to the database",
                    connections.getActiveConnections() + " busy of " + pool.getMaximumPoolSize() + " at most, "
                            + connections.getThreadsAwaitingConnection() + " wait for one"));
        }
        return facts;
    }
}
