package org.slotwarden.portal.notice;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All of a channel that is not secret. It has a mail server or a webhook.
 *
 * @param admins whether what admins are told goes this way
 * @param owners whether what owners of jobs are told goes this way: by mail to each of them, by webhook a copy
 * @param digestSeconds after a message, for so long what comes is gathered into the next; 300 when nothing is said
 * @param quiet hours of silence; null: none
 * @param inSilence {@code tell_after}: what comes in a silence is told at its end; or {@code leave_out}
 */
public record ChannelTerms(
        @Nullable Boolean admins,
        @Nullable Boolean owners,
        @Nullable Integer digestSeconds,
        @Nullable QuietHours quiet,
        @Nullable String inSilence,
        @Nullable MailTerms mail,
        @Nullable WebhookTerms webhook) {

    private static final int USUAL_DIGEST = 300;
    private static final int LONGEST_DIGEST = 86_400;

    public ChannelTerms {
        admins = Objects.requireNonNullElse(admins, true);
        owners = Objects.requireNonNullElse(owners, false);
        digestSeconds = Objects.requireNonNullElse(digestSeconds, USUAL_DIGEST);
        inSilence = Objects.requireNonNullElse(inSilence, "tell_after");
    }

    /** @param url of the webhook; null: none is known */
    ChannelTerms checked(@Nullable String url, boolean plainHttp) {
        if ((mail == null) == (webhook == null)) {
            throw new ChannelRefused("terms", "must have either mail or webhook");
        }
        if (digest().isNegative() || digest().toSeconds() > LONGEST_DIGEST) {
            throw new ChannelRefused("terms.digest_seconds", "must be 0 to " + LONGEST_DIGEST);
        }
        if (!"tell_after".equals(inSilence) && !leavesOut()) {
            throw new ChannelRefused("terms.in_silence", "must be tell_after or leave_out");
        }
        if (!toAdmins() && !toOwners()) {
            throw new ChannelRefused("terms.admins", "must be true where owners is false");
        }
        if (webhook != null && url == null) {
            throw new ChannelRefused(ChannelSecret.URL.field(), "is missing");
        }
        MailTerms server = mail == null ? null : mail.checked();
        if (server != null && toAdmins() && server.to().isEmpty()) {
            throw new ChannelRefused("terms.mail.to", "must have an address, as the admins are told");
        }
        return new ChannelTerms(
                admins,
                owners,
                digestSeconds,
                quiet == null ? null : quiet.checked(),
                inSilence,
                server,
                webhook == null || url == null ? null : webhook.checked(url, plainHttp));
    }

    boolean toAdmins() {
        return Boolean.TRUE.equals(admins);
    }

    boolean toOwners() {
        return Boolean.TRUE.equals(owners);
    }

    boolean leavesOut() {
        return "leave_out".equals(inSilence);
    }

    Duration digest() {
        return Duration.ofSeconds(Objects.requireNonNull(digestSeconds));
    }

    /** What a secret is sealed for. */
    String purpose(ChannelSecret secret) {
        if (secret == ChannelSecret.URL) {
            return "url";
        }
        return secret.secretName() + " "
                + (mail != null
                        ? mail.destination()
                        : Objects.requireNonNull(webhook).destination());
    }

    /** For people, without secrets: "mail by mx.example.org:587 to ops@example.org". */
    public String words() {
        if (mail != null) {
            return "mail by " + mail.host() + ":" + mail.port()
                    + (mail.to().isEmpty() ? "" : " to " + String.join(", ", mail.to()));
        }
        return "webhook at " + Objects.requireNonNull(webhook).host();
    }

    /** Else by webhook. */
    public boolean byMail() {
        return mail != null;
    }
}
