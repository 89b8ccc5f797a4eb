package org.slotwarden.agent.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.send.PortalClient.PortalAway;
import org.slotwarden.agent.send.PortalClient.PortalRefused;
import org.slotwarden.wire.v1.ReportAnswer;

/** A portal behind a site's own authority. */
class PortalClientTest {

    private static final ReportAnswer ANSWER =
            ReportAnswer.newBuilder().setSendNodeFacts(true).build();

    private final Path folder;
    private final Path token;
    private final HttpsServer server;

    PortalClientTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        this.token = Files.writeString(folder.resolve("token"), "secret");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        keytool("-genkeypair", "-alias", "portal", "-keyalg", "EC", "-dname", "CN=portal", "-ext", "SAN=dns:localhost");
        keytool(
                "-exportcert",
                "-alias",
                "portal",
                "-rfc",
                "-file",
                folder.resolve("ca.pem").toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys"))) {
            keys.load(in, "password".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "password".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/site/ingest/v1/reports", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                byte[] answer = ANSWER.toByteArray();
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/keytool",
                "-keystore",
                folder.resolve("keys").toString(),
                "-storepass",
                "password"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI portal(String host) {
        return URI.create("https://" + host + ":" + server.getAddress().getPort() + "/site/");
    }

    @Test
    void trustsTheSitesAuthority() throws Exception {
        PortalClient client = new PortalClient(portal("localhost"), token, folder.resolve("ca.pem"));
        assertThat(client.post(new byte[] {1}).answer()).isEqualTo(ANSWER);
    }

    @Test
    void trustsNobodyElseAndNoOtherName() {
        assertThatThrownBy(() -> new PortalClient(portal("localhost"), token, null).post(new byte[0]))
                .isInstanceOf(PortalAway.class)
                .hasMessageContaining("SSLHandshakeException");
        assertThatThrownBy(
                        () -> new PortalClient(portal("127.0.0.1"), token, folder.resolve("ca.pem")).post(new byte[0]))
                .isInstanceOf(PortalAway.class)
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void saysWhatIsWrongWithItsFiles() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> new PortalClient(portal("localhost"), token, empty).post(new byte[0]))
                .isInstanceOf(PortalRefused.class)
                .hasMessageContaining("empty.pem");
        Files.writeString(token, "two\nlines");
        assertThatThrownBy(() -> new PortalClient(portal("localhost"), token, null).post(new byte[0]))
                .isInstanceOf(PortalRefused.class)
                .hasMessageContaining("one token")
                .hasMessageNotContaining("two");
    }
}
