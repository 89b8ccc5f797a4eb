package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.StorageReport;

/** A dCache with a certificate that nobody signed. */
class TrustTest {

    private static final char[] PASSWORD = "secret".toCharArray();

    @TempDir
    Path folder;

    /** A key with a self-signed certificate for one name or address; {@code NAME.pem} is the certificate. */
    private SSLContext key(String name, String subject) throws Exception {
        Path keys = folder.resolve(name + ".keys");
        call("-genkeypair", "-alias", "it", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "SAN=" + subject, keys);
        call("-exportcert", "-rfc", "-alias", "it", "-file", folder.resolve(name + ".pem"), keys);
        KeyStore store = store(keys);
        Key key = store.getKey("it", PASSWORD);
        Path pem = folder.resolve(name + ".key");
        Files.writeString(
                pem,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(pem, PosixFilePermissions.fromString("rw-------"));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore store(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static void call(Object... arguments) throws Exception {
        ProcessBuilder keytool = new ProcessBuilder();
        keytool.command()
                .add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        for (int i = 0; i < arguments.length - 1; i++) {
            keytool.command().add(arguments[i].toString());
        }
        keytool.command().add("-keystore");
        keytool.command().add(arguments[arguments.length - 1].toString());
        keytool.command().add("-storepass");
        keytool.command().add(new String(PASSWORD));
        keytool.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process process = keytool.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private StorageReport look(SSLContext server, String... settings) throws Exception {
        Path own = Files.createTempDirectory(folder, "site");
        try (FakeDcache dcache = new FakeDcache(server, 0).pools("a");
                Site site = new Site(own, dcache.url(), settings)) {
            return site.look();
        }
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void whomToBelieve() throws Exception {
        SSLContext right = key("right", "IP:127.0.0.1");
        SSLContext named = key("named", "DNS:dcache.example.org");

        // Nobody vouches for it.
        StorageReport unknown = look(right);
        assertThat(Site.kinds(unknown)).containsExactly("away");
        assertThat(Site.text(unknown, "away")).contains("its certificate is not trusted");
        // The site names it as its own authority.
        assertThat(Site.kinds(look(right, "dcache.ca_file", file("right.pem")))).isEmpty();
        // The right authority, another name.
        assertThat(Site.text(look(named, "dcache.ca_file", file("named.pem")), "away"))
                .contains("for another name");
        // Exactly this one.
        assertThat(Site.kinds(look(named, "dcache.certificate_file", file("named.pem"))))
                .isEmpty();
        assertThat(Site.text(look(right, "dcache.certificate_file", file("named.pem")), "away"))
                .contains("another certificate");
    }

    @Test
    void aClientShowsItsCertificate() throws Exception {
        SSLContext server = key("server", "IP:127.0.0.1");
        key("client", "DNS:watch.example.org");
        Path own = Files.createTempDirectory(folder, "site");
        try (FakeDcache dcache = new FakeDcache(server, 0).pools("a");
                Site site = new Site(
                        own,
                        "",
                        "dcache.url",
                        dcache.url(),
                        "dcache.ca_file",
                        file("server.pem"),
                        "dcache.client_certificate_file",
                        file("client.pem"),
                        "dcache.client_key_file",
                        file("client.key"))) {
            assertThat(Site.kinds(site.look())).isEmpty();
            assertThat(dcache.lastHeaders()).doesNotContainKey("Authorization");

            Files.setPosixFilePermissions(folder.resolve("client.key"), PosixFilePermissions.fromString("rw-r--r--"));
            site.restart();
            assertThat(Site.text(site.look(), "away")).contains("open to other users");
        }
    }
}
