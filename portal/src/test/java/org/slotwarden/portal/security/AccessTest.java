package org.slotwarden.portal.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Checks the table {@code access.txt}: every visitor at every endpoint. */
@PortalTest
class AccessTest {

    private static final Pattern FOR_PROGRAMS = Pattern.compile("/(api|ingest|v3|actuator)/.*");
    private static final String PASSWORD = "correct horse battery";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping endpoints;

    /** One line of the table. */
    record Line(String method, String path, List<String> answers) {}

    record Visitor(String name, HttpVisitor http) {}

    @BeforeEach
    void annaTheUserAndAdaTheAdmin() {
        accounts.create("anna", PASSWORD, Role.USER);
        accounts.create("ada", PASSWORD, Role.ADMIN);
    }

    @Test
    void everybodyMayDoWhatTheTableSays() {
        List<Visitor> visitors = List.of(
                new Visitor("anonymous", HttpVisitor.anonymous(port)),
                new Visitor("user", HttpVisitor.loggedIn(port, "anna", PASSWORD)),
                new Visitor("admin", HttpVisitor.loggedIn(port, "ada", PASSWORD)),
                new Visitor(
                        "user's token",
                        withToken(apiTokens.issue("anna", "t", null).token())),
                new Visitor(
                        "admin's token",
                        withToken(apiTokens.issue("ada", "t", null).token())),
                new Visitor("node's token", withToken(nodeTokens.issue("n1"))));
        SoftAssertions softly = new SoftAssertions();
        for (Line line : table()) {
            softly.assertThat(line.answers()).as("columns of %s", line.path()).hasSameSizeAs(visitors);
            for (int i = 0; i < visitors.size(); i++) {
                String expected = line.answers().get(i);
                if (!expected.equals("-")) {
                    softly.assertThat(answer(visitors.get(i).http(), line))
                            .as("%s: %s %s", visitors.get(i).name(), line.method(), line.path())
                            .isEqualTo(expected);
                }
            }
        }
        softly.assertAll();
    }

    @Test
    void everyEndpointHasALine() {
        Set<String> lines = table().stream()
                .map(line -> line.method() + " " + anyVariable(line.path()))
                .collect(Collectors.toSet());

        Set<String> mapped = endpoints.getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream()
                        .filter(path -> !path.equals("/error"))
                        .flatMap(path -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + anyVariable(path))))
                .collect(Collectors.toSet());

        assertThat(lines)
                .as("Who may use it? Add a line to src/test/resources/access.txt for each new endpoint")
                .containsAll(mapped);
        assertThat(mapped).hasSizeGreaterThan(10);
    }

    @Test
    void aBrowsersRequestWithoutItsCsrfTokenIsRefused() {
        HttpVisitor browser = HttpVisitor.loggedIn(port, "anna", PASSWORD).forgettingCsrf();

        HttpResponse<String> answer = browser.send("POST", "/api/v1/tokens", "{\"label\":\"stolen\"}");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(browser.get("/api/v1/tokens").body()).isEqualTo("[]");
    }

    private HttpVisitor withToken(String token) {
        return HttpVisitor.withToken(port, token);
    }

    private static String answer(HttpVisitor visitor, Line line) {
        String path = line.path().replaceAll("\\{[^}]*}", "1");
        HttpResponse<String> answer =
                line.method().equals("GET") ? visitor.get(path) : visitor.send(line.method(), path, "{}");
        int status = answer.statusCode();
        if (status == 401 || status == 403) {
            if (FOR_PROGRAMS.matcher(path).matches()) {
                assertThat(answer.headers().firstValue("Content-Type"))
                        .as("Content-Type of a refusal at %s", path)
                        .contains("application/problem+json");
            }
            return String.valueOf(status);
        }
        return answer.headers().firstValue("Location").orElse("").endsWith("/login") ? "login" : "ok";
    }

    private static String anyVariable(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    private static List<Line> table() {
        try {
            return new ClassPathResource("access.txt")
                    .getContentAsString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Arrays.asList(line.split("\\s+")))
                    .map(words -> new Line(words.get(0), words.get(1), words.subList(2, words.size())))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
