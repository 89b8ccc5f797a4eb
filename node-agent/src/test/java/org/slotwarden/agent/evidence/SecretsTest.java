package org.slotwarden.agent.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            fetch --password=hunter2 --out x            | fetch --password=*** --out x
            fetch --db-password hunter2 --out x         | fetch --db-password *** --out x
            DB_PASSWD='two words' run                   | DB_PASSWD=*** run
            {"api_key": "abc", "n": 3}                  | {"api_key": ***, "n": 3}
            X_TOKEN_FILE: abc                           | X_TOKEN_FILE: ***
            Authorization: Bearer abcdefgh12345         | Authorization: Bearer ***
            git clone https://ada:s3cret@host/r.git     | git clone https://ada:***@host/r.git
            mysql -h db -u ada -ps3cret                 | mysql -h db -u ada -p***
            curl -s -u ada:s3cret https://x             | curl -s -u ada:*** https://x
            sshpass -p s3cret ssh host                  | sshpass -p *** ssh host
            id AKIAABCDEFGHIJKLMNOP end                 | id *** end
            t ghp_abcdefghijklmnopqrstuvwxyz0123 end    | t *** end
            """)
    void hidesWhatLooksLikeASecret(String said, String told) {
        assertThat(Secrets.hide(said)).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            step 7 of 10, loss=0.31, tokens=4096
            tar -p -x -f data.tar
            ./run --passes 3 --input file
            https://host:8080/path
            """)
    void leavesTheRest(String said) {
        assertThat(Secrets.hide(said)).isEqualTo(said);
    }

    @Test
    void aPrivateKeyIsHidden() {
        assertThat(Secrets.hide("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nb"))
                .isEqualTo("a\n-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nb");
    }

    @Test
    void noTextTakesLong() {
        for (String piece : new String[] {"a", "password", "mysql -", "curl -u ", "--token ", "x=", "://a:", "eyJa."}) {
            String text = piece.repeat(4096 / piece.length());
            assertThatCode(() -> Assertions.assertTimeoutPreemptively(Duration.ofMinutes(1), () -> Secrets.hide(text)))
                    .as(piece)
                    .doesNotThrowAnyException();
        }
    }
}
