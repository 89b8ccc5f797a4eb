package org.slotwarden.portal.database;

import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * {@code slotwarden.database.*}.
 *
 * @param mode where the database is; {@code external} takes {@code spring.datasource.*}
 * @param bufferPool memory for InnoDB's pages in embedded mode, at least 16 MB
 * @param serverDirectory where the embedded server's programs are unpacked (350 MB); absent: in the data directory
 * @param serverOptions further options of the embedded server, such as {@code --innodb-flush-log-at-trx-commit=0}
 * @param patience how long a change of tables may take, 1 s to 1 d: one that never ends would stop for ever who waits
 *     for it
 */
@Validated
@ConfigurationProperties("slotwarden.database")
record DatabaseSettings(
        @DefaultValue("embedded") @NotNull Mode mode,
        @DefaultValue("256MB") @NotNull DataSize bufferPool,
        @Nullable Path serverDirectory,
        @DefaultValue List<String> serverOptions,
        @DefaultValue("1h") @NotNull Duration patience) {

    private static final DataSize SMALLEST_BUFFER_POOL = DataSize.ofMegabytes(16);
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);
    private static final Duration MOST_PATIENCE = Duration.ofDays(1);

    enum Mode {
        EMBEDDED,
        EXTERNAL
    }

    DatabaseSettings {
        serverOptions = List.copyOf(serverOptions);
        if (bufferPool.compareTo(SMALLEST_BUFFER_POOL) < 0) {
            throw new IllegalArgumentException(
                    "slotwarden.database.buffer-pool is " + bufferPool + ", and must be 16MB at least");
        }
        if (patience.compareTo(LEAST_PATIENCE) < 0 || patience.compareTo(MOST_PATIENCE) > 0) {
            throw new IllegalArgumentException(
                    "slotwarden.database.patience is " + patience + ", and must be 1s to 1d");
        }
    }
}
