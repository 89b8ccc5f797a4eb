package org.slotwarden.portal.retention;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.DataDirectory;
import org.slotwarden.portal.database.EmbeddedMariaDb;
import org.slotwarden.portal.retention.DiskUse.OfClass;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/** Measures how much room the data take, keeps an hourly record of it, and says where that leads. */
@Service
public class DiskUses {

    /** Tables by class; what is not named belongs to the jobs. */
    private static final String CLASS = """
            CASE WHEN table_name = 'job_sample' OR LEFT(table_name, 12) = 'job_sample_p' THEN 'rows'
                WHEN table_name = 'sample_block' THEN 'blocks'
                WHEN table_name = 'sample_rollup' THEN 'rollups'
                WHEN table_name IN ('node_sample', 'agent_sample', 'agent_process') THEN 'nodes'
                ELSE 'jobs' END
            """;

    /** Growth is that over so long, or over what there is of it, if that is an hour at least. */
    private static final Duration LATELY = Duration.ofDays(7);

    private static final Duration LEAST = Duration.ofHours(1);
    private static final Logger log = LoggerFactory.getLogger(DiskUses.class);

    private final JdbcClient jdbc;
    private final RetentionSettings settings;
    private final @Nullable DataDirectory directory;
    private final Clock clock;
    private final MultiGauge bytes;
    private final MultiGauge perDay;
    private final MultiGauge disk;
    private @Nullable DiskUse latest;

    DiskUses(
            JdbcClient jdbc,
            RetentionSettings settings,
            DataDirectory directory,
            ObjectProvider<EmbeddedMariaDb> embedded,
            Clock clock,
            MeterRegistry meters) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.directory = embedded.getIfAvailable() == null ? null : directory;
        this.clock = clock;
        bytes = MultiGauge.builder("slotwarden.data")
                .baseUnit("bytes")
                .description("Room that the data take in the database, by class")
                .register(meters);
        perDay = MultiGauge.builder("slotwarden.data.growth")
                .baseUnit("bytes_per_day")
                .description("By how much that grew lately")
                .register(meters);
        disk = MultiGauge.builder("slotwarden.data.disk")
                .description("Free bytes of the disk of the embedded database, and seconds until it is full")
                .register(meters);
    }

    /** Each hour; the figures for Prometheus are of then. */
    @Scheduled(initialDelayString = "PT30S", fixedDelayString = "PT1H")
    void record() {
        try {
            DiskUse use = now();
            use.classes()
                    .forEach(one -> jdbc.sql("INSERT INTO disk_use (time, class, bytes) VALUES (?, ?, ?)")
                            .params(use.at(), one.name(), one.bytes())
                            .update());
            show(use);
        } catch (DataAccessException e) {
            log.warn("How much room the data take could not be recorded", e);
        }
    }

    private void show(DiskUse use) {
        bytes.register(
                use.classes().stream()
                        .map(one -> MultiGauge.Row.of(Tags.of("class", one.name()), one.bytes()))
                        .toList(),
                true);
        List<MultiGauge.Row<?>> growth = new ArrayList<>();
        for (OfClass one : use.classes()) {
            if (one.bytesPerDay() != null) {
                growth.add(MultiGauge.Row.of(Tags.of("class", one.name()), one.bytesPerDay()));
            }
        }
        perDay.register(growth, true);
        List<MultiGauge.Row<?>> room = new ArrayList<>();
        if (use.freeBytes() != null) {
            room.add(MultiGauge.Row.of(Tags.of("of", "free_bytes"), use.freeBytes()));
        }
        if (use.fullAt() != null) {
            room.add(MultiGauge.Row.of(
                    Tags.of("of", "seconds_until_full"),
                    Duration.between(use.at(), use.fullAt()).toSeconds()));
        }
        disk.register(room, true);
    }

    /** As it was within the last minute. */
    public synchronized DiskUse lately() {
        DiskUse use = latest;
        if (use == null || use.at().isBefore(clock.instant().minus(Duration.ofMinutes(1)))) {
            use = now();
            latest = use;
        }
        return use;
    }

    /** As the database's statistics have it, which follow changes of a tenth of a table. */
    DiskUse now() {
        Instant now = clock.instant();
        Map<String, Long> sizes = sizes();
        Map<String, Double> growth = growth(now, sizes);
        List<OfClass> classes = new ArrayList<>();
        sizes.forEach((name, size) -> classes.add(new OfClass(name, size, kept(name), growth.get(name))));
        FileStore store = store();
        Long free = null;
        Long total = null;
        if (store != null) {
            try {
                free = store.getUsableSpace();
                total = store.getTotalSpace();
            } catch (IOException e) {
                log.debug("The free space is not known", e);
            }
        }
        return new DiskUse(now, classes, free, total, DiskUse.fullAt(now, classes, free));
    }

    private Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        List.of("rows", "blocks", "rollups", "nodes", "jobs").forEach(name -> sizes.put(name, 0L));
        jdbc.sql("SELECT " + CLASS + " class, SUM(data_length + index_length) bytes FROM information_schema.tables"
                        + " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' GROUP BY 1")
                .query((ResultSet row) -> {
                    sizes.put(row.getString("class"), row.getLong("bytes"));
                });
        return sizes;
    }

    private Map<String, Double> growth(Instant now, Map<String, Long> sizes) {
        Map<String, Double> growth = new LinkedHashMap<>();
        jdbc.sql("""
                        SELECT d.* FROM disk_use d JOIN (
                            SELECT class, MIN(time) first FROM disk_use WHERE time >= ? GROUP BY class) f
                            ON f.class = d.class AND f.first = d.time
                        """).param(now.minus(LATELY)).query((ResultSet row) -> {
            Duration since = Duration.between(row.getObject("time", Instant.class), now);
            Long size = sizes.get(row.getString("class"));
            if (size != null && since.compareTo(LEAST) >= 0) {
                growth.put(row.getString("class"), (size - row.getLong("bytes")) * 86_400.0 / since.toSeconds());
            }
        });
        return growth;
    }

    private Duration kept(String name) {
        return switch (name) {
            case "rows" -> settings.rows();
            case "blocks" -> settings.blocks();
            case "rollups" -> settings.rollups();
            case "nodes" -> settings.nodes();
            default -> settings.jobs();
        };
    }

    private @Nullable FileStore store() {
        try {
            return directory == null ? null : Files.getFileStore(directory.dataDirectory());
        } catch (IOException e) {
            log.debug("The file system is not known", e);
            return null;
        }
    }
}
