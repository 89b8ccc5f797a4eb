package org.slotwarden.portal.user;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.DataDirectory;
import org.slotwarden.portal.secret.SecretFile;
import org.slotwarden.portal.secret.Secrets;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Makes the account {@code admin}, with a generated password in a file, when there is no account at all. */
@Component
class InitialAdmin implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(InitialAdmin.class);
    private static final String NAME = "admin";

    private final Accounts accounts;
    private final Path passwordFile;

    InitialAdmin(Accounts accounts, UserSettings settings, DataDirectory dataDirectory) {
        this.accounts = accounts;
        this.passwordFile = Objects.requireNonNullElseGet(
                settings.initialPasswordFile(), () -> dataDirectory.resolve("initial-admin-password"));
    }

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (accounts.none()) {
            String password = Secrets.password();
            // The file first: an account whose password nobody knows would be worse than a file too many.
            SecretFile.write(passwordFile, password + "\n");
            accounts.create(NAME, password, Role.ADMIN);
            log.info("Made the account '{}'; its password is in {}", NAME, passwordFile);
        }
    }
}
