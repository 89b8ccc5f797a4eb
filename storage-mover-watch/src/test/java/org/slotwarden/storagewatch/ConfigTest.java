package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an admin may write, and what is said about the rest. */
class ConfigTest {

    private static Properties good() {
        Properties properties = new Properties();
        properties.setProperty("storage", "dcache");
        properties.setProperty("portal.url", "https://slotwarden.example.org");
        properties.setProperty("portal.token_file", "/etc/slotwarden/token");
        properties.setProperty("dcache.url", "https://dcache.example.org:3880");
        return properties;
    }

    @Test
    void theExampleCanBeRead() throws Exception {
        WatchConfig config = WatchConfig.read(Path.of("etc/storage-mover-watch.conf"));

        assertThat(config.storage()).isEqualTo("dcache");
        assertThat(config.interval()).hasSeconds(30);
        assertThat(config.mayRelease()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            storage                        | a b                            | storage must be 1 to 64
            storage                        |                                | storage is missing
            portal.url                     | http://slotwarden.example.org  | portal.url must be https
            dcache.url                     | http://dcache.example.org      | dcache.url must be https
            dcache.url                     | https://root:hidden@example.org | dcache.url must look like
            dcache.url                     |                                | dcache.url is missing
            portal.token_file              | token                          | must be an absolute path
            dcache.user                    | root                           | need each other
            dcache.client_key_file         | /key                           | need each other
            poll_interval_seconds          | 0                              | from 1 to 3600, not 0
            may_release                    | yes                            | may_release must be true or false
            storage_hosts                  | a:b:c/d                        | storage_hosts must be
            dcache.passwort_file           | /x                             | unknown key dcache.passwort_file
            """)
    void whatCannotBeIsSaid(String key, String value, String message) {
        Properties properties = good();
        properties.setProperty(key, value == null ? "" : value);

        assertThatThrownBy(() -> WatchConfig.of(properties))
                .isInstanceOf(WatchConfig.Invalid.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hidden");
    }

    @Test
    void oneLoginIsEnough() {
        Properties properties = good();
        properties.setProperty("dcache.token_file", "/t");
        properties.setProperty("dcache.user", "root");
        properties.setProperty("dcache.password_file", "/p");

        assertThatThrownBy(() -> WatchConfig.of(properties)).hasMessageContaining("one login is enough");
    }
}
