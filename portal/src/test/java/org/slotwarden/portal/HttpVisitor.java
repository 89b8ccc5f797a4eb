package org.slotwarden.portal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who talks HTTP to the portal under test: anonymous, with a bearer token, or logged in as a
 * browser is, with a session and its CSRF token. Follows no redirect.
 */
public final class HttpVisitor {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String portal;
    private final @Nullable String token;
    private @Nullable String csrf;

    private HttpVisitor(int port, @Nullable String token) {
        this.portal = "http://127.0.0.1:" + port;
        this.token = token;
    }

    public static HttpVisitor anonymous(int port) {
        return new HttpVisitor(port, null);
    }

    public static HttpVisitor withToken(int port, String token) {
        return new HttpVisitor(port, token);
    }

    /** Logs in through the page, or fails. */
    public static HttpVisitor loggedIn(int port, String account, String password) {
        HttpVisitor browser = new HttpVisitor(port, null);
        String location = browser.logIn(account, password)
                .headers()
                .firstValue("Location")
                .orElse("nowhere");
        if (location.contains("error")) {
            throw new IllegalStateException("The log-in was not accepted");
        }
        browser.csrf = browser.csrfToken();
        return browser;
    }

    /** Tries to log in. The answer is a redirect: to {@code /login?error}, or to where the visitor wanted to go. */
    public HttpResponse<String> logIn(String account, String password) {
        return logIn(account, password, csrfToken());
    }

    /** The same from a page that was fetched before. */
    public HttpResponse<String> logIn(String account, String password, String csrf) {
        String form = "username=" + encode(account) + "&password=" + encode(password) + "&_csrf=" + encode(csrf);
        return send(request("/login")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    /** @param headers name, value, name, value, ... */
    public HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = request(path).GET();
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Sends JSON; with the session's CSRF token, where there is one. */
    public HttpResponse<String> send(String method, String path, String json) {
        HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
        if (csrf != null) {
            request.header("X-CSRF-TOKEN", csrf);
        }
        return send(request.method(method, BodyPublishers.ofString(json)));
    }

    /** The same visitor from now on without its CSRF token, as a foreign page would send a request. */
    public HttpVisitor forgettingCsrf() {
        csrf = null;
        return this;
    }

    /** Of the page for the log-in, fetched anew. */
    public String csrfToken() {
        Matcher field = CSRF.matcher(get("/login").body());
        if (!field.find()) {
            throw new IllegalStateException("The log-in page has no CSRF token");
        }
        return field.group(1);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(portal + path));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
