package org.slotwarden.portal.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections that wait for an answer for as long as it takes. The others give up ({@code socketTimeout}): a server
 * that is gone without a word would else stop whoever waits for it for ever. But a change of the schema copies tables.
 */
@Configuration(proxyBeanMethods = false)
class PatientConnections {

    private static final class Patient extends DelegatingDataSource {
        private final Duration patience;

        /** @param patience for one answer; zero: for as long as it takes */
        Patient(DataSource pool, Duration patience) {
            super(pool);
            this.patience = patience;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return patient(super.getConnection());
        }

        @Override
        public Connection getConnection(String username, String password) throws SQLException {
            return patient(super.getConnection(username, password));
        }

        /** Until it goes back to the pool, which makes it as it was. */
        private Connection patient(Connection connection) throws SQLException {
            try {
                connection.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }
    }

    @Bean
    FlywayConfigurationCustomizer patientMigrations() {
        return flyway -> flyway.dataSource(new Patient(flyway.getDataSource(), Duration.ZERO));
    }

    /** For statements that may take longer than any other, each in a transaction of its own. */
    @Bean
    PatientJdbc patientJdbc(DataSource pool, DatabaseSettings settings) {
        return new PatientJdbc(new JdbcTemplate(new Patient(pool, settings.patience())));
    }
}
