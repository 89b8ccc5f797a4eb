package org.slotwarden.portal.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

@PortalTest
class LogInTest {

    private static final String PASSWORD = "correct horse battery";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    LoginThrottle throttle;

    @Autowired
    Visitors visitors;

    @BeforeEach
    void anna() {
        accounts.create("anna", PASSWORD, Role.USER);
    }

    @Test
    void theSessionsCookieIsForThisSiteAndNotForScripts() {
        HttpResponse<String> page = HttpVisitor.anonymous(port).get("/login");

        assertThat(page.headers().firstValue("Set-Cookie").orElseThrow())
                .contains("HttpOnly")
                .contains("SameSite=Lax");
    }

    @Test
    void headersLetNothingForeignIn() {
        var headers = HttpVisitor.anonymous(port).get("/login").headers();

        assertThat(headers.firstValue("Content-Security-Policy"))
                .contains(SecurityConfiguration.CONTENT_SECURITY_POLICY);
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("Referrer-Policy")).contains("same-origin");
        assertThat(headers.firstValue("X-Powered-By")).isEmpty();
        assertThat(headers.firstValue("Server")).isEmpty();
    }

    @Test
    void wrongPasswordsAreCounted_andWhileLockedTheRightOneDoesNotCountEither() {
        // An account of this test's own: what the throttle remembers outlives the test.
        accounts.create("greta", PASSWORD, Role.USER);
        HttpVisitor guesser = HttpVisitor.anonymous(port);
        assertRefused(guesser.logIn("greta", "wrong"));
        // With the one above far into the longest lock, so that no slow machine outlasts it.
        for (int i = 0; i < 30; i++) {
            throttle.failed("greta", "127.0.0.1");
        }

        assertRefused(guesser.logIn("greta", PASSWORD));
        assertThat(HttpVisitor.loggedIn(port, "anna", PASSWORD)
                        .get("/api/v1/tokens")
                        .statusCode())
                .isEqualTo(200);

        throttle.succeeded("greta", "127.0.0.1");
        for (int i = 1; i < LoginThrottle.FREE_ATTEMPTS; i++) {
            assertRefused(guesser.logIn("greta", "wrong"));
        }
        assertThat(throttle.failures("greta", "127.0.0.1")).isEqualTo(LoginThrottle.FREE_ATTEMPTS - 1);
    }

    @Test
    void anUnknownNameAndAWrongPasswordAreToldInTheSameWords() {
        HttpVisitor visitor = HttpVisitor.anonymous(port);

        assertThat(visitor.logIn("nobody", PASSWORD).headers().firstValue("Location"))
                .isEqualTo(visitor.logIn("anna", "wrong").headers().firstValue("Location"));
    }

    @Test
    void aDisabledAccountIsLoggedOutEverywhere() {
        HttpVisitor annasBrowser = HttpVisitor.loggedIn(port, "anna", PASSWORD);
        assertThat(annasBrowser.get("/api/v1/tokens").statusCode()).isEqualTo(200);
        accounts.create("ada", PASSWORD, Role.ADMIN);
        HttpVisitor admin =
                HttpVisitor.withToken(port, tokens.issue("ada", "t", null).token());

        assertThat(admin.send("POST", "/api/v1/accounts/anna/disable", "").statusCode())
                .isEqualTo(204);

        assertThat(annasBrowser.get("/api/v1/tokens").statusCode()).isNotEqualTo(200);
        assertRefused(HttpVisitor.anonymous(port).logIn("anna", PASSWORD));
    }

    @Test
    void oneComesBackToWhatOneWanted_unlessItsAddressIsTooLongForAnAnswer() {
        HttpVisitor wanting = HttpVisitor.anonymous(port);
        wanting.get("/jobs?user=" + "a".repeat(1_000));
        HttpVisitor wantingTooMuch = HttpVisitor.anonymous(port);
        wantingTooMuch.get("/jobs?user=" + "a".repeat(5_000));

        assertThat(location(wanting.logIn("anna", PASSWORD))).contains("/jobs?user=aaa");
        HttpResponse<String> in = wantingTooMuch.logIn("anna", PASSWORD);
        assertThat(in.statusCode()).isEqualTo(302);
        assertThat(location(in)).endsWith("/");
        assertThat(wantingTooMuch.get("/").statusCode()).isEqualTo(200);

        HttpVisitor wantingUmlauts = HttpVisitor.anonymous(port);
        wantingUmlauts.get("/jobs/" + "%C3%A4".repeat(1_000));
        assertThat(location(wantingUmlauts.logIn("anna", PASSWORD)))
                .as("as long as it is written, and not as it is read")
                .endsWith("/");
    }

    @Test
    void whoDoesNotLogInTakesLittleMemory_howeverOftenHeComes() throws Exception {
        HttpVisitor anna = HttpVisitor.loggedIn(port, "anna", PASSWORD);
        HttpVisitor eldest = HttpVisitor.anonymous(port);
        assertThat(eldest.get("/login").headers().firstValue("Set-Cookie")).isPresent();
        assertThat(eldest.get("/login").headers().firstValue("Set-Cookie")).isEmpty();
        HttpVisitor slow = HttpVisitor.anonymous(port);
        String token = slow.csrfToken();

        HttpRequest wanted = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/jobs"))
                .build();
        try (HttpClient forgetful = HttpClient.newHttpClient()) {
            for (int i = 0; i < Visitors.MOST; i++) {
                forgetful.send(wanted, HttpResponse.BodyHandlers.discarding());
            }
        }

        assertThat(visitors.count()).isEqualTo(Visitors.MOST);
        assertThat(eldest.get("/login").headers().firstValue("Set-Cookie")).isPresent();
        assertThat(anna.get("/api/v1/tokens").statusCode()).isEqualTo(200);
        assertThat(location(slow.logIn("anna", PASSWORD, token)))
                .as("with what is left of the page that was open all the time")
                .endsWith("/login?again");
        assertThat(slow.get("/login?again").body()).contains("Log in again");
        assertThat(location(slow.logIn("anna", PASSWORD))).doesNotContain("login");
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElseThrow();
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(location(answer)).endsWith("/login?error");
    }
}
