package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

class StorageHostsTest {

    @Test
    void asLongAsTheDatabaseHasSaidNothingAgentsAreNotToldThatThereIsNone() {
        JdbcClient away = mock(JdbcClient.class);
        when(away.sql(anyString())).thenThrow(new DataAccessResourceFailureException("away"));
        StorageHosts hosts = new StorageHosts(away, Clock.systemUTC());

        assertThat(hosts.told()).isNull();
        assertThat(hosts.told()).as("asked a moment ago").isNull();
    }
}
