package org.slotwarden.portal.database;

import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Starts the embedded database before the connection pool and stops it after. In external mode
 * Spring Boot's own {@code spring.datasource.*} are all there is.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "slotwarden.database.mode", havingValue = "embedded", matchIfMissing = true)
class EmbeddedDatabaseConfiguration {

    @Bean
    EmbeddedMariaDb embeddedMariaDb(DataDirectory dataDirectory, DatabaseSettings settings) {
        return new EmbeddedMariaDb(
                dataDirectory.dataDirectory(),
                Objects.requireNonNullElse(settings.serverDirectory(), dataDirectory.resolve("mariadb-server"))
                        .toAbsolutePath(),
                settings.bufferPool(),
                settings.serverOptions());
    }

    @Bean
    JdbcConnectionDetails embeddedConnectionDetails(EmbeddedMariaDb database) {
        return new JdbcConnectionDetails() {
            @Override
            public String getUsername() {
                return EmbeddedMariaDb.NAME;
            }

            @Override
            public String getPassword() {
                return database.password();
            }

            @Override
            public String getJdbcUrl() {
                return database.jdbcUrl();
            }
        };
    }
}
