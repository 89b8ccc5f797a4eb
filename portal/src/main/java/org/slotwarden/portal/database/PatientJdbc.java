package org.slotwarden.portal.database;

import org.springframework.jdbc.core.JdbcTemplate;

/** Changes of tables that hold much: they are waited for, however long they take. */
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
