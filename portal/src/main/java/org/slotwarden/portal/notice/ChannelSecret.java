package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What of a channel is written and never told. */
public enum ChannelSecret {
    /** Of the account at the mail server. */
    PASSWORD(Pattern.compile("[^\\p{Cntrl}]{1,200}"), "must be 1 to 200 characters without control characters"),
    /** Of a webhook: its path is a secret at most services. */
    URL(Pattern.compile("[!-~]{1,2000}"), "must be an address of at most 2000 characters"),
    /** Goes with each request to a webhook as {@code Authorization: Bearer}. */
    TOKEN(Pattern.compile("[!-~]{1,1000}"), "must be 1 to 1000 ASCII characters without blanks"),
    /** Of the HMAC-SHA256 over each request to a webhook. */
    SIGNING_KEY(Pattern.compile("[ -~]{16,200}"), "must be 16 to 200 ASCII characters");

    private final Pattern allowed;
    private final String otherwise;

    ChannelSecret(Pattern allowed, String otherwise) {
        this.allowed = allowed;
        this.otherwise = otherwise;
    }

    /** As in REST. */
    @JsonValue
    public String secretName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ChannelSecret> named(String name) {
        return Arrays.stream(values())
                .filter(one -> one.secretName().equals(name))
                .findFirst();
    }

    /** The name of its field in REST. */
    String field() {
        return "secrets." + secretName();
    }

    String checked(String value) {
        if (!allowed.matcher(value).matches()) {
            throw new ChannelRefused(field(), otherwise);
        }
        return value;
    }
}
