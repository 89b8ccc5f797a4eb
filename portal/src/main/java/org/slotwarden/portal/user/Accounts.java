package org.slotwarden.portal.user;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The accounts that may log in. */
@Service
@Transactional
public class Accounts {

    /** Characters of a password that people choose, at least. */
    static final int SHORTEST_PASSWORD = 12;

    /** bcrypt reads so many bytes and no further: a longer password is refused, not cut. */
    static final int LONGEST_PASSWORD_BYTES = 72;

    private final AccountRepository accounts;
    private final PasswordEncoder passwords;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Accounts(AccountRepository accounts, PasswordEncoder passwords, ApplicationEventPublisher events, Clock clock) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Makes an account.
     *
     * @throws AccountException when the name is taken
     */
    public void create(String name, String password, Role role) {
        if (accounts.existsByName(name)) {
            throw new AccountException("There is an account of this name already");
        }
        accounts.save(new Account(name, hash(password), role, clock.instant()));
    }

    /** What Spring Security needs to know of an account. */
    @Transactional(readOnly = true)
    public Optional<UserDetails> find(String name) {
        return accounts.findByName(name)
                .map(account -> User.withUsername(account.name())
                        .password(account.passwordHash())
                        .roles(account.role().name())
                        .disabled(!account.enabled())
                        .build());
    }

    /** Stores a password anew under a newer hash, when somebody logged in with it. */
    public void upgradePasswordHash(String name, String hash) {
        accounts.findByName(name).ifPresent(account -> account.setPasswordHash(hash));
    }

    boolean none() {
        return accounts.count() == 0;
    }

    @Transactional(readOnly = true)
    Page<Account> page(Pageable page) {
        return accounts.findAll(page);
    }

    /** Returns false when there is no such account. */
    boolean setEnabled(String name, boolean enabled) {
        Optional<Account> account = accounts.findByName(name);
        account.ifPresent(found -> {
            boolean lastAdmin = found.role() == Role.ADMIN
                    && found.enabled()
                    && accounts.countByRoleAndEnabled(Role.ADMIN, true) == 1;
            if (!enabled && lastAdmin) {
                throw new AccountException("The last admin that can log in stays enabled");
            }
            found.setEnabled(enabled);
            events.publishEvent(new AccountChanged(name));
        });
        return account.isPresent();
    }

    /** Returns false when there is no such account. */
    boolean setPassword(String name, String password) {
        Optional<Account> account = accounts.findByName(name);
        account.ifPresent(found -> {
            found.setPasswordHash(hash(password));
            events.publishEvent(new AccountChanged(name));
        });
        return account.isPresent();
    }

    private String hash(String password) {
        if (password.getBytes(StandardCharsets.UTF_8).length > LONGEST_PASSWORD_BYTES) {
            throw new AccountException("A password may have " + LONGEST_PASSWORD_BYTES + " bytes at most");
        }
        return Objects.requireNonNull(passwords.encode(password));
    }
}
