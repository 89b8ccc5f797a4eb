package org.slotwarden.agent.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static final String KEY_LINES =
            "MIIEowIBAAKCAQEAx0mZ3bYwQk7n1tV9sJcP2rLh5uEoXyTfGdWvKa8RiNq4Hb6M\n".repeat(5);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            fetch --password=hunter2 --out x            | fetch --password=*** --out x
            fetch --db-password hunter2 --out x         | fetch --db-password *** --out x
            DB_PASSWD='two words' run                   | DB_PASSWD=*** run
            PASSWORD="two \\" words" run                | PASSWORD=*** run
            password: two words                         | password: ***
            fetch --passphrase 'two words' x            | fetch --passphrase *** x
            {"api_key": "abc", "n": 3}                  | {"api_key": ***, "n": 3}
            X_TOKEN_FILE: abc                           | X_TOKEN_FILE: ***
            fetch --pass hunter2 x                      | fetch --pass *** x
            fetch --pass=hunter2 x                      | fetch --pass=*** x
            fetch --db-pass hunter2 x                   | fetch --db-pass *** x
            PASS=hunter2 fetch                          | PASS=*** fetch
            DB_PASS=123456 fetch                        | DB_PASS=*** fetch
            SSHPASS=hunter2 sshpass -e ssh host         | SSHPASS=*** sshpass -e ssh host
            db_pass: hunter2                            | db_pass: ***
            pass: hunter2                               | pass: ***
            {"pass": "two words", "n": 3}               | {"pass": ***, "n": 3}
            openssl enc -in x -pass pass:hunter2        | openssl enc -in x -pass ***
            openssl rsa -in x -passin pass:hunter2      | openssl rsa -in x -passin pass:***
            Authorization: Bearer abcdefgh12345         | Authorization: Bearer ***
            Authorization: token abcdef                 | Authorization: token ***
            Cookie: a=b; session=s3cret                 | Cookie: ***
            Set-Cookie: session=s3cret; Path=/          | Set-Cookie: ***
            curl -H 'Cookie: a=b; session=s3' https://x | curl -H 'Cookie: ***' https://x
            {"Set-Cookie": "session=s3cret", "n": 3}    | {"Set-Cookie": "***", "n": 3}
            curl -b session=s3cret https://x            | curl -b *** https://x
            git clone https://ada:s3cret@host/r.git     | git clone https://ada:***@host/r.git
            mysql -h db -u ada -ps3cret                 | mysql -h db -u ada -p***
            mariadb-dump -ps3cret x                     | mariadb-dump -p*** x
            curl -s -u ada:s3cret https://x             | curl -s -u ada:*** https://x
            curl -sSu ada:s3cret https://x              | curl -sSu ada:*** https://x
            curl -uada:s3cret https://x                 | curl -uada:*** https://x
            curl --user=ada:s3cret https://x            | curl --user=ada:*** https://x
            curl -u "ada:two words" https://x           | curl -u "ada:***" https://x
            curl --proxy-user ada:s3cret https://x      | curl --proxy-user ada:*** https://x
            sshpass -p s3cret ssh host                  | sshpass -p *** ssh host
            id AKIAABCDEFGHIJKLMNOP end                 | id *** end
            t ghp_abcdefghijklmnopqrstuvwxyz0123 end    | t *** end
            """)
    void hidesWhatLooksLikeASecret(String said, String told) {
        assertThat(Secrets.hide(said)).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            step 7 of 10, loss=0.31, tokens=4096
            tar -p -x -f data.tar
            ./run --passes 3 --input file
            https://host:8080/path
            PASS: test_of_something
            --- PASS: TestFit (0.00s)
            PASS=12 FAIL=0
            pass: 12, fail: 0
            first pass: done
            12 passed, 1 failed
            ffmpeg -i in -pass 2 out.mp4
            align --bypass=1 --lowpass 20 --compass north
            PWD=/home/ada ./run
            docker run -u 1000:1000 image
            curl -b cookies.txt https://x
            3 cookies: plain, sweet, salty
            rsync -u host:path .
            sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            """)
    void leavesTheRest(String said) {
        assertThat(Secrets.hide(said)).isEqualTo(said);
    }

    /** Arguments as the kernel tells them, here with a comma for the NUL. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            fetch,--password=two words,--out,x          | fetch --password=*** --out x
            fetch,--password=it's "two" words,x         | fetch --password=*** x
            fetch,--password,two words,--out,x          | fetch --password *** --out x
            fetch,--pass,two words,x                    | fetch --pass *** x
            fetch,--pass=two words,x                    | fetch --pass=*** x
            fetch,--pass,2,x                            | fetch --pass 2 x
            fetch,--password,--out,x                    | fetch --password --out x
            env,DB_PASSWORD=two words,run               | env DB_PASSWORD=*** run
            curl,-u,ada:two words,https://x             | curl -u 'ada:***' https://x
            curl,-H,Cookie: a=b; c=d,https://x          | curl -H 'Cookie: ***' https://x
            sshpass,-p,two words,ssh,host               | sshpass -p *** ssh host
            mysql,-ptwo words,x                         | mysql -p*** x
            sh,-c,curl -u ada:s3cret x; echo it         | sh -c 'curl -u ada:*** x; echo it'
            perl,-e,print "a b"                         | perl -e 'print "a b"'
            worker: idle for 3 s                        | worker: idle for 3 s
            """)
    void aValueEndsWhereItsArgumentDoes(String said, String told) {
        assertThat(Secrets.hideArguments(said.replace(',', '\0') + "\0")).isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSA PRIVATE KEY",
                "OPENSSH PRIVATE KEY",
                "PRIVATE KEY",
                "PGP PRIVATE KEY BLOCK",
                "ENCRYPTED PRIVATE KEY"
            })
    void aPrivateKeyIsHidden_alsoWhereItsBeginOrItsEndIsCutOff(String kind) {
        String begin = "-----BEGIN " + kind + "-----";
        String end = "-----END " + kind + "-----";
        String key = "\nProc-Type: 4,ENCRYPTED\n\n" + KEY_LINES;

        assertThat(Secrets.hide("a\n" + begin + key + end + "\nb")).isEqualTo("a\n" + begin + "***" + end + "\nb");
        assertThat(Secrets.hide("a\n" + begin + key)).isEqualTo("a\n" + begin + "***");
        assertThat(Secrets.hide("owI" + key + end + "\nb")).isEqualTo("***" + end + "\nb");
        assertThat(Secrets.hide("x\n" + begin + key + end + "\nb\n" + begin + key + end + "\nc"))
                .isEqualTo("x\n" + begin + "***" + end + "\nb\n" + begin + "***" + end + "\nc");
    }

    @Test
    void linesOfAKeyWithoutEitherEdgeAreHidden_andLinesOfOtherThingsAreNot() {
        assertThat(Secrets.hide("a\n" + KEY_LINES + "b\n")).isEqualTo("a\n***\nb\n");
        String genes = "ACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCA\n".repeat(5);
        String hashes = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n".repeat(5);
        String rule = "=".repeat(70) + "\n";
        assertThat(Secrets.hide(genes + hashes + rule)).isEqualTo(genes + hashes + rule);
    }

    @Test
    void noTextTakesLong() {
        for (String piece : new String[] {
            "a",
            "password",
            "mysql -",
            "curl -u ",
            "curl -sSu a",
            "--token ",
            "x=",
            "://a:",
            "eyJa.",
            "pass=",
            "pass:\"",
            "password: ",
            "cookie:'",
            "\\\"",
            "PASSWORD=\"\\\"",
            "aA1",
            "-----BEGIN PRIVATE KEY-----",
            KEY_LINES
        }) {
            String text = piece.repeat(4096 / piece.length());
            assertThatCode(() -> Assertions.assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
                        Secrets.hide(text);
                        Secrets.hideArguments(text.replace(' ', '\0') + "\0");
                    }))
                    .as(piece)
                    .doesNotThrowAnyException();
        }
    }

    /** The thread that looks has little room for its stack. */
    @Test
    void noTextTakesMuchOfTheStack() throws InterruptedException {
        for (String piece :
                new String[] {KEY_LINES, "PASSWORD=\"" + "\\\"".repeat(2000), "password=" + "x".repeat(4000)}) {
            Throwable[] thrown = new Throwable[1];
            Thread thread = new Thread(null, () -> Secrets.hide(piece.repeat(20)), "small", 256 << 10);
            thread.setUncaughtExceptionHandler((which, error) -> thrown[0] = error);
            thread.start();
            thread.join();
            assertThat(thrown[0]).as(piece.substring(0, 12)).isNull();
        }
    }
}
