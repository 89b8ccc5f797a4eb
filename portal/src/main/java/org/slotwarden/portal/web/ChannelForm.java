package org.slotwarden.portal.web;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.notice.Channel;
import org.slotwarden.portal.notice.ChannelSecret;
import org.slotwarden.portal.notice.ChannelTerms;
import org.slotwarden.portal.notice.Channels;
import org.slotwarden.portal.notice.MailTerms;
import org.slotwarden.portal.notice.QuietHours;
import org.slotwarden.portal.notice.WebhookTerms;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** What stands in the form of a channel, as it was typed; never a secret. */
public record ChannelForm(MultiValueMap<String, String> typed) {

    static ChannelForm empty(boolean mail) {
        return new ChannelForm(new LinkedMultiValueMap<>(Map.of(
                "kind", List.of(mail ? "mail" : "webhook"),
                "enabled", List.of("on"),
                "admins", List.of("on"),
                "digest", List.of("5"),
                "in_silence", List.of("tell_after"),
                "port", List.of("587"),
                "security", List.of("starttls"),
                "form", List.of("chat"))));
    }

    static ChannelForm of(Channel channel) {
        MultiValueMap<String, String> typed = new LinkedMultiValueMap<>();
        ChannelTerms terms = channel.terms();
        typed.set("kind", terms.byMail() ? "mail" : "webhook");
        typed.set("name", channel.name());
        typed.set("enabled", channel.enabled() ? "on" : "");
        typed.set("admins", Boolean.TRUE.equals(terms.admins()) ? "on" : "");
        typed.set("owners", Boolean.TRUE.equals(terms.owners()) ? "on" : "");
        typed.set("digest", minutes(terms.digestSeconds()));
        typed.set("in_silence", terms.inSilence());
        if (terms.quiet() != null) {
            typed.set("quiet_from", terms.quiet().from());
            typed.set("quiet_to", terms.quiet().to());
            typed.set("quiet_zone", terms.quiet().zone());
        }
        if (terms.mail() != null) {
            typed.set("host", terms.mail().host());
            typed.set("port", String.valueOf(terms.mail().port()));
            typed.set("security", terms.mail().security());
            typed.set("user", terms.mail().user());
            typed.set("sender", terms.mail().from());
            typed.set("to", String.join("\n", terms.mail().to()));
        }
        if (terms.webhook() != null) {
            typed.set("form", terms.webhook().form());
        }
        return new ChannelForm(typed);
    }

    private static String minutes(@Nullable Integer seconds) {
        int known = seconds == null ? 0 : seconds;
        return known % 60 == 0 ? String.valueOf(known / 60) : String.valueOf(Math.rint(known / 0.6) / 100);
    }

    /** The first value of a field. */
    public String text(String field) {
        String value = typed.getFirst(field);
        return value == null ? "" : value;
    }

    public boolean has(String field, String value) {
        return typed.getOrDefault(field, List.of()).contains(value);
    }

    public boolean mail() {
        return text("kind").equals("mail");
    }

    /** What is no number becomes one that is refused. */
    Channels.Wish wish() {
        Map<String, String> secrets = new HashMap<>();
        for (ChannelSecret secret : ChannelSecret.values()) {
            String name = secret.secretName();
            if (has("remove", name)) {
                secrets.put(name, "");
            } else if (!text(name).isEmpty()) {
                secrets.put(name, text(name));
            }
        }
        return new Channels.Wish(
                text("name"),
                !text("enabled").isEmpty(),
                new ChannelTerms(
                        !text("admins").isEmpty(),
                        !text("owners").isEmpty(),
                        seconds(text("digest")),
                        quiet(),
                        text("in_silence"),
                        mail() ? server() : null,
                        mail() ? null : new WebhookTerms(text("form"), null)),
                secrets);
    }

    private MailTerms server() {
        return new MailTerms(
                text("host"),
                number(text("port")),
                text("security"),
                text("user"),
                text("sender"),
                Arrays.stream(text("to").split("[\\s,;]+"))
                        .filter(address -> !address.isEmpty())
                        .toList());
    }

    private @Nullable QuietHours quiet() {
        return text("quiet_from").isBlank() && text("quiet_to").isBlank()
                ? null
                : new QuietHours(text("quiet_from"), text("quiet_to"), text("quiet_zone"));
    }

    private static int seconds(String minutes) {
        try {
            double seconds = minutes.isBlank() ? 0 : 60 * Double.parseDouble(minutes.strip());
            return seconds >= 0 && seconds < Integer.MAX_VALUE ? (int) Math.round(seconds) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
