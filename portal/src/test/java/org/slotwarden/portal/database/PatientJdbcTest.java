package org.slotwarden.portal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@PortalTest
class PatientJdbcTest {

    @Autowired
    DataSource database;

    private Connection connection;
    private PatientJdbc patient;

    @BeforeEach
    void tables() throws SQLException {
        connection = database.getConnection();
        patient = new PatientJdbc(new JdbcTemplate(new SingleConnectionDataSource(connection, true)));
        patient.execute("CREATE TABLE locked (id INT)");
        patient.execute("CREATE TABLE other (id INT)");
    }

    @AfterEach
    void none() throws SQLException {
        patient.execute("UNLOCK TABLES");
        patient.execute("DROP TABLE locked");
        patient.execute("DROP TABLE other");
        connection.close();
    }

    @Test
    void whileStatementsRunTheTablesAreLocked_andNotLonger_alsoWhenOneFails() {
        assertThatThrownBy(() -> patient.executeLocked(
                        "LOCK TABLES locked WRITE",
                        List.of(
                                "INSERT INTO locked VALUES (1)",
                                "INSERT INTO other VALUES (1)",
                                "INSERT INTO locked VALUES (2)")))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("was not locked");

        patient.execute("INSERT INTO other VALUES (3)");
        assertThat(new JdbcTemplate(database).queryForList("SELECT id FROM locked", Integer.class))
                .containsExactly(1);
    }
}
