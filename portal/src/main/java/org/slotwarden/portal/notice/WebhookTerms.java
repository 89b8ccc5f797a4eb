package org.slotwarden.portal.notice;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A webhook.
 *
 * @param form {@code json}: all that is known; {@code chat}: as Mattermost and Slack read it
 * @param host scheme, host and port of its URL, which is a secret; the portal fills it in
 */
public record WebhookTerms(String form, @Nullable String host) {

    public WebhookTerms {
        form = Objects.requireNonNullElse(form, "").strip();
    }

    /** @param url as it was given */
    WebhookTerms checked(String url, boolean plainHttp) {
        if (!List.of("json", "chat").contains(form)) {
            throw new ChannelRefused("terms.webhook.form", "must be json or chat");
        }
        return new WebhookTerms(form, origin(url, plainHttp));
    }

    private static String origin(String url, boolean plainHttp) {
        URI uri;
        try {
            uri = new URI(ChannelSecret.URL.checked(url)).parseServerAuthority();
        } catch (URISyntaxException e) {
            throw refused("must be an address, as https://chat.example.org/hooks/abc");
        }
        String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(scheme.equals("http") && plainHttp)) {
            throw refused("must begin with https://"
                    + (scheme.equals("http") ? ", unless slotwarden.notices.plain-http is set" : ""));
        }
        if (uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
            throw refused("must name a host");
        }
        if (uri.getUserInfo() != null || uri.getFragment() != null) {
            throw refused("may have neither a user nor a #");
        }
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private static ChannelRefused refused(String why) {
        return new ChannelRefused(ChannelSecret.URL.field(), why);
    }

    /** Where token and signature go: sealed for another place, they are not sent there. */
    String destination() {
        return "webhook " + host;
    }
}
