package org.slotwarden.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The portal's jar as a process of its own, on an embedded MariaDB below a directory of the test. */
final class Portal implements AutoCloseable {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*?(?:value|content)=\"([^\"]+)\"");

    private final Path home;
    private final int port;
    private final List<String> options;
    private final JsonMapper json = new JsonMapper();
    private Process process;
    private String token = "";

    /** Starts it and logs in as the admin that it made. */
    Portal(Path home, String... options) {
        this.home = home;
        this.options = List.of(options);
        this.port = freePort();
        this.process = launch();
        this.token = newApiToken();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    String password() {
        try {
            return Files.readString(home.resolve("data/initial-admin-password")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode get(String path) {
        return send(request(path).GET().build());
    }

    String text(String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return text(client, request(path).GET().build());
        }
    }

    JsonNode post(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    JsonNode put(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** As a site that takes the portal down for a while; the data stay. */
    void stop() {
        process.destroy();
        await("the portal's end").atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive());
    }

    void startAgain() {
        process = launch();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tellsNoSecrets();
    }

    /** Drivers and libraries like to log how they reach a database. */
    private void tellsNoSecrets() {
        try {
            String log = Files.readString(home.resolve("portal.log"));
            for (String secret : List.of("database-password", "initial-admin-password")) {
                assertThat(log.contains(Files.readString(home.resolve("data").resolve(secret))
                                .strip()))
                        .as("whether " + home.resolve("portal.log") + " tells the " + secret)
                        .isFalse();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() {
        try {
            Files.createDirectories(home);
            Path jar;
            try (var jars = Files.newDirectoryStream(Command.checkout().resolve("portal/target"), "portal-*.jar")) {
                jar = jars.iterator().next();
            }
            List<String> words = new ArrayList<>(List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-Xmx384m",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-jar",
                    jar.toString(),
                    "--server.address=127.0.0.1",
                    "--server.port=" + port,
                    "--slotwarden.data-directory=" + home.resolve("data")));
            words.addAll(options);
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            home.resolve("portal.log").toFile()));
            Process launched = builder.start();
            await("the portal to be ready; its log is " + home.resolve("portal.log"))
                    .atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        if (!launched.isAlive()) {
                            throw new AssertionError(
                                    "The portal ended:\n" + Files.readString(home.resolve("portal.log")));
                        }
                        return ready();
                    });
            return launched;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean ready() throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                                    HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private String newApiToken() {
        try (HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            String form = text(
                    browser,
                    HttpRequest.newBuilder(URI.create(url() + "/login")).build());
            String fields = "username=admin&password=" + encoded(password()) + "&_csrf=" + encoded(csrf(form));
            text(
                    browser,
                    HttpRequest.newBuilder(URI.create(url() + "/login"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(fields))
                            .build());
            String page = text(
                    browser,
                    HttpRequest.newBuilder(URI.create(url() + "/account")).build());
            String answer = text(
                    browser,
                    HttpRequest.newBuilder(URI.create(url() + "/api/v1/tokens"))
                            .header("Content-Type", "application/json")
                            .header("X-CSRF-TOKEN", csrf(page))
                            .POST(HttpRequest.BodyPublishers.ofString("{\"label\":\"end to end\"}"))
                            .build());
            return json.readTree(answer).get("token").asString();
        }
    }

    private static String csrf(String page) {
        Matcher matcher = CSRF.matcher(page);
        if (!matcher.find()) {
            throw new AssertionError("No CSRF token in\n" + page);
        }
        return matcher.group(1);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return json.readTree(text(client, request));
        }
    }

    private static String text(HttpClient client, HttpRequest request) {
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new AssertionError(request.method() + " " + request.uri() + " answered " + answer.statusCode()
                        + "\n" + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
