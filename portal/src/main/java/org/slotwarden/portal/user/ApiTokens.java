package org.slotwarden.portal.user;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.secret.Secrets;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** API tokens: {@code swt_} and 256 random bits, stored as their SHA-256. */
@Service
@Transactional
public class ApiTokens {

    /** An account has not more tokens than this. */
    static final int MOST_PER_ACCOUNT = 100;

    private static final String PREFIX = "swt_";
    private static final Duration USE_IS_NOTED_EVERY = Duration.ofMinutes(1);

    private final ApiTokenRepository tokens;
    private final AccountRepository accounts;
    private final Clock clock;

    ApiTokens(ApiTokenRepository tokens, AccountRepository accounts, Clock clock) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.clock = clock;
    }

    /** A token just made: the only moment at which it can be read. */
    public record Issued(long id, String token) {}

    /**
     * Makes a token that acts as an account.
     *
     * @param expiresAt null: never
     * @throws AccountException when there is no such account, or it has too many tokens
     */
    public Issued issue(String accountName, String label, @Nullable Instant expiresAt) {
        Account account =
                accounts.findByName(accountName).orElseThrow(() -> new AccountException("There is no such account"));
        if (tokens.countByAccountName(accountName) >= MOST_PER_ACCOUNT) {
            throw new AccountException(
                    "An account has %d tokens at most; delete one first".formatted(MOST_PER_ACCOUNT));
        }
        String token = Secrets.token(PREFIX);
        ApiToken stored = tokens.save(new ApiToken(account, token, label, clock.instant(), expiresAt));
        return new Issued(stored.id(), token);
    }

    /** Whom this token lets act; empty when it is unknown or expired, or its account is disabled. */
    public Optional<Viewer> authenticate(String token) {
        Instant now = clock.instant();
        return tokens.findByDigest(Secrets.digest(token))
                .filter(found -> found.opens(token, now))
                .map(found -> {
                    Instant noted = found.lastUsedAt();
                    if (noted == null || noted.isBefore(now.minus(USE_IS_NOTED_EVERY))) {
                        tokens.markUsed(found.id(), now, now.minus(USE_IS_NOTED_EVERY));
                    }
                    return new Viewer(found.account().name(), found.account().role() == Role.ADMIN);
                });
    }

    /** A token as it can be shown ever after: without itself. */
    public record Listed(
            long id,
            String label,
            Instant createdAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant expiresAt) {}

    @Transactional(readOnly = true)
    public List<Listed> list(String accountName) {
        return tokens.findByAccountNameOrderById(accountName).stream()
                .map(token ->
                        new Listed(token.id(), token.label(), token.createdAt(), token.lastUsedAt(), token.expiresAt()))
                .toList();
    }

    /** Returns false when this account has no such token. */
    public boolean delete(long id, String accountName) {
        return tokens.delete(id, accountName) > 0;
    }
}
