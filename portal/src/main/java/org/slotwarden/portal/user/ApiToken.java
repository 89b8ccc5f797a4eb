package org.slotwarden.portal.user;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.time.Instant;
import java.util.Objects;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.secret.Secrets;

/** Lets a script act as an account. The token itself is shown once and never stored. */
@Entity
class ApiToken {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    private Account account;

    @JdbcTypeCode(SqlTypes.BINARY)
    @Column(length = Secrets.DIGEST_BYTES)
    private byte[] tokenDigest;

    private String label;
    private Instant createdAt;
    private @Nullable Instant lastUsedAt;
    private @Nullable Instant expiresAt;

    @SuppressWarnings("NullAway.Init") // for JPA
    protected ApiToken() {}

    ApiToken(Account account, String token, String label, Instant createdAt, @Nullable Instant expiresAt) {
        this.account = account;
        this.tokenDigest = Secrets.digest(token);
        this.label = label;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    long id() {
        return Objects.requireNonNull(id, "not stored yet");
    }

    Account account() {
        return account;
    }

    String label() {
        return label;
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    Instant lastUsedAt() {
        return lastUsedAt;
    }

    @Nullable
    Instant expiresAt() {
        return expiresAt;
    }

    boolean opens(String token, Instant now) {
        return Secrets.matches(token, tokenDigest)
                && account.enabled()
                && (expiresAt == null || now.isBefore(expiresAt));
    }
}
