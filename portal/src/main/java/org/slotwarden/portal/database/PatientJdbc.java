package org.slotwarden.portal.database;

import org.springframework.jdbc.core.JdbcTemplate;

/** Changes of tables that hold much: they are waited for much longer than others (slotwarden.database.patience), but not for ever by a thread that has
 * other things to do. */
public final class PatientJdbc {

    private final JdbcTemplate jdbc;

    PatientJdbc(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Each in a transaction of its own, whatever the caller's. */
    public void execute(String statement) {
        jdbc.execute(statement);
    }
}
