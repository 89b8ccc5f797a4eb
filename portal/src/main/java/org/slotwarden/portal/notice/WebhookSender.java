package org.slotwarden.portal.notice;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.secret.Seal;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** Posts to webhooks. Redirects are not followed, and of an answer no more than its beginning is read. */
@Component
class WebhookSender implements DisposableBean {

    private static final int MOST_READ = 2000;
    private static final int MOST_SHOWN = 200;
    private static final Set<Integer> NEVER = Set.of(400, 413, 415, 422);

    private final ChannelStore channels;
    private final WebhookBody bodies;
    private final Clock clock;
    private final CloseableHttpClient client;

    WebhookSender(ChannelStore channels, WebhookBody bodies, NoticeSettings settings, Clock clock) {
        this.channels = channels;
        this.bodies = bodies;
        this.clock = clock;
        client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new WebhookAddresses(Set.copyOf(settings.privateHosts())))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(10, TimeUnit.SECONDS)
                                .setSocketTimeout(30, TimeUnit.SECONDS)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(30, TimeUnit.SECONDS)
                        .build())
                .setUserAgent("Slotwarden")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    Attempt send(Message message) throws Seal.Broken {
        Channel channel = message.channel();
        String url = channels.secret(channel, ChannelSecret.URL).orElse(null);
        if (url == null) {
            return Attempt.later("the address of the webhook is not set");
        }
        byte[] body = bodies.of(message).getBytes(StandardCharsets.UTF_8);
        HttpPost request = new HttpPost(URI.create(url));
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        request.setHeader("X-Slotwarden-Message", message.id());
        channels.secret(channel, ChannelSecret.TOKEN)
                .ifPresent(token -> request.setHeader("Authorization", "Bearer " + token));
        channels.secret(channel, ChannelSecret.SIGNING_KEY).ifPresent(key -> {
            String time = String.valueOf(clock.instant().getEpochSecond());
            request.setHeader("X-Slotwarden-Timestamp", time);
            request.setHeader("X-Slotwarden-Signature", "sha256=" + signature(key, time, body));
        });
        ClassicHttpResponse answer = null;
        try {
            answer = client.executeOpen(null, request, null);
            return attempt(answer);
        } catch (WebhookAddresses.NotAllowed e) {
            return Attempt.later(Objects.requireNonNull(e.getMessage()));
        } catch (IOException e) {
            return Attempt.later(words(e, channel));
        } finally {
            // Else closing would read the rest of the answer, however long it is.
            request.cancel();
            Closer.closeQuietly(answer);
        }
    }

    /** HMAC-SHA256 (RFC 2104) over time, a dot and the body, in hex. */
    static String signature(String key, String time, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256", e);
        }
    }

    private Attempt attempt(ClassicHttpResponse answer) throws IOException {
        int code = answer.getCode();
        String said = code + " " + Objects.requireNonNullElse(answer.getReasonPhrase(), "") + " " + beginning(answer);
        if (code >= 200 && code < 300) {
            return Attempt.accepted(said);
        }
        if (NEVER.contains(code)) {
            return Attempt.refused(said);
        }
        if (code >= 300 && code < 400) {
            return Attempt.later(said + " (redirects are not followed)");
        }
        Attempt later = Attempt.later(said);
        return new Attempt(later.result(), later.said(), pause(answer.getFirstHeader("Retry-After")));
    }

    private static String beginning(ClassicHttpResponse answer) throws IOException {
        HttpEntity entity = answer.getEntity();
        if (entity == null) {
            return "";
        }
        String text = new String(entity.getContent().readNBytes(MOST_READ), StandardCharsets.UTF_8);
        return Notices.cut(text, MOST_SHOWN);
    }

    /** Seconds, or a date (RFC 9110, 10.2.3). */
    private @Nullable Duration pause(@Nullable Header header) {
        String value = header == null ? "" : header.getValue().strip();
        try {
            return value.matches("[0-9]{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : value.isEmpty() ? null : Duration.between(clock.instant(), date(value));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Instant date(String value) {
        return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }

    /** Without the URL, which is a secret. */
    private static String words(IOException e, Channel channel) {
        String message = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        return Objects.requireNonNull(channel.terms().webhook()).host() + ": " + message;
    }

    @Override
    public void destroy() throws IOException {
        client.close();
    }
}
