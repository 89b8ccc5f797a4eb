package org.slotwarden.portal.user;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.ReadsOnly;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Where the owners of accounts want to be told by mail. */
@Service
public class AccountMail {

    private final JdbcClient jdbc;

    AccountMail(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The address of the account of this name; empty: there is no such account, or it has none. */
    @ReadsOnly
    public Optional<String> of(String account) {
        return jdbc.sql("SELECT mail FROM account WHERE name = ? AND mail IS NOT NULL")
                .param(account)
                .query(String.class)
                .optional();
    }

    /**
     * @param address a mail address; null: none
     * @return false when there is no such account
     */
    @Transactional
    public boolean set(String account, @Nullable String address) {
        boolean found = jdbc.sql("SELECT id FROM account WHERE name = ? FOR UPDATE")
                .param(account)
                .query(Long.class)
                .optional()
                .isPresent();
        jdbc.sql("UPDATE account SET mail = :mail WHERE name = :name")
                .param("mail", address)
                .param("name", account)
                .update();
        return found;
    }
}
