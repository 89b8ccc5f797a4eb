package org.slotwarden.portal.database;

import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Changes of tables that hold much: they are waited for much longer than others ({@code slotwarden.database.patience}),
 * but not for ever by a thread that has other things to do.
 */
public final class PatientJdbc {

    private final JdbcTemplate jdbc;

    PatientJdbc(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Each in a transaction of its own, whatever the caller's. */
    public void execute(String statement) {
        jdbc.execute(statement);
    }

    /**
     * On one connection, with tables locked for nobody else to read or write them.
     *
     * @param lock {@code LOCK TABLES ...}; the others are not tried when it fails
     */
    public void executeLocked(String lock, List<String> statements) {
        jdbc.execute((ConnectionCallback<@Nullable Void>) connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(lock);
                try {
                    for (String one : statements) {
                        statement.execute(one);
                    }
                } finally {
                    statement.execute("UNLOCK TABLES");
                }
            }
            return null;
        });
    }
}
