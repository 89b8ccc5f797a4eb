package org.slotwarden.portal.notice;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.notices.*}.
 *
 * @param portalUrl where people find the portal, for links; null: messages have none
 * @param ownerMail mail address of a batch user, with {@code {user}} for the name; null: known is only what stands at
 *     accounts
 * @param flags which flags the admins are told of, as {@code KIND:SEVERITY}, {@code *} for all other kinds: at least of
 *     that severity, or {@code none}
 * @param plainHttp whether webhooks may be spoken to without TLS
 * @param privateHosts names or addresses, as they stand in the URL of a webhook, that may be on a loopback, link-local
 *     or private address
 * @param lookEvery how often it is looked for what is to be told
 * @param keep how long messages are kept, and notices of flags
 */
@ConfigurationProperties("slotwarden.notices")
public record NoticeSettings(
        @Nullable URI portalUrl,
        @Nullable String ownerMail,
        @DefaultValue List<String> flags,
        @DefaultValue("false") boolean plainHttp,
        @DefaultValue List<String> privateHosts,
        @DefaultValue("5s") Duration lookEvery,
        @DefaultValue("90d") Duration keep) {

    private static final String ANY = "*";

    public NoticeSettings {
        if (portalUrl != null
                && (portalUrl.getHost() == null || !List.of("http", "https").contains(portalUrl.getScheme()))) {
            throw new IllegalArgumentException("slotwarden.notices.portal-url must be an address with http or https");
        }
        if (ownerMail != null
                && !(ownerMail.contains("{user}") && MailTerms.address(ownerMail.replace("{user}", "a")))) {
            throw new IllegalArgumentException(
                    "slotwarden.notices.owner-mail must be a mail address with {user} in it, not " + ownerMail);
        }
        flags = List.copyOf(flags);
        thresholds(flags);
        privateHosts = privateHosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .toList();
        atLeast("look-every", lookEvery, Duration.ofSeconds(1));
        atLeast("keep", keep, Duration.ofDays(1));
    }

    private static void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "slotwarden.notices." + name + " is " + value + ", and must not be shorter than " + least);
        }
    }

    private static Map<String, Optional<Severity>> thresholds(List<String> flags) {
        Map<String, Optional<Severity>> thresholds = new HashMap<>();
        for (String one : flags) {
            int at = one.lastIndexOf(':');
            String word = one.substring(at + 1).strip().toLowerCase(Locale.ROOT);
            if (at < 1 || !List.of("none", "info", "warn", "kill").contains(word)) {
                throw new IllegalArgumentException(
                        "slotwarden.notices.flags must be KIND:SEVERITY, as memory_leak:warn or *:kill, not " + one);
            }
            thresholds.put(
                    one.substring(0, at).strip(),
                    word.equals("none")
                            ? Optional.empty()
                            : Optional.of(Severity.valueOf(word.toUpperCase(Locale.ROOT))));
        }
        return thresholds;
    }

    /** From which severity on the admins are told of flags of a kind; empty: of none. */
    Optional<Severity> tellsFrom(String kind) {
        Map<String, Optional<Severity>> thresholds = thresholds(flags);
        return thresholds.getOrDefault(kind, thresholds.getOrDefault(ANY, Optional.empty()));
    }

    /** The address of a page of the portal. */
    Optional<String> link(String path) {
        return Optional.ofNullable(portalUrl).map(url -> url.toString().replaceAll("/+$", "") + path);
    }
}
