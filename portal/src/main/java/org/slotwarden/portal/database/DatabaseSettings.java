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
 * @param patience how long a change of tables may take
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
    }
}
