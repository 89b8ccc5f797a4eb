package org.slotwarden.portal.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@PortalTest
class ApiTokensTest {

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    @BeforeEach
    void anna() {
        accounts.create("anna", "correct horse battery", Role.USER);
    }

    @Test
    void aTokenActsAsItsAccount() {
        String token = tokens.issue("anna", "dashboard", null).token();

        assertThat(token).startsWith("swt_").hasSizeGreaterThan(46);
        assertThat(tokens.authenticate(token)).contains(new Viewer("anna", false));
        assertThat(tokens.authenticate(token + "x")).isEmpty();
        assertThat(tokens.authenticate("")).isEmpty();
    }

    @Test
    void theTokenItselfIsNowhereInTheDatabase() {
        String token = tokens.issue("anna", "dashboard", null).token();

        assertThat(jdbc.queryForMap("SELECT * FROM api_token").values())
                .map(value -> value instanceof byte[] bytes
                        ? new String(bytes, StandardCharsets.ISO_8859_1)
                        : String.valueOf(value))
                .noneMatch(value -> value.contains(token.substring(4)));
    }

    @Test
    void anExpiredTokenOpensNothing() {
        assertThat(tokens.authenticate(tokens.issue("anna", "old", Instant.now().minusSeconds(1))
                        .token()))
                .isEmpty();
        assertThat(tokens.authenticate(tokens.issue("anna", "new", Instant.now().plusSeconds(3600))
                        .token()))
                .isPresent();
    }

    @Test
    void aTokenOfADisabledAccountOpensNothing_untilItIsEnabledAgain() {
        String token = tokens.issue("anna", "dashboard", null).token();

        accounts.setEnabled("anna", false);
        assertThat(tokens.authenticate(token)).isEmpty();

        accounts.setEnabled("anna", true);
        assertThat(tokens.authenticate(token)).isPresent();
    }

    @Test
    void aDeletedTokenOpensNothing_andOnlyItsOwnerDeletesIt() {
        accounts.create("bert", "correct horse battery", Role.USER);
        ApiTokens.Issued issued = tokens.issue("anna", "dashboard", null);

        assertThat(tokens.delete(issued.id(), "bert")).isFalse();
        assertThat(tokens.authenticate(issued.token())).isPresent();

        assertThat(tokens.delete(issued.id(), "anna")).isTrue();
        assertThat(tokens.authenticate(issued.token())).isEmpty();
    }
}
